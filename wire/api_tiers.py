"""The JSON API's tiers: the programme's, who is in them, and how a member comes to one."""

from wire.api_base import View


class TierStepView(View, frozen=True):
    """A tier. `at`: from how much on it is reached, in minor units, points or purchases, as `count` says."""

    tier: str
    at: int
    members: int


class TierListView(View, frozen=True):
    """The tiers of the programme, from low to high. `count`: spent, points or visits; `period`: calendar or
    rolling, of so many `months`; `down`: `period_end` or `at_once`.
    """

    count: str
    period: str
    months: int
    down: str
    currency: str
    tiers: list[TierStepView]
    is_up_to_date: bool


class TierMemberView(View, frozen=True):
    """A member of a tier. `by`: `purchases` or `hand`, then perhaps `until` the end of a day."""

    member_id: str
    from_ms: int
    by: str
    until: str | None


class TierPageView(View, frozen=True):
    """Members in order of their ids. `next`: what to give as `after` for the next page; null: no more."""

    members: list[TierMemberView]
    next: str | None
    is_up_to_date: bool


class MemberTierView(View, frozen=True):
    """A member's tier today, and what it follows from.

    `tier`: what holds; `by`: `hand` or `purchases`. `by_purchases`: what purchases alone give. `counted`:
    in the period since `period_from`; `before`: the most that an earlier period came to whose tier still
    holds. `missing`: how much more makes `next_tier` now.
    """

    member_id: str
    tier: str | None
    by: str
    until: str | None
    count: str
    currency: str
    by_purchases: str | None
    counted: int
    before: int
    period_from: str
    next_tier: str | None
    missing: int
