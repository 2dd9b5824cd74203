"""Training: what a till does while its staff practise touches nothing of value."""
