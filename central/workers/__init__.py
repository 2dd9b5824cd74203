"""Work after the answer: consumers of events. None yet."""
