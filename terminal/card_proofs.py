"""Has the card itself prove that it is there, when central asks for that before value moves (ADR 22).

Central makes the commands and judges the answers; this terminal carries them and learns nothing.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import CARD_PROOF_WAIT_S
from loyalty.limits.terminal import IDENTIFY_TIMEOUT_S
from terminal.card_talk import CardTalk, CardTalkFailed
from terminal.central_link import CentralLink
from terminal.desk import CardDesk
from wire.api import EvidenceBody
from wire.api_card_proofs import BeginCardProofBody, CardAnswersBody, CardProofView, CardTalkView

log = structlog.get_logger(__name__)

NEEDED: Final = "card_proof_needed"
"""Central's word for: the card must prove itself first."""
_AGAIN: Final = frozenset({"card_gone", "card_silent", "busy"})
"""Troubles after which the member may hold the card to the reader once more."""
_STEPS_MAX: Final = 4


class CardNotThere(LoyaltyError):
    """Nobody held the card to the reader in time, or the till gave up."""

    code = "card_not_there"
    trouble = Trouble.REFUSED
    text = "The card was not held to the reader in time. Ask the member for it, then try again."


class CardProofs:
    """One proof at a time. `on_change` hears when the screen should ask for the card, and when no more."""

    def __init__(
        self, talk: CardTalk, desk: CardDesk, link: CentralLink, *, on_change: Callable[[], None]
    ) -> None:
        self._talk = talk
        self._desk = desk
        self._link = link
        self._on_change = on_change
        self._turn = asyncio.Lock()
        self.wants_card = False

    async def prove(self, evidence: EvidenceBody, aborted: asyncio.Event | None = None) -> CardProofView:
        """Have the card of this evidence answer a challenge; waits for it to be held to the reader.

        Raises: CardNotThere; CardTalkFailed: the reader cannot; CentralUnreachable, CentralRefused: another
            card lies there, or one that cannot prove itself.
        """
        async with self._turn:
            ends_s = time.monotonic() + CARD_PROOF_WAIT_S
            failed_tap = ""
            while True:
                tap_id = await self._card(failed_tap, ends_s, aborted)
                started_s = time.monotonic()
                try:
                    proof = await self._carry(evidence, tap_id)
                except CardTalkFailed as error:
                    log.info("card_proof_broken", tap_id=tap_id, reason=error.reason)
                    if error.reason not in _AGAIN:
                        raise
                    failed_tap = tap_id
                    continue
                took_ms = round((time.monotonic() - started_s) * 1000)
                log.info("card_proved", tap_id=tap_id, took_ms=took_ms)
                return proof

    async def prove_lying(self, evidence: EvidenceBody, tap_id: str) -> str:
        """The id of a proof by the card of this tap, which is not waited for when it is not there any more:
        whoever stands at the screen has it there, or is leaving.

        Raises: as `prove`.
        """
        if self._desk.lying_tap_id != tap_id:
            raise CardNotThere
        gone = asyncio.Event()

        async def watch() -> None:
            while self._desk.lying_tap_id == tap_id:
                await self._desk.lying_moved.wait()
            gone.set()

        watching = asyncio.create_task(watch(), name="card-goes")
        try:
            return (await self.prove(evidence, gone)).proof_id
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _card(self, failed_tap: str, ends_s: float, aborted: asyncio.Event | None) -> str:
        """The card that lies there; one that broke off must be held to the reader anew."""
        try:
            async with asyncio.timeout_at(_on_loop(ends_s)):
                while True:
                    moved = self._desk.lying_moved
                    tap_id = self._desk.lying_tap_id
                    if tap_id and tap_id != failed_tap:
                        return tap_id
                    self._want(True)
                    await _first_of(moved, aborted)
                    if aborted is not None and aborted.is_set():
                        raise CardNotThere
        except TimeoutError:
            raise CardNotThere from None
        finally:
            self._want(False)

    def _want(self, wants_card: bool) -> None:
        if wants_card != self.wants_card:
            self.wants_card = wants_card
            self._on_change()

    async def _carry(self, evidence: EvidenceBody, tap_id: str) -> CardProofView:
        step = await self._post("/cards/proofs", BeginCardProofBody(evidence=evidence, tap_id=tap_id), tap_id)
        for _ in range(_STEPS_MAX):
            if step.proof is not None:
                return step.proof
            said = await self._talk.ask(tap_id, "proof", step.commands)
            body = CardAnswersBody(state=step.state, answers=list(said.answers))
            step = await self._post("/cards/proofs/answers", body, tap_id)
        assert step.proof is not None, "central's talks end after so many steps"
        return step.proof

    async def _post(self, path: str, body: BeginCardProofBody | CardAnswersBody, tap_id: str) -> CardTalkView:
        return await self._link.call("POST", path, body, CardTalkView, IDENTIFY_TIMEOUT_S, tap_id)


def _on_loop(monotonic_s: float) -> float:
    return asyncio.get_running_loop().time() + monotonic_s - time.monotonic()


async def _first_of(moved: asyncio.Event, aborted: asyncio.Event | None) -> None:
    """Return when either is set."""
    events = [moved] if aborted is None else [moved, aborted]
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
