"""The JSON API's latitude of the counter (P-14)."""

from typing import Annotated

from msgspec import Meta

from loyalty import limits
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View


class GoodwillBody(Body, frozen=True):
    """Points the counter gives on its own, within what the programme's `latitude` lets the role give in this
    shop today. The sender vouches for `role` and `operator`.
    """

    goodwill_id: Id
    holder: EvidenceBody
    points: Annotated[int, Meta(ge=1, le=limits.CORRECTION_POINTS_MAX)]
    role: Annotated[str, Meta(min_length=1, max_length=limits.ID_CHARS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS_MAX)]
    operator: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = ""
    shop_id: Id | None = None


class GoodwillView(View, frozen=True):
    """Goodwill given; `given_by` is the token."""

    goodwill_id: str
    member_id: str
    shop_id: str
    role: str
    operator: str
    points: int
    reason: str
    given_by: str
    recorded_ms: int
    transaction_id: str
    balance_points: int


class GoodwillListView(View, frozen=True):
    """Newest first, at most a page."""

    given: list[GoodwillView]


class GoodwillQuery(Body, frozen=True):
    """Recorded in [from_ms, to_ms)."""

    from_ms: Millis = 0
    to_ms: Millis = 253_402_300_799_999
