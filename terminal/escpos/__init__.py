"""The language of receipt printers, ESC/POS: read from tills, written to our own printer."""
