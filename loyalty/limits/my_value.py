"""Limits of what members see and do of their own value at a kiosk."""

from typing import Final

# A member's own value
MY_VOUCHERS_MAX: Final = 60
"""Vouchers of a member that are told, those that end first."""
KIOSK_ENDINGS_MAX: Final = 120
"""Months of which a screen is told that points expire in them: ten years."""
KIOSK_ENDINGS_PER_PAGE: Final = 4
POINTS_END_SOON_DAYS: Final = 62
"""Days before their end from which a kiosk calls points that expire soon: it says so by colour, too."""
KIOSK_VOUCHERS_PER_PAGE: Final = 3
"""Rows on a page that can be read from a wheelchair."""
ASSOCIATIONS_TOLD_MAX: Final = 30
"""Associations that a kiosk lists, the member's own first."""
KIOSK_ASSOCIATIONS_PER_PAGE: Final = 3
KIOSK_DONATIONS: Final = (50, 100, 200, 500)
"""How many points may be given with one touch."""
MEMBER_INCIDENTS_PER_DAY: Final = 5
"""Tickets that a member may call wrong in a day, of any shop."""
CONVERSION_STEPS_MAX: Final = 100
"""Steps of the programme's rate that may become one voucher, or be paid forward, at once."""
CONVERSION_CHOICES_MAX: Final = 3
"""Amounts that can be chosen with one touch: the least, about half, the most there is."""
CONVERTED_VOUCHER_DAYS: Final = 365
"""How long a voucher that points became is good for, where the programme names no other time."""
CONVERTED_VOUCHER_DAYS_MAX: Final = 3660
PROMOTIONS_TOLD_MAX: Final = 30
"""Offers of the day that a kiosk is told, a member's own first."""
KIOSK_PROMOTIONS_PER_PAGE: Final = 3
"""Rows on a page, with a reason each."""
