"""The JSON API of points that become something else: a voucher of the member's own, or money paid forward."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View

Points = Annotated[int, Meta(ge=1, le=1_000_000_000)]
WorthMinor = Annotated[int, Meta(ge=1, le=LINE_AMOUNT_MINOR_MAX)]


class ChoiceView(View, frozen=True):
    """So many points for so much."""

    points: int
    worth_minor: int


class ConversionsView(View, frozen=True):
    """What a member may make of their points now: whole steps of the programme's rate, the most last.

    `points`: what can be spent; `last_day`: of a voucher that was made today, ISO date of the shop.
    `step_points`: 0 where the programme does not say what points are worth.
    """

    points: int
    currency: str
    step_points: int
    step_minor: int
    last_day: str
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
