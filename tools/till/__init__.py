"""A simulated till: a nexo client over HTTPS, for the demo desk and the tests."""

from tools.till.till import Item, SimulatedTill, TillError, read_additional

__all__ = ["Item", "SimulatedTill", "TillError", "read_additional"]
