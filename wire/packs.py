"""Scanned packs at the kiosk: what the kiosk and the terminal agent say to each other about them (C-32)."""

from typing import Annotated

import msgspec

from loyalty.limits.texts import ID_CHARS_MAX
from wire.api_value import Nothing
from wire.message_base import Message, UsualTrouble
from wire.shop_pages import Texts

# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class PackReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule does: `names` as the group calls it, by language; "rest" are all others,
    "all" every one: beside a pack that may tell of health no rule is named.
    """

    code: str
    amount_minor: int = 0
    points: int = 0
    names: dict[str, str] = {}


class PackTold(Message, frozen=True):
    """The answer to `AskPack`. Without `is_known` or with `trouble` nothing else is said.

    `price_minor`: on the shelf, `total_minor`: for whoever stands there; None: no price is known.
    `is_named` false: it may tell of health, and a PIN would name it. `stock`: units here at `stock_ms`.
    `as_of_ms`: central was away, and these are the terminal's own prices of then, without name and stock.
    """

    request_id: str
    is_known: bool = False
    name: str = ""
    is_named: bool = True
    price_minor: int | None = None
    total_minor: int | None = None
    points: int = 0
    reasons: tuple[PackReason, ...] = ()
    nothing: Nothing = ""
    texts: Texts = msgspec.field(default_factory=dict)
    stock: int | None = None
    stock_ms: int = 0
    as_of_ms: int = 0
    trouble: UsualTrouble = ""


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class ScanPacks(Message, frozen=True):
    """Codes that are scanned from now on are packs', and no cards (`is_on`); or cards' again."""

    is_on: bool


class AskPack(Message, frozen=True):
    """What is the pack with this number? `session_id`: of the card that lies there, if any."""

    request_id: str
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]
    session_id: str = ""

    def __repr__(self) -> str:
        """Without the number: what somebody looks at is in no log."""
        return f"AskPack(request_id={self.request_id!r}, session_id={self.session_id!r})"
