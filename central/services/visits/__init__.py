"""What people do at the kiosk for themselves."""
