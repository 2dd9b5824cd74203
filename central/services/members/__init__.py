"""People: who they are, how they are found, what they allow, where they stand."""
