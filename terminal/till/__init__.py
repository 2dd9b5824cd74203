"""Speaks to the shop's till, one package per protocol."""
