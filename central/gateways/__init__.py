"""Doors to other systems. None yet."""
