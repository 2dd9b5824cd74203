"""Leases of this terminal: what central set aside for it to burn in a cut."""
