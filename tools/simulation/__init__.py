"""Deterministic simulation: real central and terminal over a fake clock, network and disk, from one seed."""
