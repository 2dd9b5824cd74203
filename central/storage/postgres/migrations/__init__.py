"""Numbered migrations as SQL files; `central.storage.postgres.migrate` runs them."""
