"""Operations for members who show a card: what they have; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.group import shops
from central.services.ledger import holdings
from central.services.tickets import sales
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.ledger import lots
from loyalty.programme import conversion, counter
from wire import api_conversions, api_my_value, api_promotions


async def show_value(call: Call) -> Answer:
    """What the holder of a card has: points and their ends, tier, vouchers without their numbers."""
    return Answer(await call.services.holdings.show(call.actor, call.body))


async def tell_voucher(call: Call) -> Answer:
    """The number of a voucher, to its member; it takes the strength that spending points takes."""
    return Answer(await call.services.holdings.tell_voucher(call.actor, call.body))


async def show_associations(call: Call) -> Answer:
    """The associations that the holder of a card may give points to, their own first, with their panels."""
    return Answer(await call.services.clearing.my_associations.show(call.actor, call.body))


async def report_ticket(call: Call) -> Answer:
    """A member says that an own ticket is not right: an incident for head office, one for a ticket."""
    view, is_replay = await call.services.counter.incidents.report(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def show_promotions(call: Call) -> Answer:
    """Today's offers for the holder of a card in this shop, each with why they see it. Writes nothing."""
    return Answer(await call.services.visits.promotions.show(call.actor, call.body))


async def show_conversions(call: Call) -> Answer:
    """What the holder of a card may make of their points, in whole steps. Writes nothing."""
    return Answer(await call.services.conversions.show(call.actor, call.body))


async def convert_points(call: Call) -> Answer:
    """Points become a voucher of the worth that was told; it takes the strength that spending takes."""
    view, is_replay = await call.services.conversions.convert(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1/holders"

MY_VALUE_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/value",
        operation="show_value",
        tag="value",
        permission=access.SALES_TELL,
        handler=show_value,
        body=api_my_value.HolderBody,
        answer=api_my_value.MyValueView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/vouchers",
        operation="tell_voucher",
        tag="value",
        permission=access.SALES_TELL,
        handler=tell_voucher,
        body=api_my_value.TellVoucherBody,
        answer=api_my_value.MyVoucherNumberView,
        errors=(*CARD_REFUSED, holdings.VoucherNotThere),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/associations",
        operation="show_associations",
        tag="value",
        permission=access.SALES_TELL,
        handler=show_associations,
        body=api_my_value.HolderBody,
        answer=api_my_value.MyAssociationsView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/promotions",
        operation="show_promotions",
        tag="value",
        permission=access.SALES_TELL,
        handler=show_promotions,
        body=api_my_value.HolderBody,
        answer=api_promotions.PromotionListView,
        errors=(*CARD_REFUSED, access.ShopMissing, shops.ShopNotFound),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/conversions",
        operation="show_conversions",
        tag="value",
        permission=access.SALES_TELL,
        handler=show_conversions,
        body=api_my_value.HolderBody,
        answer=api_conversions.ConversionsView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path="/api/v1/conversions",
        operation="convert_points",
        tag="value",
        permission=access.VALUE_MOVE,
        handler=convert_points,
        body=api_conversions.ConversionBody,
        answer=api_conversions.ConversionView,
        errors=(
            *CARD_REFUSED,
            conversion.ConversionUnavailable,
            conversion.ConversionChanged,
            lots.BalanceTooLow,
            IdempotencyConflict,
            requests.TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/reports",
        operation="report_ticket",
        tag="counter",
        permission=access.SALES_TELL,
        handler=report_ticket,
        body=api_my_value.MyReportBody,
        answer=api_my_value.MyReportView,
        errors=(
            *CARD_REFUSED,
            sales.SaleNotFound,
            counter.CounterLimit,
            access.ShopMissing,
            shops.ShopNotFound,
            IdempotencyConflict,
        ),
        is_repeatable=True,
    ),
)
