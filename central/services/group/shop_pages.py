"""What shops tell beside their address: days with other hours, services, events; which are near (C-30)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.group.shops import ShopsService, view_of
from central.storage.base import Change
from central.storage.interface.rows import ShopRow
from central.storage.interface.shop_pages import ShopPageRow, ShopPart
from loyalty.errors import LoyaltyError
from loyalty.limits.shops import SHOP_DAYS_TOLD, SHOP_NEIGHBOURS_MAX
from loyalty.programme.opening_hours import read_day, read_week
from loyalty.programme.places import length_m, offset_m
from wire import api_shop_pages as wire

B = TypeVar("B", bound=msgspec.Struct)
_FAR_M: Final = 1 << 40
_NO_DAYS: Final = wire.ShopDaysBody(days=[])
_NO_SERVICES: Final = wire.ShopServicesBody(services=[])
_NO_EVENTS: Final = wire.ShopEventsBody(events=[])


class ShopDayInvalid(LoyaltyError):
    """No day of the calendar, a day said twice, or an event that ends before it begins."""

    code = "shop_day_invalid"
    text = "{day} is no day of the calendar here, stands there twice, or comes before {after}. Mend the day."


class ShopPagesService:
    """Puts the parts of a shop's page, and tells pages."""

    def __init__(self, context: Context, shops: ShopsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._shops = shops

    async def put_days(
        self, actor: Actor, shop_id: str, body: wire.ShopDaysBody
    ) -> tuple[wire.ShopPageView, Change]:
        """Put all days with other hours. Raises: ShopNotFound, HoursInvalid, ShopDayInvalid."""
        access.require(actor, access.SHOPS_WRITE)
        last = ""
        for each in sorted(body.days, key=lambda one: one.day):
            _require_day(each.day, after=last, is_alone=True)
            read_day(each.hours)
            last = each.day
        return await self._put(actor, shop_id, "days", body)

    async def put_services(
        self, actor: Actor, shop_id: str, body: wire.ShopServicesBody
    ) -> tuple[wire.ShopPageView, Change]:
        """Put all services. Raises: ShopNotFound."""
        access.require(actor, access.SHOPS_WRITE)
        return await self._put(actor, shop_id, "services", body)

    async def put_events(
        self, actor: Actor, shop_id: str, body: wire.ShopEventsBody
    ) -> tuple[wire.ShopPageView, Change]:
        """Put all events. Raises: ShopNotFound, HoursInvalid, ShopDayInvalid."""
        access.require(actor, access.SHOPS_WRITE)
        for each in body.events:
            _require_day(each.from_day)
            _require_day(each.to_day or each.from_day, after=each.from_day)
            if each.hours:
                read_day(each.hours)
        return await self._put(actor, shop_id, "events", body)

    async def get_page(self, actor: Actor, shop_id: str) -> wire.ShopPageView:
        """All that a shop tells, also what is over. Raises: ShopNotFound."""
        access.require(actor, access.GROUP_READ)
        shop = await self._shops.get_row(actor.group_id, shop_id)
        return _page(shop, await self._parts(actor.group_id, [shop_id]), seen_from=shop, today=None)

    async def list_near(self, actor: Actor, query: wire.ShopPagesQuery) -> wire.ShopPagesView:
        """The shop and its nearest neighbours, with what is still to come.

        Raises: ShopNotFound, ShopMissing, ShopNotYours.
        """
        access.require(actor, access.GROUP_READ)
        shop_id = access.shop_of(actor, query.shop_id)
        own = await self._shops.get_row(actor.group_id, shop_id)
        others = [row for row in await self._store.list_shops(actor.group_id) if row.shop_id != shop_id]
        others.sort(key=lambda row: (_distance_m(row, own), row.shop_id))
        near = [own, *others[:SHOP_NEIGHBOURS_MAX]]
        parts = await self._parts(actor.group_id, [row.shop_id for row in near])
        pages = []
        for row in near:
            today = local_day(self._clock(), await self._zones.get(row.time_zone))
            pages.append(_page(row, parts, seen_from=own, today=today))
        return wire.ShopPagesView(pages=pages)

    async def _put(
        self, actor: Actor, shop_id: str, part: ShopPart, body: msgspec.Struct
    ) -> tuple[wire.ShopPageView, Change]:
        shop = await self._shops.get_row(actor.group_id, shop_id)
        row = ShopPageRow(
            group_id=actor.group_id,
            shop_id=shop_id,
            part=part,
            body=msgspec.json.encode(body).decode(),
            changed_ms=self._clock(),
        )
        change = await self._store.put_shop_page(row)
        return _page(shop, await self._parts(actor.group_id, [shop_id]), seen_from=shop, today=None), change

    async def _parts(self, group_id: str, shop_ids: Sequence[str]) -> dict[tuple[str, str], str]:
        rows = await self._store.list_shop_pages(group_id, shop_ids)
        return {(row.shop_id, row.part): row.body for row in rows}


def _require_day(day: str, *, after: str = "", is_alone: bool = False) -> None:
    """ISO dates sort as days do."""
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise ShopDayInvalid(day=day, after=after or "its time") from error
    if day < after or (is_alone and day == after):
        raise ShopDayInvalid(day=day, after=after)


def _position(row: ShopRow, seen_from: ShopRow) -> tuple[int, int] | None:
    if row.latitude_e7 is None or row.longitude_e7 is None:
        return None
    if seen_from.latitude_e7 is None or seen_from.longitude_e7 is None:
        return None
    return offset_m(
        row.latitude_e7,
        row.longitude_e7,
        latitude_from_e7=seen_from.latitude_e7,
        longitude_from_e7=seen_from.longitude_e7,
    )


def _distance_m(row: ShopRow, own: ShopRow) -> int:
    """Shops without a position come last."""
    place = _position(row, own)
    return _FAR_M if place is None else length_m(*place)


def _decoded(parts: Mapping[tuple[str, str], str], shop_id: str, part: str, empty: B) -> B:
    body = parts.get((shop_id, part))
    return empty if body is None else msgspec.json.decode(body, type=type(empty))


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return dict(texts.items())


def _page(
    shop: ShopRow, parts: Mapping[tuple[str, str], str], *, seen_from: ShopRow, today: date | None
) -> wire.ShopPageView:
    """`today`: leave out what was over yesterday, and far days; None: all."""
    since = "" if today is None else today.isoformat()
    yesterday = "" if today is None else (today - timedelta(days=1)).isoformat()
    days = sorted(_decoded(parts, shop.shop_id, "days", _NO_DAYS).days, key=lambda one: one.day)
    coming = [each for each in days if each.day >= yesterday]  # yesterday's may pass midnight
    services = _decoded(parts, shop.shop_id, "services", _NO_SERVICES).services
    events = _decoded(parts, shop.shop_id, "events", _NO_EVENTS).events
    place = _position(shop, seen_from)
    week = read_week(shop.opening_hours)
    return wire.ShopPageView(
        shop=view_of(shop),
        week=None if week is None else list(week),
        days=[
            wire.OtherDayView(
                day=each.day, hours=each.hours, spans=list(read_day(each.hours)), names=_texts(each.names)
            )
            for each in (coming if today is None else coming[:SHOP_DAYS_TOLD])
        ],
        services=[
            wire.ShopServiceView(names=_texts(each.names), notes=_texts(each.notes)) for each in services
        ],
        events=[
            wire.ShopEventView(
                names=_texts(each.names),
                from_day=each.from_day,
                to_day=each.to_day or each.from_day,
                hours=each.hours,
                notes=_texts(each.notes),
            )
            for each in sorted(events, key=lambda one: (one.from_day, one.to_day or one.from_day))
            if (each.to_day or each.from_day) >= since
        ],
        east_m=None if place is None else place[0],
        north_m=None if place is None else place[1],
    )
