"""Card commands, bytes in and bytes out."""
