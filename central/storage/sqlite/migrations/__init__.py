"""Numbered migrations as SQL files; `central.storage.sqlite.migrate` runs them."""
