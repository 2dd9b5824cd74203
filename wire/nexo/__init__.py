"""nexo Retailer 'Sale to POI': one core of messages; how they are written down is a codec of its own."""
