"""A pharmacy group in miniature: generated data, all programs on one machine, a desk to play with them."""
