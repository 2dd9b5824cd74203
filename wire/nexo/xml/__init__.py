"""The XML dress of nexo: version 3.1, scalar members as attributes."""
