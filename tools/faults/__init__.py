"""Faults made on purpose: a disk that loses what was not synced, a network that misbehaves, a wrong clock."""
