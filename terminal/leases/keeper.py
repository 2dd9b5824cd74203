"""Leases come when a member taps while central is there, are renewed quietly, and go back in the end."""

import asyncio
import contextlib
import secrets
import time
from dataclasses import dataclass
from typing import Final

import apsw
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.leases import LEASE_LOOK_S, LEASE_UNKNOWN_S, LEASES_WANTED_MAX
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from loyalty.programme.chip_numbers import plain_chip_serial
from loyalty.programme.identification import Strength, strength_of
from loyalty.programme.leasing import spent_until_ms
from loyalty.programme.numbers import plain_card_number
from terminal.central_link import CentralLink, CentralRefused
from terminal.clock import Clock, TrustedTime
from terminal.database import Database, TerminalStoreBusy
from terminal.leases.store import KeptLease, LeaseStore
from terminal.offline.data import OfflineData
from wire.api import EvidenceBody
from wire.api_leases import SIGNED_AS, LeaseBody, LeaseListView, LeaseReturnBody, LeaseView
from wire.messages import Evidence, InCut
from wire.offline import OfflineDocumentRefused, check

log = structlog.get_logger(__name__)

_UNKNOWN: Final = "lease_unknown"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A card that was here, the balance that central told for it (None: none), and when."""

    evidence: Evidence
    points: int | None
    at_ms: int


class LeaseKeeper:
    """The terminal's leases. Burning itself is `till.nexo.value.leased`."""

    def __init__(
        self,
        database: Database,
        link: CentralLink,
        offline: OfflineData,
        *,
        clock: Clock,
        trusted: TrustedTime,
    ) -> None:
        self._store = LeaseStore(database)
        self._link = link
        self._offline = offline
        self._clock = clock
        self._time = trusted
        self._nudge = asyncio.Event()
        self._wanted: dict[str, _Wanted] = {}
        self._turn = asyncio.Lock()
        self._unknown: dict[str, float] = {}
        """Since when central says that it knows nothing of a lease: the question may still be on its way."""

    def want(self, evidence: Evidence, uid: str, points: int | None = None) -> None:
        """A member who may redeem is here, and central knows the card: set something aside, quietly.

        `points`: the balance, where central lets this card see it.
        """
        identity = identity_of(evidence, uid)
        if identity is not None and len(self._wanted) < LEASES_WANTED_MAX:
            self._wanted[identity] = _Wanted(evidence, points, self._clock())
            self._nudge.set()

    async def find(self, evidence: Evidence, uid: str) -> KeptLease | None:
        """The live lease of a card, signed by central for this terminal; None: there is none."""
        identity = identity_of(evidence, uid)
        lease = None if identity is None else await self._store.find_of_card(identity)
        if lease is None or lease.terms.medium != evidence.medium:
            return None
        keys = self._offline.keys
        try:
            if keys is None:
                return None
            check(keys.signing_key, SIGNED_AS, lease.document, lease.signature)
        except OfflineDocumentRefused as error:
            log.error("lease_not_central's", lease_id=lease.lease_id, reason=str(error))
            return None
        terms = lease.terms
        is_as_signed = (terms.lease_id, terms.amount, terms.expires_ms) == (
            lease.lease_id,
            lease.amount,
            lease.expires_ms,
        )
        return lease if is_as_signed else None

    async def tell(self, evidence: Evidence, uid: str) -> InCut | None:
        """What the screen may say of a card while central is away; None: nothing is known of it here.

        The number of points is the last that central told for this card; what may be burned is judged as a
        burn is (`till.nexo.value.leased`), but for the lines of the ticket.
        """
        lease = await self.find(evidence, uid)
        if lease is None or not lease.at_hand.is_open:
            return None
        terms, now_ms = lease.terms, self._time.now_ms()
        may_burn = (
            now_ms is not None
            and now_ms < spent_until_ms(lease.expires_ms)
            and self._offline.may_redeem()
            and strength_of(evidence.medium) >= Strength[terms.needs.upper()]
        )
        steps = lease.at_hand.left // terms.step_points if may_burn else 0
        return InCut(
            balance=lease.balance,
            balance_ms=lease.balance_ms,
            points=steps * terms.step_points,
            worth_minor=steps * terms.step_minor,
        )

    async def free(self, evidence: Evidence, uid: str) -> bool:
        """Give the lease of a card back now, so that its member can redeem all online; whether one went."""
        identity = identity_of(evidence, uid)
        lease = None if identity is None else await self._store.find_of_card(identity)
        if lease is None:
            return False
        async with self._turn:
            await self._store.stop(lease.lease_id, now_ms=self._clock())
            return await self._give_back(lease.lease_id)

    async def run(self) -> None:
        """Grant, renew and give back for ever, while central is there."""
        look_from_s = 0.0
        while True:
            await self._link.wait_up()
            self._nudge.clear()
            try:
                await self._time.keep()
                async with self._turn:
                    if time.monotonic() >= look_from_s:
                        await self.look()
                        look_from_s = time.monotonic() + LEASE_LOOK_S
                    await self._return_stopped()
                    await self._ask_wanted()
            except (LoyaltyError, apsw.Error, TerminalStoreBusy) as error:
                log.info("leases_wait", reason=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEASE_LOOK_S):
                    await self._nudge.wait()

    async def look(self) -> None:
        """Give back what is over or no longer wanted. Raises: CentralUnreachable, CentralRefused."""
        kept = await self._store.list_all()
        if not kept:
            return
        view = await self._link.call("GET", "/leases", None, LeaseListView, CENTRAL_TIMEOUT_S)
        at_central = {lease.lease_id: lease for lease in view.leases}
        for lease in kept:
            if self._is_over(lease, at_central.get(lease.lease_id)):
                await self._store.stop(lease.lease_id, now_ms=self._clock())
                await self._give_back(lease.lease_id)

    async def _return_stopped(self) -> None:
        """What is burned of no more must be gone at central before the same card can have another."""
        for lease in await self._store.list_all():
            if lease.state != "live":
                await self._give_back(lease.lease_id)

    async def _ask_wanted(self) -> None:
        while self._wanted:
            identity, wanted = self._wanted.popitem()
            await self._ask(identity, wanted.evidence)
            lease = None if wanted.points is None else await self._store.find_of_card(identity)
            if lease is not None and wanted.points is not None:
                await self._store.note_balance(lease.lease_id, wanted.points, at_ms=wanted.at_ms)

    def _is_over(self, lease: KeptLease, at_central: LeaseView | None) -> bool:
        if lease.state != "live" or at_central is None or not at_central.is_wanted:
            return True
        if at_central.drawn > lease.drawn:
            log.error("lease_of_an_old_copy", lease_id=lease.lease_id)  # more is settled than is known here
            return True
        now_ms = self._time.now_ms()
        return now_ms is not None and now_ms >= spent_until_ms(lease.expires_ms)

    async def _ask(self, identity: str, evidence: Evidence) -> None:
        have = await self._store.find_of_card(identity)
        if have is not None:
            if not self._is_worn(have):
                return
            await self._store.stop(have.lease_id, now_ms=self._clock())
            if not await self._give_back(have.lease_id):
                return  # its burns are still on their way; the next tap asks again
        lease_id = secrets.token_hex(16)
        await self._store.ask(lease_id, now_ms=self._clock())
        body = LeaseBody(lease_id=lease_id, holder=EvidenceBody(medium=evidence.medium, value=evidence.value))
        try:
            view = await self._link.call("POST", "/leases", body, LeaseView, CENTRAL_TIMEOUT_S)
        except CentralRefused as error:
            log.info("lease_not_granted", code=error.problem.code)
            await self._store.drop(lease_id)
            return
        await self._store.take(view, now_ms=self._clock())
        log.info("lease_granted", lease_id=lease_id, amount=view.amount)

    def _is_worn(self, lease: KeptLease) -> bool:
        """Whether a new one is worth asking for: some of it is burned, or half of its time is over."""
        now_ms = self._time.now_ms()
        terms = lease.terms
        return bool(lease.drawn) or (now_ms is not None and 2 * now_ms >= terms.granted_ms + terms.expires_ms)

    async def _give_back(self, lease_id: str) -> bool:
        """Tell central how much was burned; whether the lease has ended. Raises: CentralUnreachable."""
        lease = next(each for each in await self._store.list_all() if each.lease_id == lease_id)
        body = LeaseReturnBody(drawn=lease.drawn)
        try:
            view = await self._link.call(
                "POST", f"/leases/{lease_id}/return", body, LeaseView, CENTRAL_TIMEOUT_S
            )
        except CentralRefused as error:
            if error.problem.code != _UNKNOWN:
                log.info("lease_stays", lease_id=lease_id, code=error.problem.code)
                return False
            now_s = time.monotonic()
            if now_s - self._unknown.setdefault(lease_id, now_s) < LEASE_UNKNOWN_S:
                return False
            del self._unknown[lease_id]
        else:
            log.info("lease_given_back", lease_id=lease_id, state=view.state, drawn=lease.drawn)
        await self._store.drop(lease_id)
        return True


def identity_of(evidence: Evidence, uid: str) -> str | None:
    """What names the card: its chip's UID or its number; None: nothing that a terminal can read does."""
    match evidence.medium:
        case "nfc_uid":
            return evidence.value.upper()
        case "ntag424":
            return uid or None  # what the message itself says of the card is encrypted
        case "chip":
            with contextlib.suppress(LoyaltyError):
                return plain_chip_serial(evidence.value)
            return None
        case "phone":
            return None  # another one every half minute
        case _:
            return plain_card_number(evidence.value)
