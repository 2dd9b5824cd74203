"""Members' pages: HTML for telephones, without a script and without anything from elsewhere."""
