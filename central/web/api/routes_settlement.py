"""Operations on who pays; a part of the one table in `routes`."""

from typing import Final

from central.services import access, parties, shops
from central.services.clearing import months, suppliers
from central.web.api.route import Answer, Call, Route
from wire import api_settlement


async def get_settlement(call: Call) -> Answer:
    """What a party owes for a month: sums by rule, by whom it owes, by tax rate."""
    path = call.path
    return Answer(
        await call.services.clearing.settlements.of(call.actor, path["month"], path["kind"], path["party_id"])
    )


async def list_settlement_lines(call: Call) -> Answer:
    """A page of the ticket lines behind a settlement."""
    path = call.path
    return Answer(
        await call.services.clearing.settlements.list_lines(
            call.actor,
            path["month"],
            path["kind"],
            path["party_id"],
            after=call.query.after,
            limit=call.query.limit,
        )
    )


async def trace_settlement_line(call: Call) -> Answer:
    """The ticket behind a line; needs lines.read too, and is logged for the member."""
    path = call.path
    return Answer(
        await call.services.clearing.settlements.trace(
            call.actor, path["month"], path["kind"], path["party_id"], call.body.entry
        )
    )


_PARTY: Final = "/api/v1/settlements/{month}/parties/{kind}/{party_id}"
_NAMED: Final = (
    months.MonthInvalid,
    parties.PartyKindUnknown,
    parties.PartyNotFound,
    shops.ShopNotFound,
)

SETTLEMENT_ROUTES: Final = (
    Route(
        method="GET",
        path=_PARTY,
        operation="get_settlement",
        tag="settlements",
        permission=access.SETTLEMENTS_READ,
        handler=get_settlement,
        answer=api_settlement.SettlementView,
        errors=_NAMED,
    ),
    Route(
        method="GET",
        path=f"{_PARTY}/lines",
        operation="list_settlement_lines",
        tag="settlements",
        permission=access.SETTLEMENTS_READ,
        handler=list_settlement_lines,
        query=api_settlement.SettlementQuery,
        answer=api_settlement.FundedLineListView,
        errors=_NAMED,
    ),
    Route(
        method="POST",
        path=f"{_PARTY}/trace",
        operation="trace_settlement_line",
        tag="settlements",
        permission=access.SETTLEMENTS_READ,
        handler=trace_settlement_line,
        body=api_settlement.TraceBody,
        answer=api_settlement.TraceView,
        errors=(*_NAMED, suppliers.EntryNotFound),
    ),
)
