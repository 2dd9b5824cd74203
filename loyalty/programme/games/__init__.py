"""Games and their prizes: what a pool is, how a number is drawn, what it wins (docs/games.md)."""
