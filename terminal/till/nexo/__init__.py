"""The POI side of nexo Sale to POI."""
