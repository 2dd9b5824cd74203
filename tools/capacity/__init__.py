"""How many machines so many shops need: worked out from figures measured here and assumptions with names."""
