"""Paying a ticket with stored value, and giving it back."""
