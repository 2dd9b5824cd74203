"""What a terminal tells central of its tills, and asks about cards of staff; a part of the JSON API."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits import texts as limits
from wire.api_base import Body, Id, Millis, Uid, View

TillActKind = Literal["paired", "unpaired", "guessed"]
OpenedBy = Literal["staff_card", "operator"]
StaffRight = Literal["pair_tills", "look_after"]
"""look_after: see how a terminal is, test its printer and reader, set its volume and brightness."""
SaleId = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._\-]*(?!\n)$")]


class TillActBody(Body, frozen=True):
    """A till was paired with this terminal, or put out; `guessed`: a code ended because it was guessed at.

    `act_id` is the terminal's: the same again is told once. `opened_by`: what let the code be shown.
    """

    act_id: Id
    kind: TillActKind
    occurred_ms: Millis
    sale_id: SaleId = ""
    key_version: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    opened_by: OpenedBy = "operator"
    staff_id: Id | None = None


class TillActView(View, frozen=True):
    """An act as central recorded it."""

    act_id: str
    kind: TillActKind
    shop_id: str
    terminal_id: str
    sale_id: str
    key_version: int
    opened_by: OpenedBy
    staff_id: str | None
    occurred_ms: int
    recorded_ms: int


class StaffCardBody(Body, frozen=True):
    """A card for a clerk; it opens anything where they serve, as long as they do.

    `name`: how the screen greets them. `needs`: the least that must prove the card: a copied UID will do, or
    the chip must sign (NTAG 424 DNA).
    """

    staff_id: Id
    name: Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS_MAX)]
    uid: Annotated[Uid, Meta(min_length=8)]
    needs: Literal["nfc_uid", "aes_card"] = "nfc_uid"


class StaffCardView(View, frozen=True):
    """A staff card; one that is blocked opens nothing."""

    staff_id: str
    name: str
    needs: str
    issued_ms: int
    blocked_ms: int | None


class StaffHolderView(View, frozen=True):
    """Who holds a staff card, and what it opens at this terminal.

    `asks_pin`: the clerk has a code, which was not given here: a terminal asks for it before it pairs a till.
    """

    staff_id: str
    name: str
    may: list[StaffRight]
    asks_pin: bool = False
