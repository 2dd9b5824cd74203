"""How messages leave: one module per way, and one that keeps them in a folder."""
