"""The screen read out: what is said (`reading`), by which voice, and whether somebody wears headphones."""
