"""Points become something else at the kiosk: what kiosk and agent say about it. See `wire.my_value`."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.my_value import CONVERSION_CHOICES_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Message, UsualTrouble

ActId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class PointsFor(msgspec.Struct, frozen=True, kw_only=True):
    """So many points for so much money's worth."""

    points: int
    worth_minor: int


MoveTrouble = UsualTrouble | Literal["needs_pin"]
"""needs_pin: it takes the member's PIN, typed for this tap; nothing moved."""


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class ConversionsTold(Message, frozen=True):
    """The answer to `AskConversions`. `points`: what can be spent. `step_points` are worth `step_minor`; 0
    where the group does not say. `last_day`: of a voucher that was made today, ISO date.
    `forward_minor`: what members paid forward in this shop and nobody was given yet.
    """

    request_id: str
    points: int = 0
    step_points: int = 0
    step_minor: int = 0
    last_day: str = ""
    forward_minor: int = 0
    choices: Annotated[tuple[PointsFor, ...], msgspec.Meta(max_length=CONVERSION_CHOICES_MAX)] = ()
    trouble: UsualTrouble = ""


class ConvertedTold(Message, frozen=True):
    """The answer to `ConvertPoints`: the voucher with its number; `balance` points are left.

    With the trouble `central_unreachable` it is not known: the same `act_id` again makes nothing twice.
    """

    request_id: str
    points: int = 0
    balance: int = 0
    voucher_id: str = ""
    worth_minor: int = 0
    last_day: str = ""
    code: str = ""
    payload: str = ""
    trouble: MoveTrouble = ""


class ForwardedTold(Message, frozen=True):
    """The answer to `PayForward`: `balance` points are left.

    With the trouble `central_unreachable` it is not known: the same `act_id` again gives nothing twice.
    """

    request_id: str
    points: int = 0
    balance: int = 0
    worth_minor: int = 0
    trouble: MoveTrouble = ""


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class AskConversions(Message, frozen=True):
    """What do the member's points come to?"""

    request_id: str
    session_id: str


class ConvertPoints(Message, frozen=True):
    """The member makes a voucher of points, asked twice before; `worth_minor`: what they were told."""

    request_id: str
    session_id: str
    act_id: ActId
    points: AtLeastOne
    worth_minor: AtLeastOne


class PayForward(Message, frozen=True):
    """The member gives points for whoever needs it, asked twice before, at the worth they were told."""

    request_id: str
    session_id: str
    act_id: ActId
    points: AtLeastOne
    worth_minor: AtLeastOne


ConversionAnswer = ConversionsTold | ConvertedTold | ForwardedTold
OfConversions = AskConversions | ConvertPoints | PayForward
