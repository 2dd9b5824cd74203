"""Pairing of tills: a code on the kiosk, an exchange of keys, a test ticket, a word to compare."""
