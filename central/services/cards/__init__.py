"""Cards: the stock, their keys, what their chips sign."""
