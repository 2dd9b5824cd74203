"""What the API says of a shop beside its address: other hours, services, events, neighbours (C-30, C-32)."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits import shops as limits_shops
from loyalty.programme.opening_hours import WeekSpan
from wire.api_base import Body, Id, LanguageKey, View
from wire.api_catalogue import ShopView

LocalDay = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$")]
HoursText = Annotated[str, Meta(max_length=80)]
_ShopName = Annotated[str, Meta(min_length=1, max_length=limits_shops.SHOP_NAME_CHARS_MAX)]
_ShopNote = Annotated[str, Meta(min_length=1, max_length=limits_shops.SHOP_NOTE_CHARS_MAX)]
ShopNames = Annotated[dict[LanguageKey, _ShopName], Meta(min_length=1)]
ShopNotes = dict[LanguageKey, _ShopNote]


class OtherDayBody(Body, frozen=True):
    """A day that is not like its weekday. `hours`: `08:30-12:00,14:00-18:30`, or `off`; `names`: why."""

    day: LocalDay
    hours: HoursText
    names: dict[LanguageKey, _ShopName] = {}


class ShopDaysBody(Body, frozen=True):
    """All days with other hours that the shop tells now."""

    days: Annotated[list[OtherDayBody], Meta(max_length=limits_shops.SHOP_DAYS_MAX)]


class ShopServiceBody(Body, frozen=True):
    """Something that the shop does for people. `notes`: when, how, what it costs."""

    names: ShopNames
    notes: ShopNotes = {}


class ShopServicesBody(Body, frozen=True):
    """All services of the shop, in the order in which they are shown."""

    services: Annotated[list[ShopServiceBody], Meta(max_length=limits_shops.SHOP_SERVICES_MAX)]


class ShopEventBody(Body, frozen=True):
    """Something that happens in the shop, on one day or from a day to another; shown until it is over."""

    names: ShopNames
    from_day: LocalDay
    to_day: LocalDay | None = None
    hours: HoursText = ""
    notes: ShopNotes = {}


class ShopEventsBody(Body, frozen=True):
    """All events of the shop."""

    events: Annotated[list[ShopEventBody], Meta(max_length=limits_shops.SHOP_EVENTS_MAX)]


class OtherDayView(View, frozen=True):
    """A day with other hours: as written, and from and until in minutes of the day."""

    day: str
    hours: str
    spans: list[tuple[int, int]]
    names: dict[str, str]


class ShopServiceView(View, frozen=True):
    """A service."""

    names: dict[str, str]
    notes: dict[str, str]


class ShopEventView(View, frozen=True):
    """An event."""

    names: dict[str, str]
    from_day: str
    to_day: str
    hours: str
    notes: dict[str, str]


class ShopPageView(View, frozen=True):
    """A shop and what it tells. `week`: None where its opening hours say nothing that we read.

    east_m, north_m: where it lies, seen from the shop that asks; None where one of the two has no position.
    """

    shop: ShopView
    week: list[WeekSpan] | None
    days: list[OtherDayView]
    services: list[ShopServiceView]
    events: list[ShopEventView]
    east_m: int | None
    north_m: int | None


class ShopPagesQuery(Body, frozen=True):
    """`shop_id`: whose neighbours; a terminal's own shop where it is left out."""

    shop_id: Id | None = None


class ShopPagesView(View, frozen=True):
    """The shop that asks, then its nearest neighbours of the group; what is over is left out."""

    pages: list[ShopPageView]
