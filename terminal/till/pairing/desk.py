"""The pairing desk: opens a code, exchanges keys with one till, keeps them once a person said yes."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import (
    TILL_ADDRESSES_MAX,
    TILL_CODE_VALID_S,
    TILL_FINISH_WAIT_S,
    TILL_PAIRING_EVEN_MS,
    TILL_PAIRING_SHOWN_S,
)
from terminal.clock import Clock
from terminal.identity import own_addresses
from terminal.settings import TerminalSettings
from terminal.till.keys import key_file
from terminal.till.keys.key_file import PairedTill, TillKey
from terminal.till.keys.key_ring import KeyRing
from terminal.till.pairing.offer import (
    Attempt,
    Failure,
    Offer,
    OpenedBy,
    TillAttemptChanged,
    TillPairingClosed,
    an_offer,
    source_of,
)
from terminal.tls import OwnCertificate
from wire.api_tills import TillActBody
from wire.nexo.envelope import SealingKey, derive
from wire.till_handshake import SomebodyBetween, TerminalEnd, new_code, shown_code
from wire.till_pairing import (
    BeginBody,
    BeginView,
    FinishBody,
    FinishView,
    PairedKeys,
    ProveBody,
    ProveView,
)
from wire.tills import TillPairing

log = structlog.get_logger(__name__)

ANYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104  (what the setting means, nothing is bound here)
QR_MARK: Final = "OFFICINE-TILL"
_MINUTE_S: Final = 60


class Audit(Protocol):
    """Who tells central what happened to tills."""

    async def note(self, act: TillActBody) -> None:
        """On return it is kept, and will be told."""


class NothingToCheck(LoyaltyError):
    """A word was answered, and no till waits for one."""

    code = "no_till_to_check"
    trouble = Trouble.NOT_FOUND
    text = "No till waits for its check word. Open a code first, and enter it at the till."


class WordDiffers(LoyaltyError):
    """The word at the till is another than here."""

    code = "till_word_differs"
    trouble = Trouble.REFUSED
    text = "The words differ: somebody may sit between till and terminal. Nothing was paired."


@dataclass(slots=True, kw_only=True)
class _Trial:
    """What becomes of a till's key once the words were compared."""

    key: TillKey
    is_known: bool


