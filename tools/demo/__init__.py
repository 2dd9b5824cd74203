"""A pharmacy group in miniature: generated data, all programs on one machine, and a desk to play with them."""
