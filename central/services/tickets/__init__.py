"""Tickets: from a basket on the wire to terms, a sale, a return, and why."""
