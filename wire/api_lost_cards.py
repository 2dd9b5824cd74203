"""A card is blocked without the card: the API's bodies and views (P-37, P-47)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.lost_cards import LOST_CARD_CODE_DIGITS, LOST_CARD_DIGITS_MAX
from wire.api_base import Body, Id, Millis, View

Number = Annotated[str, Meta(min_length=1, max_length=LOST_CARD_DIGITS_MAX, pattern=r"^[0-9]+(?!\n)$")]
"""A member's number, or that of one of the member's cards."""
BirthDay = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]
Code = Annotated[str, Meta(pattern=rf"^[0-9]{{{LOST_CARD_CODE_DIGITS}}}(?!\n)$")]


class LostCardBody(Body, frozen=True):
    """Somebody without their card wants it blocked. `report_id`: made before it is sent; the same
    one with the same data from the same terminal is the same report.
    """

    report_id: Id
    number: Number
    birth_date: BirthDay


class LostCardView(View, frozen=True):
    """It is noted: the same words whether there is such a member or not. `hours`: how long a block stands."""

    hours: int


class LostCardCodeBody(Body, frozen=True):
    """The code that the member was sent: keep the card blocked, or let it be used again."""

    number: Number
    birth_date: BirthDay
    code: Code
    wish: Literal["keep", "undo"]


class LostCardEndedView(View, frozen=True):
    """What became of the block."""

    state: Literal["kept", "undone"]


class LostReportView(View, frozen=True):
    """A report as head office sees it. `state`: unknown (nobody has these data), repeated (nothing was left
    to block), open, kept, undone, lapsed.
    """

    report_id: str
    shop_id: str
    token_id: str
    state: str
    member_id: str | None
    made_ms: int
    ends_ms: int | None
    ended_ms: int | None


class LostReportsQuery(Body, frozen=True):
    """Those made before a moment."""

    before_ms: Millis = 253_402_300_799_999


class LostReportListView(View, frozen=True):
    """The latest first, at most a page."""

    reports: list[LostReportView]
