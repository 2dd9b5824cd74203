"""What a ticket says on paper."""
