"""The agent: alone owns the link to central, the outbox, the card session."""
