"""What each till did since its day was closed last, for the card of staff that asks at the kiosk."""

from typing import Literal

import msgspec

from wire.message_base import Message

TillAct = Literal[
    "Award",
    "Debit",
    "Credit",
    "Rebate",
    "Redemption",
    "ReverseAward",
    "ReverseDebit",
    "ReverseRebate",
    "ReverseRedemption",
]
"""What tills do, in the order in which it is told."""


class TillSum(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often one act was done, what money it moved, and what points. `sale_id`: the till; empty: all."""

    act: TillAct
    count: int
    sale_id: str = ""
    amount_minor: int = 0
    points: int = 0


class AskDayTotals(Message, frozen=True):
    """What did the tills do today?"""

    request_id: str
    session_id: str


class DayTotalsTold(Message, frozen=True):
    """All tills together first, where there are several, then each. `is_told` False: no staff is there.

    `since_ms`: when the day was closed last (UTC); None: never. `waiting`: tickets that central has not got
    yet: their points are missing. `is_cut`: there were more than DAY_TOTALS_SUMS_MAX.
    """

    request_id: str
    is_told: bool = False
    sums: tuple[TillSum, ...] = ()
    since_ms: int | None = None
    waiting: int = 0
    is_cut: bool = False
