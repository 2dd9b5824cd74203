"""Operations on leases; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.tickets.leases import granting
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_leases


async def grant(call: Call) -> Answer:
    """Set points of a card aside for the terminal that asks, to be burned in a cut."""
    view, is_replay = await call.services.leases.grant(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_own(call: Call) -> Answer:
    """The live leases of the terminal that asks."""
    return Answer(await call.services.leases.list_own(call.actor))


async def give_back(call: Call) -> Answer:
    """A terminal gives a lease back; what it did not burn is free again."""
    return Answer(await call.services.leases.give_back(call.actor, call.path["lease_id"], call.body))


async def list_live(call: Call) -> Answer:
    """All live leases of the group, a page by id."""
    return Answer(await call.services.leases.list_live(call.actor, call.query.after))


async def declare_lost(call: Call) -> Answer:
    """Declare a lease lost: its terminal will not come back."""
    return Answer(await call.services.leases.declare_lost(call.actor, call.path["lease_id"], call.body))


_PREFIX: Final = "/api/v1/leases"

LEASE_ROUTES: Final = (
    Route(
        method="POST",
        path=_PREFIX,
        operation="grant_lease",
        tag="leases",
        permission=access.SALES_WRITE,
        handler=grant,
        body=api_leases.LeaseBody,
        answer=api_leases.LeaseView,
        errors=(
            granting.LeaseNeedsTerminal,
            granting.LeaseNotGranted,
            IdempotencyConflict,
            requests.TryAgain,
            *CARD_REFUSED,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=_PREFIX,
        operation="list_own_leases",
        tag="leases",
        permission=access.SALES_WRITE,
        handler=list_own,
        answer=api_leases.LeaseListView,
        errors=(granting.LeaseNeedsTerminal,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/{{lease_id}}/return",
        operation="return_lease",
        tag="leases",
        permission=access.SALES_WRITE,
        handler=give_back,
        body=api_leases.LeaseReturnBody,
        answer=api_leases.LeaseView,
        errors=(granting.LeaseNeedsTerminal, granting.LeaseUnknown, granting.LeaseUnsettled),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/live",
        operation="list_leases",
        tag="leases",
        permission=access.LEASES_WRITE,
        handler=list_live,
        query=api_leases.LeaseQuery,
        answer=api_leases.LeaseStandsView,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/{{lease_id}}/lost",
        operation="declare_lease_lost",
        tag="leases",
        permission=access.LEASES_WRITE,
        handler=declare_lost,
        body=api_leases.LeaseLostBody,
        answer=api_leases.LeaseStandView,
        errors=(granting.LeaseUnknown, granting.LeaseNotLost, granting.LeaseEnded),
    ),
)
