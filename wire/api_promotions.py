"""The JSON API of today's offers for a member who shows a card, and why they see each."""

from wire.api_base import View


class PromotionView(View, frozen=True):
    """An offer by the name that the group gave its rule. `is_mine`: not everybody sees it.

    `because`, then: tier, birthday, family_birthday, age, purchases, points, new, back, sponsored, home_shop,
    chosen; never the name of a segment, grade or class. `last_day`: ISO date; empty: no end was named.
    """

    rule_id: str
    names: dict[str, str]
    is_mine: bool
    because: list[str]
    last_day: str


class PromotionListView(View, frozen=True):
    """Those that may act today in this shop: a member's own first, then what ends first."""

    promotions: list[PromotionView]
