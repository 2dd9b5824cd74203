"""One interface, one module per engine."""
