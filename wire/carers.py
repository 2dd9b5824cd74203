"""Somebody acts for a member: what kiosk and agent say to each other about it."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.carers import CARER_DAYS, CARER_DAYS_MAX, CARER_NAME_CHARS_MAX, CARERS_SHOWN_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Message

CarerMay = Literal["spend", "purchases"]
CarersOutcome = Literal[
    "list",
    "prepared",
    "given",
    "ended",
    "not_blank",
    "not_read",
    "enough",
    "too_many",
    "over",
    "needs_pin",
    "not_here",
    "central_unreachable",
]
"""list, ended, given: `carers` is how it stands now. prepared: the new card may be held there. over: too late
for it. needs_pin: the card and its PIN prove it, nothing less.
"""


class Carer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who acts for the member now, and what they did so far."""

    carer_id: str
    name: Annotated[str, msgspec.Meta(max_length=CARER_NAME_CHARS_MAX)]
    ends_ms: int
    may: tuple[CarerMay, ...] = ()
    tickets: int = 0
    last_ms: int = 0


class AskCarers(Message, frozen=True):
    """Who acts for the member whose card lies there?"""

    request_id: str
    session_id: str


class EndCarer(Message, frozen=True):
    """The member takes it back."""

    request_id: str
    session_id: str
    carer_id: str


class PrepareCarer(Message, frozen=True):
    """The member lets somebody act for them: the card that lies there makes room for the new one.

    `wish_id`: of this wish, whatever is asked for it again.
    """

    request_id: str
    session_id: str
    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=CARER_NAME_CHARS_MAX)]
    may: tuple[CarerMay, ...] = ()
    days: Annotated[int, msgspec.Meta(ge=1, le=CARER_DAYS_MAX)] = CARER_DAYS

    def __repr__(self) -> str:
        """Without the name, wherever a message is printed."""
        return f"PrepareCarer(request_id={self.request_id!r}, session_id={self.session_id!r})"


class HandCarer(Message, frozen=True):
    """The new card was held there."""

    request_id: str
    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]
    tap_id: str


class CarersTold(Message, frozen=True):
    """The answer to each of them."""

    request_id: str
    outcome: CarersOutcome
    carers: Annotated[tuple[Carer, ...], msgspec.Meta(max_length=CARERS_SHOWN_MAX)] = ()


OfCarers = AskCarers | EndCarer | PrepareCarer | HandCarer
