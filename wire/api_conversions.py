"""The JSON API of points that become something else: a voucher of the member's own, or money paid forward."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View
from wire.api_counter import Clerk, CounterId

Points = Annotated[int, Meta(ge=1, le=1_000_000_000)]
WorthMinor = Annotated[int, Meta(ge=1, le=LINE_AMOUNT_MINOR_MAX)]


class ChoiceView(View, frozen=True):
    """So many points for so much."""

    points: int
    worth_minor: int


class ConversionsView(View, frozen=True):
    """What a member may make of their points now: whole steps of the programme's rate, the most last.

    `points`: what can be spent; `last_day`: of a voucher that was made today, ISO date of the shop.
    `step_points`: 0 where the programme does not say what points are worth. `forward_minor`: what members
    paid forward in this shop, and nobody was given yet.
    """

    points: int
    currency: str
    step_points: int
    step_minor: int
    last_day: str
    forward_minor: int
    choices: list[ChoiceView]


class ConversionBody(Body, frozen=True):
    """Points become a voucher. `worth_minor`: what the member was told that they come to."""

    conversion_id: Id
    holder: EvidenceBody
    points: Points
    worth_minor: WorthMinor


class ConversionView(View, frozen=True):
    """A voucher that points became, with its number: `code` to read, `payload` the digits of a QR code."""

    conversion_id: str
    points: int
    balance_points: int
    voucher_id: str
    worth_minor: int
    last_day: str
    code: str
    payload: str
    recorded_ms: int


class ForwardBody(Body, frozen=True):
    """Points are paid forward, in the shop of the token. `worth_minor`: as it was told."""

    forward_id: Id
    holder: EvidenceBody
    points: Points
    worth_minor: WorthMinor


class ForwardView(View, frozen=True):
    """What was paid forward."""

    forward_id: str
    points: int
    worth_minor: int
    balance_points: int
    shop_id: str
    recorded_ms: int


class ForwardClerkBody(Body, frozen=True):
    """Who asks."""

    clerk: Clerk


class ForwardStandView(View, frozen=True):
    """What waits in a shop, and the most that one person is given at once; not from whom it came."""

    shop_id: str
    currency: str
    waiting_minor: int
    most_minor: int


class ForwardHandOutBody(Body, frozen=True):
    """A clerk gives somebody a voucher of what members paid forward."""

    act_id: CounterId
    clerk: Clerk
    worth_minor: WorthMinor


class HandOutView(View, frozen=True):
    """A voucher for whoever brings it, with its number. `waiting_minor`: what is left in the shop."""

    act_id: str
    worth_minor: int
    last_day: str
    code: str
    payload: str
    waiting_minor: int
    recorded_ms: int
