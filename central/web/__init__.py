"""The faces of central."""
