"""The domain: pure functions on frozen facts. Standard library only; no I/O, no clock, no randomness."""
