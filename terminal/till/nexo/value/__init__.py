"""Rebates, redeemed points and payments of a ticket under way, their undoing, and stored value."""
