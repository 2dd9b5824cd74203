"""Who pays for what the group gives, line by line and month by month. Pure."""
