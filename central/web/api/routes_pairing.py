"""Operations that pair terminals; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.group import pairing, shops
from central.storage.base import GuardFailed, IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_value import PREFIX
from wire import pairing as messages

_CODE: Final = (pairing.PairingCodeUnknown, pairing.TooManyPairingTries, pairing.PairingTaken)


async def request_pairing(call: Call) -> Answer:
    """A terminal without a token asks to be paired, and how far it is."""
    return Answer(await call.services.pairing.request(call.body, call.source))


async def find_pairing(call: Call) -> Answer:
    """Which terminal shows this code, to compare before it is taken in."""
    return Answer(await call.services.pairing.find(call.actor, call.body))


async def pair_terminal(call: Call) -> Answer:
    """Take the terminal that shows this code into a shop; it gets a token of its own."""
    view, is_replay = await call.services.pairing.pair(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


PAIRING_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{PREFIX}/pairing",
        operation="request_pairing",
        tag="terminals",
        permission=None,
        handler=request_pairing,
        body=messages.PairingRequestBody,
        answer=messages.PairingRequestView,
        errors=(
            pairing.PairingOver,
            pairing.PairingKeyUnusable,
            pairing.TooManyPairingRequests,
            IdempotencyConflict,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/terminals/find",
        operation="find_pairing",
        tag="terminals",
        permission=access.TERMINALS_PAIR,
        handler=find_pairing,
        body=messages.FindPairingBody,
        answer=messages.PairingView,
        errors=_CODE,
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/terminals",
        operation="pair_terminal",
        tag="terminals",
        permission=access.TERMINALS_PAIR,
        handler=pair_terminal,
        body=messages.PairTerminalBody,
        answer=messages.PairedTerminalView,
        errors=(*_CODE, pairing.NoTerminalId, shops.ShopNotFound, access.ShopNotYours, GuardFailed),
        is_repeatable=True,
    ),
)
