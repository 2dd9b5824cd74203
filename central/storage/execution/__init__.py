"""How verbs are run on any engine: fair queues, threads, and many writes in one commit."""
