"""Operations on who pays; a part of the one table in `routes`."""

from typing import Final

from central.services.clearing import associations, statements, suppliers
from central.services.core import access
from central.services.core import requests as tickets
from central.services.core import sealed_people as people
from central.services.group import months, parties, shops
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


async def get_clearing(call: Call) -> Answer:
    """The clearing of a month: dues, netted pairs, positions, what is still out."""
    return Answer(await call.services.clearing.months.of(call.actor, call.path["month"]))


async def close_month(call: Call) -> Answer:
    """Close a month: it never changes again, and what comes late belongs to the next."""
    view, is_replay = await call.services.clearing.months.close(call.actor, call.path["month"])
    return Answer(view, is_replay=is_replay)


async def list_clearing_moves(call: Call) -> Answer:
    """A page of the journal's entries behind a month's clearing."""
    return Answer(
        await call.services.clearing.months.list_moves(call.actor, call.path["month"], after=call.query.after)
    )


async def get_association_statement(call: Call) -> Answer:
    """What an association gets for a month, payer by payer."""
    return Answer(
        await call.services.clearing.associations.statement(
            call.actor, call.path["month"], call.path["party_id"]
        )
    )


async def list_association_tickets(call: Call) -> Answer:
    """A page of the tickets behind an association's shares; needs lines.read too, logged for the members."""
    return Answer(
        await call.services.clearing.associations.list_tickets(
            call.actor,
            call.path["month"],
            call.path["party_id"],
            after=call.query.after,
            limit=call.query.limit,
        )
    )


async def pay_association(call: Call) -> Answer:
    """Book an association's payout of a closed month, once."""
    return Answer(
        await call.services.clearing.associations.pay(call.actor, call.path["month"], call.path["party_id"])
    )


async def get_association_overview(call: Call) -> Answer:
    """An association for head office: its members, shares, donations of this month, and what was paid."""
    return Answer(await call.services.clearing.associations.overview(call.actor, call.path["party_id"]))


async def get_association_panel(call: Call) -> Answer:
    """What a panel in the shop may show of an association: sums alone."""
    return Answer(await call.services.clearing.associations.panel(call.actor, call.path["party_id"]))


async def list_deals(call: Call) -> Answer:
    """The shares of its members' turnover that shops give an association."""
    return Answer(await call.services.clearing.associations.deals(call.actor, call.path["party_id"]))


async def put_deal(call: Call) -> Answer:
    """Set the share that a shop, or every other shop, gives from now on."""
    return Answer(
        await call.services.clearing.associations.put_deal(call.actor, call.path["party_id"], call.body)
    )


async def list_member_associations(call: Call) -> Answer:
    """A member's associations, newest first."""
    return Answer(await call.services.clearing.associations.memberships(call.actor, call.path["member_id"]))


async def put_member_association(call: Call) -> Answer:
    """Make a member belong to an association from now on, or to none."""
    return Answer(
        await call.services.clearing.associations.join(call.actor, call.path["member_id"], call.body)
    )


_CLEARING: Final = "/api/v1/clearing/{month}"
_ASSOCIATION: Final = "/api/v1/associations/{party_id}"
_MEMBER: Final = "/api/v1/members/{member_id}/association"
_PARTY: Final = "/api/v1/settlements/{month}/parties/{kind}/{party_id}"
_NAMED: Final = (
    months.MonthInvalid,
    statements.MonthNotBegun,
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
    Route(
        method="GET",
        path=_CLEARING,
        operation="get_clearing",
        tag="settlements",
        permission=access.SETTLEMENTS_READ,
        handler=get_clearing,
        answer=api_settlement.ClearingView,
        errors=(months.MonthInvalid, statements.MonthNotBegun),
    ),
    Route(
        method="POST",
        path=f"{_CLEARING}/close",
        operation="close_month",
        tag="settlements",
        permission=access.SETTLEMENTS_CLOSE,
        handler=close_month,
        answer=api_settlement.ClearingView,
        errors=(months.MonthInvalid, statements.MonthNotOver, statements.MonthOutOfOrder),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_CLEARING}/moves",
        operation="list_clearing_moves",
        tag="settlements",
        permission=access.SETTLEMENTS_READ,
        handler=list_clearing_moves,
        query=api_settlement.MovesQuery,
        answer=api_settlement.MovedLotListView,
        errors=(months.MonthInvalid, statements.MonthNotBegun),
    ),
    Route(
        method="GET",
        path=f"{_CLEARING}/associations/{{party_id}}",
        operation="get_association_statement",
        tag="associations",
        permission=access.SETTLEMENTS_READ,
        handler=get_association_statement,
        answer=api_settlement.AssociationStatementView,
        errors=(months.MonthInvalid, statements.MonthNotBegun, parties.PartyNotFound),
    ),
    Route(
        method="GET",
        path=f"{_CLEARING}/associations/{{party_id}}/tickets",
        operation="list_association_tickets",
        tag="associations",
        permission=access.SETTLEMENTS_READ,
        handler=list_association_tickets,
        query=api_settlement.SettlementQuery,
        answer=api_settlement.CountedTicketListView,
        errors=(months.MonthInvalid, parties.PartyNotFound),
    ),
    Route(
        method="POST",
        path=f"{_CLEARING}/associations/{{party_id}}/payout",
        operation="pay_association",
        tag="associations",
        permission=access.SETTLEMENTS_CLOSE,
        handler=pay_association,
        answer=api_settlement.AssociationStatementView,
        errors=(
            months.MonthInvalid,
            parties.PartyNotFound,
            associations.MonthOpen,
            associations.AlreadyPaid,
            tickets.TryAgain,
        ),
    ),
    Route(
        method="GET",
        path=f"{_ASSOCIATION}/panel",
        operation="get_association_panel",
        tag="associations",
        permission=access.GROUP_READ,
        handler=get_association_panel,
        answer=api_settlement.PanelView,
        errors=(parties.PartyNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_ASSOCIATION}/overview",
        operation="get_association_overview",
        tag="associations",
        permission=access.SETTLEMENTS_READ,
        handler=get_association_overview,
        answer=api_settlement.AssociationOverviewView,
        errors=(parties.PartyNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_ASSOCIATION}/deals",
        operation="list_deals",
        tag="associations",
        permission=access.PARTIES_READ,
        handler=list_deals,
        answer=api_settlement.DealListView,
        errors=(parties.PartyNotFound,),
    ),
    Route(
        method="PUT",
        path=f"{_ASSOCIATION}/deals",
        operation="put_deal",
        tag="associations",
        permission=access.PARTIES_WRITE,
        handler=put_deal,
        body=api_settlement.DealBody,
        answer=api_settlement.DealListView,
        errors=(parties.PartyNotFound, shops.ShopNotFound),
    ),
    Route(
        method="GET",
        path=_MEMBER,
        operation="list_member_associations",
        tag="associations",
        permission=access.MEMBERS_READ,
        handler=list_member_associations,
        answer=api_settlement.MemberAssociationsView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="PUT",
        path=_MEMBER,
        operation="put_member_association",
        tag="associations",
        permission=access.MEMBERS_WRITE,
        handler=put_member_association,
        body=api_settlement.AssociationChoiceBody,
        answer=api_settlement.MemberAssociationsView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
            parties.PartyNotFound,
            associations.AssociationEnded,
            tickets.TryAgain,
        ),
    ),
)
