"""Imports of articles and shops: whole files through the services, with a report that hides nothing."""
