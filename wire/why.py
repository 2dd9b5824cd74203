"""Why these points: what the kiosk asks about a ticket, and what the agent tells it (docs/adr/0010)."""

from typing import Literal

import msgspec

from wire.api_value import LeftOut, Nothing
from wire.message_base import Message


class AskWhy(Message, frozen=True):
    """The member asks why a ticket on the screen earned its points (R-23)."""

    request_id: str
    session_id: str
    sale_id: str


class WhyRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule that gave points: `names` as the group calls it, by language; `code` is its effect.

    Without a name it is told by its effect. `code` "rest": all rules that are not told singly.
    """

    code: str
    points: int
    names: dict[str, str] = {}


class WhyLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lines of the ticket that came out alike: their numbers, the points of each, and what gave them.

    `numbers`: ranges (first, last) in order, the first few; `count` lines in all. `parts`: places in `rules`
    and what that rule gave each line. `nothing`: why they earned none, `left_out`: what kept a further offer
    off them, as far as a screen may say it (see docs/adr/0010).
    """

    numbers: tuple[tuple[int, int], ...]
    count: int = 1
    points: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    nothing: Nothing = ""
    left_out: LeftOut = ""
    name: str = ""
    """The article; known after a right PIN only."""


class Why(Message, frozen=True):
    """The answer to `AskWhy`, as explained when the ticket was booked; never a class or a law.

    A long ticket comes in several: the first has the rules, each has more `lines`, until `is_last`.
    `is_known` is false where no explanation is kept. With `trouble` nothing else is said.
    """

    request_id: str
    points: int = 0
    is_known: bool = False
    rules: tuple[WhyRule, ...] = ()
    lines: tuple[WhyLine, ...] = ()
    is_last: bool = True
    trouble: Literal["", "central_unreachable", "not_told_here"] = ""
