"""Rows from one database to another, whatever the engines, with a proof that both hold the same."""
