"""Value moves only while the card is there: a call to central that may ask the card to prove itself first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import structlog
from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from terminal.card_proofs import NEEDED, CardNotThere
from terminal.card_talk import CardTalkFailed
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.journeys.base import Parts
from terminal.session import CardSession
from wire.api import EvidenceBody
from wire.my_value import ValueTrouble

log = structlog.get_logger(__name__)

V = TypeVar("V")
_TOO_WEAK: Final = frozenset({"strength_too_low", "card_proof_failed"})


def evidence_of(card: CardSession) -> EvidenceBody:
    """What the reader saw of the card that is shown."""
    return EvidenceBody(medium=card.evidence.medium, value=card.evidence.value, pin_proof=card.pin_proof)


async def with_card(
    parts: Parts, card: CardSession, call: Callable[[EvidenceBody], Awaitable[V]]
) -> V | ValueTrouble:
    """Ask central; where it wants the card itself, have it answer and ask again. Else why not.

    The card is never waited for: whoever stands at the screen has it there, or is leaving.
    """
    try:
        if parts.link.state == "down":
            return "central_unreachable"
        evidence = evidence_of(card)
        try:
            return await call(evidence)
        except CentralRefused as error:
            if error.problem.code != NEEDED:
                raise
        if parts.desk.lying_tap_id != card.tap_id:
            return "card_gone"
        async with _until_it_goes(parts, card.tap_id) as gone:
            proof = await parts.proofs.prove(evidence, gone)
        return await call(replace(evidence, proof_id=proof.proof_id))
    except (CentralUnreachable, CentralRefused, CardNotThere, CardTalkFailed) as error:
        log.info("my_value_refused", tap_id=card.tap_id, code=_code(error))
        return trouble_of(error)


def trouble_of(error: LoyaltyError) -> ValueTrouble:
    """What a refusal means to somebody at a screen."""
    if isinstance(error, CentralUnreachable):
        return "central_unreachable"
    if isinstance(error, CardNotThere | CardTalkFailed):
        return "card_gone"
    code = _code(error)
    if code in _TOO_WEAK:
        return "needs_card"
    return "changed" if code in _CHANGED else "not_here"


_CHANGED: Final = frozenset({"voucher_not_there", "balance_too_low", "association_not_found"})


def _code(error: LoyaltyError) -> str:
    return error.problem.code if isinstance(error, CentralRefused) else error.code


@asynccontextmanager
async def _until_it_goes(parts: Parts, tap_id: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set when this card leaves the reader."""
    gone = asyncio.Event()

    async def watch() -> None:
        while parts.desk.lying_tap_id == tap_id:
            await parts.desk.lying_moved.wait()
        gone.set()

    watching = asyncio.create_task(watch(), name="card-goes")
    try:
        yield gone
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
