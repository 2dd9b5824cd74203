"""What the games on the screen are made of: pure, and deciding nothing. Central draws (docs/games.md)."""
