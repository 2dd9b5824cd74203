"""Owns the card and barcode readers; local sockets only, no network."""