class PairingDesk:
    """Pairs one till at a time. `port`: the till's port, once it is known; use `close` at the end."""

    def __init__(
        self,
        settings: TerminalSettings,
        ring: KeyRing,
        audit: Audit,
        *,
        certificate: OwnCertificate,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._ring = ring
        self._audit = audit
        self._certificate = certificate
        self._clock = clock
        self._on_change = on_change
        self._offer: Offer | None = None
        self._trial: _Trial | None = None
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._address = ""
        self.port = 0

    # What people do -----------------------------------------------------------------------------------------

    async def open(self, opened_by: OpenedBy, staff_id: str | None = None) -> str:
        """Show a new code, in place of whatever was shown; the code."""
        addresses = await asyncio.to_thread(self._addresses)
        async with self._turn:
            self._address = _place(addresses[0], self.port)
            pairing_id = f"till-{secrets.token_hex(16)}"
            self._replace(
                an_offer(
                    pairing_id=pairing_id,
                    code=new_code(),
                    opened_by=opened_by,
                    staff_id=staff_id,
                    now_ms=_now_ms(),
                )
            )
            assert self._offer is not None
            log.info("till_code_opened", pairing_id=pairing_id, opened_by=opened_by, staff_id=staff_id)
            return self._offer.code

    async def cancel(self) -> None:
        """Take away whatever is shown; a till that is not paired yet gets nothing."""
        async with self._turn:
            self._replace(None)

    async def answer_word(self, word: str) -> None:
        """A person says which word stands at the till.

        Raises: NothingToCheck, WordDiffers; TillKeysUnusable, TillKeyRefused: the key cannot be kept.
        """
        async with self._turn:
            offer = self._offer
            attempt = offer.chosen if offer else None
            if offer is None or attempt is None or attempt.agreed is None or offer.is_over:
                raise NothingToCheck
            if not attempt.is_tested:
                raise NothingToCheck
            if not secrets.compare_digest(word.strip().upper().encode(), attempt.agreed.word.encode()):
                self._fail(offer, "differs")
                raise WordDiffers
            try:
                await self._keep(offer)
            except BaseException:
                self._fail(offer, "not_kept")
                raise

    async def unpair(self, sale_id: str) -> None:
        """Put a till out: its key opens nothing any more. Raises: TillKeyRefused, TillKeysUnusable."""
        async with self._turn:
            await asyncio.to_thread(forget_till, self._settings.till_keys_path, sale_id)
            await self._ring.look()
        await self._audit.note(an_unpairing(sale_id, self._clock()))
        log.info("till_unpaired", sale_id=sale_id)

    # What tills say -----------------------------------------------------------------------------------------

    async def begin(self, body: BeginBody, address: str) -> BeginView:
        """A till enters the code. Raises: TillPairingClosed, TooManyTillCodes, TillAttemptChanged."""
        async with self._turn:
            offer = self._get_offer()
            known = offer.attempts.get(body.attempt)
            if known is not None:
                if known.body != body:
                    raise TillAttemptChanged
                return known.end.view
            offer.require_open(_now_ms())
            source = source_of(address)
            offer.count_try(source)
            if offer.is_over:
                await self._note_guessing(offer)
                raise TillPairingClosed
            async with _evenly():
                end = await asyncio.to_thread(self._make_end, offer, body)
            offer.attempts[body.attempt] = Attempt(source=source, body=body, end=end)
            log.info("till_code_tried", sale_id=body.sale_id, source=source, tries=offer.tries)
            return end.view

    async def prove(self, body: ProveBody) -> ProveView:
        """The till proves that it knows the code, and is given its keys.

        Raises: TillPairingClosed, TillAttemptChanged, ProofWrong, SomebodyBetween, TillKeyRefused.
        """
        async with self._turn:
            offer = self._get_offer()
            attempt = self._get_attempt(offer, body.attempt)
            if attempt.proved is not None:
                if attempt.proved != body or attempt.answer is None:
                    raise TillAttemptChanged
                return attempt.answer
            offer.require_open(_now_ms())
            attempt.proved = body  # one proof for each attempt: a second guess is a second attempt
            try:
                async with _evenly():
                    agreed = await asyncio.to_thread(attempt.end.check, body, self._certificate.digest)
            except SomebodyBetween:
                log.warning("till_intercepted", sale_id=attempt.body.sale_id, source=attempt.source)
                self._fail(offer, "intercepted")
                raise
            trial = await asyncio.to_thread(self._make_key, offer, attempt)
            keys = await asyncio.to_thread(self._keys_for, trial.key)
            sealing = await asyncio.to_thread(_sealing_key, trial.key)
            attempt.agreed, attempt.keys, attempt.answer = agreed, keys, attempt.end.prove(agreed, keys)
            offer.choose(attempt, _now_ms())
            self._trial, self._ring.trial = trial, sealing
            log.info("till_knows_code", sale_id=attempt.body.sale_id, source=attempt.source)
            self._watch()
            return attempt.answer

    async def finish(self, body: FinishBody) -> FinishView:
        """The till asks how far it is, and says what its own person sees. Waits TILL_FINISH_WAIT_S at most.

        Raises: TillPairingClosed, ProofWrong.
        """
        async with self._turn:
            offer = self._get_offer()
            attempt = self._get_attempt(offer, body.attempt)
            agreed = attempt.agreed
            if agreed is None:
                raise TillPairingClosed
            attempt.end.require_finish(agreed, body)
            if not body.is_same and not offer.is_over:
                self._fail(offer, "differs")
            settled = self._settled
        if not offer.is_over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TILL_FINISH_WAIT_S):
                    await settled.wait()
        if offer.is_done:
            return attempt.end.finished(agreed, "paired")
        is_waiting = self._offer is offer and not offer.is_over
        return attempt.end.finished(agreed, "waiting" if is_waiting else "refused")

    def tested(self, sale_id: str) -> None:
        """The test ticket of the till went through."""
        attempt = self._offer.chosen if self._offer else None
        if attempt is not None and attempt.body.sale_id == sale_id and not attempt.is_tested:
            attempt.is_tested = True
            self._on_change()

    # What is shown ------------------------------------------------------------------------------------------

    def view(self) -> TillPairing | None:
        """What the kiosk shows of it."""
        offer = self._offer
        if offer is None:
            return None
        attempt = offer.chosen
        sale_id = attempt.body.sale_id if attempt else ""
        if offer.failure is not None:
            return TillPairing(step="failed", failure=offer.failure, sale_id=sale_id)
        if offer.is_done:
            return TillPairing(step="done", sale_id=sale_id)
        if attempt is not None and attempt.agreed is not None:
            return TillPairing(
                step="check",
                word=attempt.agreed.word,
                sale_id=sale_id,
                is_known=self._trial is not None and self._trial.is_known,
                is_tested=attempt.is_tested,
            )
        return TillPairing(
            step="code",
            code=shown_code(offer.code),
            qr=f"{QR_MARK} 1 {self._address} {offer.code} {self._settings.poi_id}".upper(),
            address=self._address,
            minutes_left=offer.minutes_left(_now_ms()),
        )

    async def close(self) -> None:
        """End what is under way."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        self._settled.set()

    # Inside -------------------------------------------------------------------------------------------------

    def _get_offer(self) -> Offer:
        if self._offer is None:
            raise TillPairingClosed
        return self._offer

    def _get_attempt(self, offer: Offer, attempt_id: str) -> Attempt:
        attempt = offer.attempts.get(attempt_id)
        if attempt is None:
            raise TillPairingClosed
        return attempt

    def _replace(self, offer: Offer | None) -> None:
        self._offer = offer
        self._trial = self._ring.trial = None
        self._settled.set()
        self._settled = asyncio.Event()
        self._watch()
        self._on_change()

    def _fail(self, offer: Offer, failure: Failure) -> None:
        offer.failure = failure
        self._end_offer()
        log.warning("till_not_paired", pairing_id=offer.pairing_id, failure=failure)

    def _end_offer(self) -> None:
        self._trial = self._ring.trial = None
        self._settled.set()
        self._watch()
        self._on_change()

    def _watch(self) -> None:
        """Follow the offer's time anew."""
        if self._watching is not None and self._watching is not asyncio.current_task():
            self._watching.cancel()
        self._watching = None
        if self._offer is not None:
            self._watching = asyncio.create_task(self._follow(self._offer), name="till-pairing")
        self._on_change()

    async def _follow(self, offer: Offer) -> None:
        """Minutes pass, the code ends, the result is taken away."""
        while not offer.is_over:
            left_s = (offer.ends_ms - _now_ms()) / 1000
            if left_s <= 0:
                await self._expire(offer)
                continue
            await asyncio.sleep(left_s % _MINUTE_S or _MINUTE_S)
            self._on_change()
        self._on_change()
        await asyncio.sleep(TILL_PAIRING_SHOWN_S)
        if self._offer is offer:
            self._offer = None
            self._on_change()

    async def _expire(self, offer: Offer) -> None:
        """Its time is over, unless a person said yes in this very moment."""
        async with self._turn:
            if not offer.is_over and self._offer is offer:
                offer.failure = "expired" if offer.chosen is None else "till_lost"
                self._trial = self._ring.trial = None
                self._settled.set()
                log.info("till_not_paired", pairing_id=offer.pairing_id, failure=offer.failure)

    async def _note_guessing(self, offer: Offer) -> None:
        self._fail(offer, "guessed")
        await self._audit.note(
            TillActBody(
                act_id=f"{offer.pairing_id}-guessed",
                kind="guessed",
                occurred_ms=self._clock(),
                opened_by=offer.opened_by,
                staff_id=offer.staff_id,
            )
        )

    def _make_end(self, offer: Offer, body: BeginBody) -> TerminalEnd:
        return TerminalEnd(code=offer.code, poi_id=self._settings.poi_id, body=body)

    def _make_key(self, offer: Offer, attempt: Attempt) -> _Trial:
        """A new version of the till's own key, in no file yet. Blocking. Raises: TillKeyRefused."""
        kept = key_file.load(self._settings.till_keys_path)
        sale_id = attempt.body.sale_id
        till = PairedTill(
            sale_id=sale_id,
            poi_id=self._settings.poi_id,
            pairing_id=offer.pairing_id,
            paired_ms=self._clock(),
            opened_by=offer.opened_by,
            software=attempt.body.software,
            address=attempt.source,
        )
        key = TillKey(
            identifier=sale_id,
            version=key_file.next_version(kept, sale_id),
            passphrase=key_file.new_passphrase(),
            till=till,
        )
        key_file.paired(kept, key)  # whether there is room, before anybody is promised anything
        return _Trial(key=key, is_known=any(each.identifier == sale_id for each in kept))

    def _keys_for(self, key: TillKey) -> PairedKeys:
        return PairedKeys(
            identifier=key.identifier,
            version=key.version,
            passphrase=key.passphrase,
            poi_id=self._settings.poi_id,
            certificate=self._certificate.pem,
            addresses=self._addresses(),
            port=self.port,
        )

    def _addresses(self) -> tuple[str, ...]:
        """Where tills find this terminal: what it listens on. Blocking."""
        host = self._settings.nexo_host
        found = own_addresses() if host in ANYWHERE else (host,)
        return found[:TILL_ADDRESSES_MAX] or ("127.0.0.1",)

    async def _keep(self, offer: Offer) -> None:
        """The key goes into the file; central is told. What is noted first is told even after a crash."""
        trial = self._trial
        assert trial is not None, "a till that waits for its word has a key"
        key = trial.key
        assert key.till is not None
        act = TillActBody(
            act_id=offer.pairing_id,
            kind="paired",
            occurred_ms=self._clock(),
            sale_id=key.till.sale_id,
            key_version=key.version,
            opened_by=offer.opened_by,
            staff_id=offer.staff_id,
        )
        await self._audit.note(act)
        await asyncio.to_thread(keep_till, self._settings.till_keys_path, key)
        await self._ring.look()
        offer.is_done = True
        self._end_offer()
        log.info("till_paired", sale_id=key.till.sale_id, version=key.version, opened_by=offer.opened_by)


