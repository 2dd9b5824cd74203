"""The receipt printer. It belongs to the agent: a network printer needs the one program with a network."""
