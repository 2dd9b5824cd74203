"""Stored value as products: gift cards, prize batches, purses, meal vouchers, services sold ahead; paying."""
