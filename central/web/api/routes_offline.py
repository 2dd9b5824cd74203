"""Operations for shops that work offline; a part of the one table in `routes`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from central.services.core import access
from central.services.core.sealing import SealUnreadable
from central.services.group import shops
from central.services.tickets import late
from central.web.api import handlers
from central.web.api.receive import decode_body
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_value import PREFIX
from loyalty.limits.offline import LATE_TICKETS_LISTED_MAX
from wire import api_sales, offline
from wire.api_base import Id
from wire.sealed import SealedBody

_SALE: Final = msgspec.json.Decoder(api_sales.SaleBody)
_RETURN: Final = msgspec.json.Decoder(api_sales.ReturnBody)


class BundleQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose bundle, and which one the caller has."""

    shop_id: Id | None = None
    have: offline.BundleId | None = None


class HotListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number up to which the caller has the list."""

    after: Annotated[int, Meta(ge=0, le=2**53)] = 0


class LateQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which late tickets."""

    differing: bool = False
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=LATE_TICKETS_LISTED_MAX)] = 50


async def get_offline_keys(call: Call) -> Answer:
    """The public keys that sign what a terminal works with offline."""
    return Answer(await call.services.bundles.keys(call.actor))


async def get_bundle(call: Call) -> Answer:
    """The shop's newest bundle of prices and rules, signed; without content where the caller has it."""
    query = call.query
    return Answer(await call.services.bundles.fetch(call.actor, shop_id=query.shop_id, have=query.have))


async def get_hot_list(call: Call) -> Answer:
    """What changed in the list of blocked cards, signed."""
    return Answer(await call.services.hot_list.delta(call.actor, call.query.after))


async def list_late_tickets(call: Call) -> Answer:
    """Tickets that were priced offline, newest first; those alone that came out differently on request."""
    query = call.query
    return Answer(
        await call.services.late.list_late(
            call.actor, differing=query.differing, after=query.after, limit=query.limit
        )
    )


async def commit_sealed_sale(call: Call) -> Answer:
    """Record a paid ticket as commit_sale does, from what a terminal kept sealed."""
    return await handlers.commit(_opened(call, _SALE))


async def record_sealed_return(call: Call) -> Answer:
    """Record a return as record_return does, from what a terminal kept sealed."""
    return await handlers.record_return(_opened(call, _RETURN))


def sealed_twins(routes: Sequence[Route]) -> tuple[Route, ...]:
    """What takes tickets and returns sealed: as the operation it is the twin of, in all else."""
    by_operation = {route.operation: route for route in routes}
    twins = (("commit_sale", commit_sealed_sale), ("record_return", record_sealed_return))
    return tuple(
        replace(
            by_operation[operation],
            path=by_operation[operation].path.replace(PREFIX, f"{PREFIX}/sealed", 1),
            operation=handler.__name__,
            tag="offline",
            handler=handler,
            body=SealedBody,
            errors=(*by_operation[operation].errors, SealUnreadable),
        )
        for operation, handler in twins
    )


def _opened(call: Call, decoder: "msgspec.json.Decoder[Any]") -> Call:
    """The call with the ticket that was sealed, dated as the envelope says."""
    envelope: SealedBody = call.body
    plain = call.services.sealing.open(call.actor.group_id, envelope.sealed, envelope.entry_id)
    changed: dict[str, Any] = {"sent_ms": envelope.sent_ms}
    if envelope.occurred_ms is not None:
        changed["occurred_ms"] = envelope.occurred_ms
    return replace(call, body=msgspec.structs.replace(decode_body(plain, decoder), **changed))


OFFLINE_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{PREFIX}/offline/keys",
        operation="get_offline_keys",
        tag="offline",
        permission=access.GROUP_READ,
        handler=get_offline_keys,
        answer=offline.OfflineKeysView,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/offline/bundle",
        operation="get_bundle",
        tag="offline",
        permission=access.GROUP_READ,
        handler=get_bundle,
        query=BundleQuery,
        answer=offline.BundleView,
        errors=(shops.ShopNotFound, access.ShopNotYours, access.ShopMissing),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/offline/hot-list",
        operation="get_hot_list",
        tag="offline",
        permission=access.GROUP_READ,
        handler=get_hot_list,
        query=HotListQuery,
        answer=offline.HotListView,
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/offline/tickets",
        operation="list_late_tickets",
        tag="offline",
        permission=access.SALES_READ,
        handler=list_late_tickets,
        query=LateQuery,
        answer=offline.LateTicketListView,
        errors=(late.PlaceUnreadable,),
    ),
)
