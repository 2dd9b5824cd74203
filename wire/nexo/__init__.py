"""nexo Retailer Sale to POI: message models and their JSON dress."""
