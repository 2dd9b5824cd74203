"""The verbs as services call them: one line each, handed to the threads that an engine brings."""
