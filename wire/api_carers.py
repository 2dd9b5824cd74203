"""Somebody acts for a member by a card of their own: the API's bodies and views (ADR 31)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.carers import CARER_DAYS, CARER_DAYS_MAX, CARER_NAME_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Code, Id, View

May = Literal["spend", "purchases"]
"""spend: pay with points at the till. purchases: what was bought, and why points were given."""
CarerName = Annotated[str, Meta(min_length=1, max_length=CARER_NAME_CHARS_MAX, pattern=r"\S")]
Days = Annotated[int, Meta(ge=1, le=CARER_DAYS_MAX)]


class CarersBody(Body, frozen=True):
    """Who acts for the holder; by card and PIN."""

    holder: EvidenceBody


class CarerBody(Body, frozen=True):
    """The holder, by card and PIN, lets somebody act for them with a blank card. `carer_id`: made before it
    is sent. `name`: to recognise them by. `may`: beyond earning and seeing the balance.
    """

    carer_id: Id
    holder: EvidenceBody
    name: CarerName
    card: EvidenceBody
    may: Annotated[list[May], Meta(max_length=2)] = []
    days: Days = CARER_DAYS


class CarerEndBody(Body, frozen=True):
    """The holder, by card and PIN, takes it back; it counts at once."""

    carer_id: Id
    holder: EvidenceBody


class MemberCarerBody(Body, frozen=True):
    """Staff give a carer's card with the member beside them, who agreed to it."""

    carer_id: Id
    name: CarerName
    card_number: Code
    may: Annotated[list[May], Meta(max_length=2)] = []
    days: Days = CARER_DAYS


class CarerView(View, frozen=True):
    """Somebody who acts for the member. `state`: open, ended (taken back), over (its time has gone).

    `tickets`, `last_ms`: what they did for the member so far.
    """

    carer_id: str
    name: str
    may: list[May]
    given_by: str
    made_ms: int
    ends_ms: int
    state: Literal["open", "ended", "over"]
    tickets: int = 0
    last_ms: int | None = None


class CarerListView(View, frozen=True):
    """The latest first; those that are over are kept beside those that are not."""

    carers: list[CarerView]
