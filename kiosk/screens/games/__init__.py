"""The games: their list, each game with its odds, the play, and what it won; `pieces` holds what they share."""
