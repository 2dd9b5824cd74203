"""Limits of rules, their programmes and what they give."""

from typing import Final

# Rules
RULES_PER_GROUP_MAX: Final = 10_000
INDEX_SHELVES_MAX: Final = 16
"""Moments whose rules a programme keeps at hand; between two begins or ends of rules all moments are one."""
RULE_DEPTH_MAX: Final = 16
RULE_STEPS_MAX: Final = 100_000
"""Steps one rule may take on the largest basket; checked when the rule is saved, so no sale meets it."""
RULE_LIST_ITEMS_MAX: Final = 1_000
RULE_TEXT_CHARS_MAX: Final = 200
RULE_RATE_MAX: Final = 10_000
"""Points per unit of amount at most: sums stay within 64 bits."""
RATE_BP_MAX: Final = 10_000
"""100 %: no discount takes more than the price."""
MULTIPLIER_BP_MAX: Final = 100_000
"""Points are multiplied by 10 at most."""
EFFECT_PARTS_MAX: Final = 20
"""Parts of a bundle, steps of a threshold."""
BEST_OF_TRIED_MAX: Final = 50
"""Rules of one best_of group that give in several steps: each is tried on the whole ticket."""
SEGMENTS_PER_GROUP_MAX: Final = 200
BASKET_VOUCHERS_MAX: Final = 20
VOUCHER_VALID_DAYS_MAX: Final = 1_095
RULE_COUNT_MAX: Final = 1_000_000_000
"""Limits, budgets and bonuses of a rule: points, uses or minor units."""
BRANDS_LOOKED_AT_MAX: Final = 20_000
"""So many brands, and ranges, are held against those that rules name; with more nothing is said."""
UNKNOWN_ARTICLES_TOLD_MAX: Final = 20
"""So many articles that rules name and the group does not have are told, the first."""
