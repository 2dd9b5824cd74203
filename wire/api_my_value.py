"""The JSON API's answers to a member who shows a card: what they have, and until when."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View

VoucherId = Annotated[
    str, Meta(min_length=1, max_length=ID_CHARS_MAX + 8, pattern=r"^[A-Za-z0-9._:/\-]+(?!\n)$")
]
"""The cause that gave it and a number, as `list` told it."""


class HolderBody(Body, frozen=True):
    """The card that is shown."""

    holder: EvidenceBody


class ExpiryView(View, frozen=True):
    """Points that expire in one month: their first and their last good day (ISO dates of the shop)."""

    points: int
    first_day: str
    last_day: str


class MyTierView(View, frozen=True):
    """Where a member stands among the tiers.

    `count`: spent (minor units), points or visits; `counted`: of it in the running period, which began
    `period_from`; `next_tier` is reached at `next_at`, with `missing` more. `by`: purchases, or hand, then
    perhaps `until` the end of a day. `names`, `next_names`: what members are told these tiers are called, by
    language; empty where the group says nothing but the tier itself.
    """

    tier: str | None
    by: str
    until: str | None
    count: str
    counted: int
    period_from: str
    next_tier: str | None
    next_at: int
    missing: int
    names: dict[str, str] = {}
    next_names: dict[str, str] = {}


class MyVoucherView(View, frozen=True):
    """A voucher that can be used now; its number is told by `tell_voucher` alone.

    `names`: of the rule that gave it, by language. `redeem_on`: article classes, empty: all the law allows.
    """

    voucher_id: str
    definition: str
    names: dict[str, str]
    worth_minor: int
    last_day: str
    redeem_on: list[str]


class MyValueView(View, frozen=True):
    """What the holder of a card has. `pending`: points earned, not to be spent yet; `lasting`: points that
    never expire. `expiries`: the others by month, the next first. `tier` null: the programme has none.
    """

    points: int
    pending: int
    currency: str
    worth_minor: int
    lasting: int
    expiries: list[ExpiryView]
    tier: MyTierView | None
    vouchers: list[MyVoucherView]


class TellVoucherBody(Body, frozen=True):
    """Whose, and which."""

    holder: EvidenceBody
    voucher_id: VoucherId


class MyVoucherNumberView(View, frozen=True):
    """A voucher with its number: `code` to read, `payload` the digits of a QR code."""

    voucher_id: str
    definition: str
    names: dict[str, str]
    worth_minor: int
    last_day: str
    redeem_on: list[str]
    code: str
    payload: str


class MyAssociationView(View, frozen=True):
    """An association, and what its panel shows: what was paid in all, in how many `months`, the last of them
    (YYYY-MM), and how many of its members' `points` are in that.
    """

    association_id: str
    name: str
    is_mine: bool
    paid_minor: int
    points: int
    months: int
    last_month: str | None


class MyAssociationsView(View, frozen=True):
    """The active associations, the member's own first. `points`: what can be given now."""

    points: int
    currency: str
    associations: list[MyAssociationView]


class MyReportBody(Body, frozen=True):
    """The member says that a ticket is not right. Of one ticket there is one report: again is the first."""

    holder: EvidenceBody
    sale_id: Id


class MyReportView(View, frozen=True):
    """What became of it; `state` as incidents have it: open, taken, answered, closed."""

    incident_id: str
    state: str
    opened_ms: int
