"""Who pays for what the group gives, month by month (docs/clearing.md)."""
