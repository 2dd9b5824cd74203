"""The kiosk's behaviour as one table: state, event -> state, effects. Pure."""
