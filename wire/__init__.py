"""What processes say to each other: one definition for both ends."""
