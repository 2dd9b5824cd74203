"""Programmes to come: drafts, their review, and what they would cost."""
