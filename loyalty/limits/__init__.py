"""Every limit of the system, by name and topic; docs/limits.md shows them all.

A queue, size or time without a limit is a bug. Units are in the names. A limit is imported from its topic
(`from loyalty.limits.web import PAGE_ROWS_MAX`): there is no other way.
"""
