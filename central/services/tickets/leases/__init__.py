"""Leases: points set aside for terminals, and what they burned of them in a cut."""
