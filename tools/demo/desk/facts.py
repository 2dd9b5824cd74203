"""What lies on the desk, and what its page is told once."""

from typing import Literal

import msgspec

from wire.messages import Evidence

DeskKind = Literal["ms_card", "barcode_card", "blocked_card", "unknown_card", "staff_card", "blank_card"]


class DeskCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that lies on the desk: `kind` names its words, `label` the member or nothing.

    What else is known of it is told to whoever tries the kiosk: its PIN, its number, the holder's birth.
    """

    id: str
    label: str
    kind: DeskKind
    evidence: Evidence
    pin: str = ""
    number: str = ""
    birth_date: str = ""


class DeskArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article the till can scan."""

    name: str
    price_minor: int


class DeskVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher on paper: the digits of its code, and whose card must lie there."""

    code: str
    owner: str
    worth_minor: int


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is told once."""

    group: str
    shop: str
    currency: str
    cards: list[DeskCard]
    quick: list[str]
    articles: dict[str, DeskArticle]
    vouchers: list[DeskVoucher] = []
    version: int = 0
    """Of what made the group (`tools.demo.run.MADE_VERSION`)."""
    messages_folder: str = ""
    slips_folder: str = ""
