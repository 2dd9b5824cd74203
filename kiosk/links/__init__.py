"""AF_UNIX links to the agent and the reader, and the live screen."""
