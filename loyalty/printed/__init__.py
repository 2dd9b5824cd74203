"""How paper says things, at a till as at a kiosk: rows as wide as it, days as each country writes them."""
