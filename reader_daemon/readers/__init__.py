"""One driver per kind of reader, the simulated one among them."""
