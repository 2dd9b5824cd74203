"""Limits of what members see and do of their own value at a kiosk."""

from typing import Final

MY_VOUCHERS_MAX: Final = 60
"""Vouchers of a member that are told, those that end first."""
