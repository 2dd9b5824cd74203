"""A member chooses a PIN at the kiosk, or has it unlocked, because a clerk wants it so (issue 7).

The clerk says who they are and how they know the member; the member alone types the PIN, and it goes from the
kiosk through the terminal's memory to central: no till carries it.
"""

from typing import Annotated, Final, Literal

import msgspec

from loyalty.limits.cards import PIN_DIGITS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.api_counter import Identity
from wire.message_base import Message

NewPinOutcome = Literal[
    "done", "too_simple", "no_pin", "not_allowed", "over", "needs_card", "central_unreachable", "not_here"
]
"""too_simple: others are to be typed. no_pin: nothing is there to be unlocked. not_allowed: not by this
clerk, or not today any more. over: the clerk's wish, or their sign-in, is over. needs_card: the card itself
has to lie there. central_unreachable: whether it was done nobody knows, and the same may be sent again.
"""
FINAL: Final[frozenset[NewPinOutcome]] = frozenset(
    {"no_pin", "not_allowed", "over", "needs_card", "not_here"}
)
"""After these the wish is over."""


class PinWish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A clerk wants the member who stands there, or comes next, to choose a PIN; or theirs unlocked."""

    wish_id: str
    is_unlock: bool = False


class WishPin(Message, frozen=True):
    """The clerk whose card lies there wishes it, and typed their code: answered by `PinTold`."""

    request_id: str
    session_id: str
    is_unlock: bool
    identity: Identity
    code: Annotated[str, msgspec.Meta(max_length=PIN_DIGITS_MAX)]

    def __repr__(self) -> str:
        """Without the code, wherever a message is printed."""
        return f"WishPin(request_id={self.request_id!r}, session_id={self.session_id!r})"


class ChoosePin(Message, frozen=True):
    """The member typed it twice; empty where it is unlocked. Kept and logged nowhere here."""

    request_id: str
    session_id: str
    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]
    pin: Annotated[str, msgspec.Meta(max_length=PIN_DIGITS_MAX)] = ""

    def __repr__(self) -> str:
        """Without the PIN, wherever a message is printed."""
        return f"ChoosePin(request_id={self.request_id!r}, session_id={self.session_id!r})"


class LeavePin(Message, frozen=True):
    """The member does not want to."""

    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]


class NewPinTold(Message, frozen=True):
    """The answer to `ChoosePin`."""

    request_id: str
    outcome: NewPinOutcome


OfNewPins = WishPin | ChoosePin | LeavePin
