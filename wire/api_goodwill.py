"""The JSON API's latitude of the counter (P-14)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.ledger import CORRECTION_POINTS_MAX
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View


class GoodwillBody(Body, frozen=True):
    """Points the counter gives on its own, within what the programme's `latitude` lets the role give in this
    shop today. The sender vouches for `role` and `operator`.
    """

    goodwill_id: Id
    holder: EvidenceBody
    points: Annotated[int, Meta(ge=1, le=CORRECTION_POINTS_MAX)]
    role: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
    operator: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
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


class LatitudeQuery(Body, frozen=True):
    """Shops' local days, both included. Left out: all days; every shop; every role the programme has now."""

    from_day: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$")] = "1970-01-01"
    to_day: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$")] = "2999-12-31"
    role: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    shop_id: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""


class LatitudeActView(View, frozen=True):
    """One act of a counter: goodwill points, or a manual discount (less what came back with the ticket).

    `act_id`: of the goodwill, or the sale. `operator` and `given_by` (a token or person) are empty for a
    discount: its event names them. `reason` is empty where the member was erased: it lay with the lines.
    """

    act_id: str
    kind: Literal["goodwill", "discount"]
    day: str
    shop_id: str
    role: str
    operator: str
    points: int
    off_minor: int
    reason: str
    given_by: str


class LatitudeSumView(View, frozen=True):
    """What a role gave in a shop on a day."""

    day: str
    shop_id: str
    role: str
    acts: int
    points: int
    off_minor: int


class LatitudeListView(View, frozen=True):
    """What the counters gave on their own, the last day first; `is_cut`: there is more than that."""

    currency: str
    sums: list[LatitudeSumView]
    acts: list[LatitudeActView]
    is_cut: bool


class GoodwillQuery(Body, frozen=True):
    """Recorded in [from_ms, to_ms)."""

    from_ms: Millis = 0
    to_ms: Millis = 253_402_300_799_999
