"""Stored value: gift cards, purses, meal vouchers, services sold ahead; what they pay and what comes back."""