def keep_till(path: Path, key: TillKey) -> None:
    """A paired till's key replaces those it had. Blocking. Raises: TillKeyRefused, TillKeysUnusable."""
    with key_file.changing(path):
        key_file.save(path, key_file.paired(key_file.load(path), key))


def forget_till(path: Path, sale_id: str) -> None:
    """Remove a paired till's keys. Blocking. Raises: TillKeyRefused, TillKeysUnusable."""
    with key_file.changing(path):
        key_file.save(path, key_file.unpaired(key_file.load(path), sale_id))


def an_unpairing(sale_id: str, now_ms: int) -> TillActBody:
    """What central is told of a till that was put out."""
    return TillActBody(
        act_id=f"till-{secrets.token_hex(16)}",
        kind="unpaired",
        occurred_ms=now_ms,
        sale_id=sale_id,
        opened_by="operator",
    )


def _sealing_key(key: TillKey) -> SealingKey:
    assert key.till is not None
    return SealingKey(key.identifier, key.version, derive(key.passphrase), key.till.sale_id)


def _place(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@contextlib.asynccontextmanager
async def _evenly() -> AsyncIterator[None]:
    """Take TILL_PAIRING_EVEN_MS for arithmetic with the code, however long it took: the curve of the library
    is not of constant time. Only tries that were counted come here, so nobody can hold up the others.
    """
    until_s = time.monotonic() + TILL_PAIRING_EVEN_MS / 1000
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until_s - time.monotonic()))


assert TILL_CODE_VALID_S % _MINUTE_S == 0, "the screen counts whole minutes"
