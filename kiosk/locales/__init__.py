"""The catalogues: one gettext file per language, read at start."""
