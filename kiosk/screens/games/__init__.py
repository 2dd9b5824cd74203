"""The games: their list, each with its odds, the play, what it won; `pieces` holds what they share."""
