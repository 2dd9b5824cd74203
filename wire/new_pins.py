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
    asks_clerk: bool = False
    """The clerk has yet to say, by their code, that this is the member whose paper they saw."""


class WishPin(Message, frozen=True):
    """The clerk whose card lies there wishes it of the next member's card: answered by `CommandResult`."""

    request_id: str
    session_id: str
    is_unlock: bool
    identity: Identity


class AskPinHolder(Message, frozen=True):
    """Whose card came for the wish? For the clerk's eyes: answered by `PinHolderTold`."""

    request_id: str
    session_id: str
    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]


class PinHolderTold(Message, frozen=True):
    """`name`: given name and initial; `card_end`: the last digits of the card. Or why not: `trouble`."""

    request_id: str
    name: str = ""
    card_end: str = ""
    trouble: NewPinOutcome | Literal[""] = ""

    def __repr__(self) -> str:
        """Without the name, wherever a message is printed."""
        return f"PinHolderTold(request_id={self.request_id!r}, trouble={self.trouble!r})"


class ConfirmPin(Message, frozen=True):
    """It is the member whose paper the clerk saw, and this is the clerk's code: answered by `PinTold`.

    From then on the wish is of this card alone.
    """

    request_id: str
    session_id: str
    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]
    code: Annotated[str, msgspec.Meta(max_length=PIN_DIGITS_MAX)]

    def __repr__(self) -> str:
        """Without the code, wherever a message is printed."""
        return f"ConfirmPin(request_id={self.request_id!r}, session_id={self.session_id!r})"


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
    """The member does not want to; or the clerk sees somebody else's card."""

    wish_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]


class NewPinTold(Message, frozen=True):
    """The answer to `ChoosePin`."""

    request_id: str
    outcome: NewPinOutcome


OfNewPins = WishPin | AskPinHolder | ConfirmPin | ChoosePin | LeavePin
