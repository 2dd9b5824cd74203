"""What the chips of cards prove."""
