"""Simulators and benches that drive the real APIs."""
