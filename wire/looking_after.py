"""What staff asks of a terminal at its kiosk: how everything is, and a try of the reader."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.cards import PIN_DIGITS_MAX
from loyalty.limits.readers import CARD_TAIL_CHARS
from loyalty.limits.support import SUPPORT_PART_BYTES, SUPPORT_PARTS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.day_totals import AskDayTotals
from wire.message_base import Message

Part = Literal[
    "central",
    "clock",
    "waiting",
    "prices",
    "blocked_cards",
    "printer",
    "reader",
    "disk",
    "memory",
    "certificate",
    "version",
]
"""What a terminal is made of, for whoever looks after it: the lines of `officine doctor` that are its own."""
Condition = Literal["well", "soon", "broken", "absent"]
"""well: it works. soon: it works today, and somebody should look. broken: it does not work. absent: there is
none, and none is missed: a printer that was never fitted is neither well nor broken.
"""


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one part is. `code`: our own word for what was found, stable within its part; `count`, `at_ms` and
    `name` are what it is said with: a number, a moment (UTC), a version or the name of a device.
    """

    part: Part
    condition: Condition
    code: str
    count: int = 0
    at_ms: int = 0
    name: str = ""


class AskDiagnosis(Message, frozen=True):
    """How is this terminal? `kiosk_version`: of the program that asks."""

    request_id: str
    session_id: str
    kiosk_version: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)] = ""


class DiagnosisTold(Message, frozen=True):
    """Every part once, what is worst first. None at all: not told here (no card of staff lies there)."""

    request_id: str
    findings: tuple[Finding, ...] = ()


class TestReader(Message, frozen=True):
    """Begin to try the reader: cards that come from now on are shown as the reader saw them, and nobody's."""

    __test__ = False  # no test of pytest's
    request_id: str
    session_id: str


class EndReaderTest(Message, frozen=True):
    """Enough of it: cards are members' again."""


class EnterStaffPin(Message, frozen=True):
    """The clerk whose card lies there typed their code: judged by central, kept and logged nowhere.

    Right: this tap of their card asks for none any more.
    """

    request_id: str
    session_id: str
    pin: Annotated[str, msgspec.Meta(max_length=PIN_DIGITS_MAX)]

    def __repr__(self) -> str:
        """Without the PIN, wherever a message is printed."""
        return f"EnterStaffPin(request_id={self.request_id!r}, session_id={self.session_id!r})"


class CardRead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card that was read in a try. `tail`: the last characters of what names it, never more; empty where
    they would say nothing, or too much. `took_ms`: from the card to its evidence; 0: not measured there.
    """

    medium: str
    tail: Annotated[str, msgspec.Meta(max_length=CARD_TAIL_CHARS)] = ""
    took_ms: int = 0
    reader: str = ""
    is_lying: bool = True


class ReaderTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A try of the reader. `state`, `reader`: as the reader says of itself; `fault`: its trouble, as one word
    (`reader_daemon.readers.base.ReaderFault`), `not_running` where it says nothing. `count`: cards so far.
    """

    state: str
    reader: str = ""
    fault: str = ""
    last: CardRead | None = None
    count: int = 0


class SupportShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Head office asks to see this screen, or sees it. `until_ms`: UTC, when that ends by itself."""

    support_id: str
    state: Literal["asked", "granted"]
    reason: str
    minutes: int
    until_ms: int = 0


class AnswerSupport(Message, frozen=True):
    """A person of staff lets head office see this screen, or does not."""

    request_id: str
    session_id: str
    support_id: str
    is_allowed: bool


class EndSupport(Message, frozen=True):
    """Whoever stands there wants nobody to see this screen any more."""

    support_id: str


class ScreenPart(Message, frozen=True):
    """A part of a picture of the screen (PNG), while head office may see it; the first is part 0 of `parts`.

    is_private: it is the sign that stands for somebody's visit.
    """

    support_id: str
    number: int
    part: Annotated[int, msgspec.Meta(ge=0, lt=SUPPORT_PARTS_MAX)]
    parts: Annotated[int, msgspec.Meta(ge=1, le=SUPPORT_PARTS_MAX)]
    is_private: bool
    data: Annotated[bytes, msgspec.Meta(max_length=SUPPORT_PART_BYTES)]


class Reenrolling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal is enrolled anew. code: head office types `code` (empty: it is on its way). approved: it
    did, and the new token waits to be taken over. failed: it came to nothing, and all is as before.
    """

    step: Literal["code", "approved", "failed"]
    code: str = ""


class BeginReenrolment(Message, frozen=True):
    """A person of staff wants this terminal enrolled anew: the first of two words."""

    request_id: str
    session_id: str


class AnswerReenrolment(Message, frozen=True):
    """The second: take the new token over; or leave all as it is."""

    is_taken: bool


OfReenrolment = BeginReenrolment | AnswerReenrolment
OfSupport = AnswerSupport | EndSupport | ScreenPart
OfLookingAfter = (
    AskDiagnosis | AskDayTotals | TestReader | EndReaderTest | EnterStaffPin | OfSupport | OfReenrolment
)
