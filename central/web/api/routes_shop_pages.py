"""Operations on what shops tell beside their address; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, clock
from central.services.group import shop_pages, shops
from central.web.api.route import Answer, Call, Route
from loyalty.programme import opening_hours
from wire import api_shop_pages


async def get_shop_page(call: Call) -> Answer:
    """What a shop tells: opening hours as they are understood, days with other hours, services, events."""
    return Answer(await call.services.visits.shop_pages.get_page(call.actor, call.path["shop_id"]))


async def list_shop_pages(call: Call) -> Answer:
    """A shop and its nearest neighbours, with what each tells."""
    return Answer(await call.services.visits.shop_pages.list_near(call.actor, call.query))


async def put_shop_days(call: Call) -> Answer:
    """Put the days on which a shop has other hours."""
    view, _ = await call.services.visits.shop_pages.put_days(call.actor, call.path["shop_id"], call.body)
    return Answer(view)


async def put_shop_services(call: Call) -> Answer:
    """Put the services of a shop."""
    view, _ = await call.services.visits.shop_pages.put_services(call.actor, call.path["shop_id"], call.body)
    return Answer(view)


async def put_shop_events(call: Call) -> Answer:
    """Put the events of a shop."""
    view, _ = await call.services.visits.shop_pages.put_events(call.actor, call.path["shop_id"], call.body)
    return Answer(view)


_PREFIX: Final = "/api/v1"

SHOP_PAGE_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{_PREFIX}/shops/{{shop_id}}/page",
        operation="get_shop_page",
        tag="shops",
        permission=access.GROUP_READ,
        handler=get_shop_page,
        answer=api_shop_pages.ShopPageView,
        errors=(shops.ShopNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/shop-pages",
        operation="list_shop_pages",
        tag="shops",
        permission=access.GROUP_READ,
        handler=list_shop_pages,
        query=api_shop_pages.ShopPagesQuery,
        answer=api_shop_pages.ShopPagesView,
        errors=(shops.ShopNotFound, access.ShopMissing, access.ShopNotYours, clock.UnknownTimeZone),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/shops/{{shop_id}}/days",
        operation="put_shop_days",
        tag="shops",
        permission=access.SHOPS_WRITE,
        handler=put_shop_days,
        body=api_shop_pages.ShopDaysBody,
        answer=api_shop_pages.ShopPageView,
        errors=(shops.ShopNotFound, opening_hours.HoursInvalid, shop_pages.ShopDayInvalid),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/shops/{{shop_id}}/services",
        operation="put_shop_services",
        tag="shops",
        permission=access.SHOPS_WRITE,
        handler=put_shop_services,
        body=api_shop_pages.ShopServicesBody,
        answer=api_shop_pages.ShopPageView,
        errors=(shops.ShopNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/shops/{{shop_id}}/events",
        operation="put_shop_events",
        tag="shops",
        permission=access.SHOPS_WRITE,
        handler=put_shop_events,
        body=api_shop_pages.ShopEventsBody,
        answer=api_shop_pages.ShopPageView,
        errors=(shops.ShopNotFound, opening_hours.HoursInvalid, shop_pages.ShopDayInvalid),
    ),
)
