"""Operations on suppliers and associations; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.group import parties
from central.web.api.route import Answer, Call, Route
from wire import api_parties


async def list_parties(call: Call) -> Answer:
    """All suppliers and associations of the group."""
    return Answer(await call.services.parties.list_parties(call.actor))


async def get_party(call: Call) -> Answer:
    """A supplier or an association."""
    return Answer(await call.services.parties.get(call.actor, call.path["kind"], call.path["party_id"]))


async def put_party(call: Call) -> Answer:
    """Make or change a supplier or an association; the same content again changes nothing."""
    view, _ = await call.services.parties.put(call.actor, call.path["kind"], call.path["party_id"], call.body)
    return Answer(view)


_PREFIX: Final = "/api/v1/parties"

PARTY_ROUTES: Final = (
    Route(
        method="GET",
        path=_PREFIX,
        operation="list_parties",
        tag="parties",
        permission=access.PARTIES_READ,
        handler=list_parties,
        answer=api_parties.PartyListView,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/{{kind}}/{{party_id}}",
        operation="get_party",
        tag="parties",
        permission=access.PARTIES_READ,
        handler=get_party,
        answer=api_parties.PartyView,
        errors=(parties.PartyKindUnknown, parties.PartyNotFound),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/{{kind}}/{{party_id}}",
        operation="put_party",
        tag="parties",
        permission=access.PARTIES_WRITE,
        handler=put_party,
        body=api_parties.PartyBody,
        answer=api_parties.PartyView,
        errors=(parties.PartyKindUnknown, parties.BankAccountInvalid),
    ),
)
