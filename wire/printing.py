"""What the kiosk and the agent say of the terminal's own receipt printer."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Language, Message

SlipKind = Literal["balance", "voucher", "prize", "statement", "test", "totals"]
"""balance: what the screen shows of this member. voucher, prize: the one of `item_id`, with its code.
statement: the last tickets. test, totals: nobody's data, for staff: a page, and what tills did in their day.
"""

PrintOutcome = Literal[
    "printed",
    "uncertain",
    "paper_out",
    "cover_open",
    "offline",
    "no_printer",
    "busy",
    "not_here",
    "central_unreachable",
    "not_now",
]
"""printed: it lies in the tray. uncertain: the printer was lost while it printed; somebody looks at the
paper, it is never printed again by itself. paper_out, cover_open, offline (or an error of its own): nothing
was printed. no_printer: this terminal has none, offer no printing. busy: too many slips wait already.
not_here: the card does not permit it, or there is no such item. central_unreachable: only central knows what
is to be printed. not_now: the visit has ended.
"""

PrinterCondition = Literal["ready", "paper_low", "paper_out", "cover_open", "offline", "error"]
"""paper_low still prints; the others but `ready` do not."""


class PrinterState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the printer last said of itself, and how many slips wait for it."""

    condition: PrinterCondition
    since_ms: int
    waiting: int = 0

    @property
    def may_print(self) -> bool:
        """Whether it is worth offering: what is asked now comes out."""
        return self.condition in ("ready", "paper_low")


class PrintSlip(Message, frozen=True):
    """Print something for the member of this session, or a test page for its staff.

    The same `request_id` again is answered as the first time and prints nothing more.
    """

    request_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]
    session_id: str
    what: SlipKind
    language: Language | None = None
    """The one on the screen; left out: the member's."""
    item_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)] = ""


class PrintTold(Message, frozen=True):
    """The answer to `PrintSlip`, once it is known how it ended."""

    request_id: str
    outcome: PrintOutcome
