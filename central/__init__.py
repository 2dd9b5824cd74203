"""The central service of one or many pharmacy groups."""
