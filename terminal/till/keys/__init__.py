"""The keys that tills and this terminal share: the file they lie in, and the ring that opens envelopes."""
