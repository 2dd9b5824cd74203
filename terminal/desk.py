"""The card desk: hears taps, asks central, holds the sessions, and says when something changed."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Final, get_args

import apsw
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.terminal import CARD_HANDED_WAIT_S, CARD_SESSION_LIFETIME_S
from loyalty.programme.card import BlockedCard
from loyalty.programme.chip_numbers import HEALTH_CARD, HealthCard
from loyalty.programme.identification import Act, Strength, in_cut
from terminal import session as flow
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.clock import Clock
from terminal.reader_test import ReaderTrial
from terminal.sender import Outcome
from terminal.session import CardSession, Sessions
from wire.api import EvidenceBody, IdentifyView
from wire.api_sales import ReturnView
from wire.messages import LYING_MEDIA, CardPresented, CardRemoved, Evidence, InCut, ReaderState, Refusal

log = structlog.get_logger(__name__)

REFUSALS: Final[tuple[Refusal, ...]] = get_args(Refusal)
EXPIRY_LOOK_S: Final = CARD_SESSION_LIFETIME_S / 60


class CardDesk:
    """Sessions of one terminal. `on_change` is called after every change that the kiosk may see.

    `on_redeemer` hears of each card that central knows and lets redeem, and of its balance where it may see
    it. `tell_cut` says what is known here of a card that central cannot be asked about.
    """

    def __init__(
        self,
        link: CentralLink,
        *,
        clock: Clock,
        on_change: Callable[[], None],
        is_hot: Callable[[Evidence, str], bool] = lambda _evidence, _uid: False,
        on_redeemer: Callable[[Evidence, str, int | None], None] = lambda _evidence, _uid, _points: None,
        tell_cut: Callable[[Evidence, str], Awaitable[InCut | None]] | None = None,
    ) -> None:
        self._tell_cut = tell_cut
        self._on_redeemer = on_redeemer
        self._is_hot = is_hot
        self._link = link
        self._clock = clock
        self._on_change = on_change
        self._asking: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self.sessions = Sessions()
        self.lying_tap_id = ""
        """The tap of the card that lies on the reader now, whatever the screen shows; empty: none does."""
        self.lying_moved = asyncio.Event()
        """Set, and made anew, when a card comes or goes."""
        self.reader: ReaderState | None = None
        self.trial = ReaderTrial(on_change)
        self.scans_packs = False
        """The kiosk shows the page of packs: a code that is scanned is a pack's, and no card."""
        self.takes_cards = False
        """The kiosk shows a page that takes cards: what is presented is its, and opens no session."""
        self._handed: CardPresented | None = None

    @property
    def current(self) -> CardSession | None:
        """The card on the reader."""
        return self.sessions.current

    async def on_reader(self, message: object) -> None:
        """A message of the reader daemon."""
        match message:
            case CardPresented():
                if message.evidence.medium in LYING_MEDIA:
                    self._lies(message.tap_id)
                if self.trial.is_on:
                    self.trial.presented(message)
                else:
                    self._presented(message)
            case CardRemoved(tap_id=tap_id):
                if tap_id == self.lying_tap_id:
                    self._lies("")
                self.trial.removed(tap_id)
                self.put(flow.removed(self.sessions, tap_id))
            case ReaderState():
                self.reader = message
                self.trial.reader_is(message)

    def take_cards(self, *, is_on: bool) -> None:
        """Whether cards are the kiosk's page's from now on."""
        self.takes_cards, self._handed = is_on, None

    async def wait_handed(self, tap_id: str) -> CardPresented | None:
        """The card that was presented to the kiosk's page under this tap; the reader tells both of us.

        None: another one was since, or the page is gone.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CARD_HANDED_WAIT_S):
                while self.takes_cards and (self._handed is None or self._handed.tap_id != tap_id):
                    await self._changed.wait()
        handed = self._handed
        return handed if handed is not None and handed.tap_id == tap_id else None

    def on_reader_link(self, is_up: bool) -> None:
        """The reader daemon came or went. While it is away, a card may leave unseen: none lies there."""
        if is_up:
            return
        self._lies("")
        self.reader = None
        self.trial.reader_is(None)
        current = self.sessions.current
        if current is not None and current.expires_ms is None:
            self.put(flow.removed(self.sessions, current.tap_id))

    def on_link_up(self) -> None:
        """Central is back: a card that waits is asked again, and one that was refused without it."""
        current = self.sessions.current
        if current is not None and current.refusal in ("central_unreachable", "blocked_card"):
            self.put(flow.asked_again(self.sessions, current.session_id))
            self._ask(current)

    def put(self, sessions: Sessions) -> None:
        """Take a new state; tell when it differs."""
        if sessions == self.sessions:
            return
        self.sessions = sessions
        self._wake()
        self._on_change()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def settled(self, outcome: Outcome) -> None:
        """Central booked or refused a ticket."""
        answer = outcome.answer
        if answer is None:
            self.put(flow.dropped(self.sessions, outcome.entry_id))
            return
        points = -answer.points if isinstance(answer, ReturnView) else answer.points
        self.put(
            flow.booked(
                self.sessions, outcome.entry_id, outcome.evidence, points=points, profile=answer.profile
            )
        )

    async def wait_card(self, sale_id: str) -> CardSession:
        """The card on the reader that this till may use, once central has answered about it."""
        while True:
            changed = self._changed
            card = flow.card_for(self.sessions, sale_id, self._clock())
            if card is not None and not card.is_asking:
                return card
            await changed.wait()

    async def cut_changed(self) -> None:
        """Points of a lease were burned or taken back: the screen tells what is left of it."""
        card = self.sessions.current
        if card is not None and card.in_cut is not None:
            in_cut = await self._in_cut(card)
            self.put(flow.cut_told(self.sessions, card.session_id, in_cut))

    async def wait_change(self) -> None:
        """Return when anything about the cards changed."""
        await self._changed.wait()

    async def identify_card(self, evidence: Evidence, tap_id: str = "") -> IdentifyView:
        """Ask central; a card of the current session was already answered.

        Raises: CentralUnreachable, CentralRefused.
        """
        body = EvidenceBody(medium=evidence.medium, value=evidence.value)
        return await self._link.identify(body, tap_id)

    async def expire_forever(self) -> None:
        """Forget cards that outlived their time."""
        while True:
            await asyncio.sleep(EXPIRY_LOOK_S)
            self.put(flow.expired(self.sessions, self._clock()))
            self.trial.end_if_over()

    async def close(self) -> None:
        """Stop asking."""
        for task in self._asking:
            task.cancel()
        if self._asking:
            await asyncio.wait(self._asking)

    def _lies(self, tap_id: str) -> None:
        self.lying_tap_id = tap_id
        self.lying_moved.set()
        self.lying_moved = asyncio.Event()

    def _presented(self, tap: CardPresented) -> None:
        if self.scans_packs and tap.evidence.medium == "barcode":
            return  # the kiosk asks about it
        if tap.is_over(time.monotonic_ns()):
            log.info("tap_too_old", tap_id=tap.tap_id)
            return
        if self.takes_cards:
            self._handed = tap
            self._wake()
            return
        self.put(
            flow.tapped(
                self.sessions,
                session_id=secrets.token_hex(16),
                tap_id=tap.tap_id,
                evidence=tap.evidence,
                uid=tap.uid,
                now_ms=self._clock(),
            )
        )
        assert self.sessions.current is not None
        self._ask(self.sessions.current)

    def _ask(self, card: CardSession) -> None:
        task = asyncio.create_task(self._ask_central(card), name=f"identify-{card.tap_id[:8]}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask_central(self, card: CardSession) -> None:
        if card.evidence.value == HEALTH_CARD:  # nothing to ask about, with or without a line
            self.put(flow.refused(self.sessions, card.session_id, "health_card", HealthCard.text))
            return
        try:
            self._link.require_up()
            view = await self.identify_card(card.evidence, card.tap_id)
        except CentralUnreachable as error:
            log.info("card_unanswered", tap_id=card.tap_id, reason=str(error))
            is_hot = self._is_hot(card.evidence, card.uid)
            refusal: Refusal = "blocked_card" if is_hot else "central_unreachable"
            text = BlockedCard.text if refusal == "blocked_card" else str(error)
            in_cut = None if is_hot else await self._in_cut(card)
            self.put(flow.refused(self.sessions, card.session_id, refusal, text, in_cut=in_cut))
        except CentralRefused as error:
            log.info("card_refused", tap_id=card.tap_id, code=error.problem.code)
            if error.problem.code == "staff_card" and await self._open_for_staff(card, error):
                return
            refusal = refusal_of(error.problem.code)
            self.put(flow.refused(self.sessions, card.session_id, refusal, error.problem.detail))
        else:
            log.info("card_identified", tap_id=card.tap_id, strength=view.strength)
            self.put(flow.identified(self.sessions, card.session_id, view))
            if _may_burn_in_cut(view):
                self._on_redeemer(card.evidence, card.uid, view.profile.points)

    async def _in_cut(self, card: CardSession) -> InCut | None:
        """What is known here; nothing where the disk does not answer: the screen says no more than before."""
        if self._tell_cut is None:
            return None
        try:
            return await self._tell_cut(card.evidence, card.uid)
        except (LoyaltyError, apsw.Error) as error:
            log.warning("lease_not_told", tap_id=card.tap_id, reason=str(error))
            return None

    async def _open_for_staff(self, card: CardSession, refused: CentralRefused) -> bool:
        """Whether central lets this card of staff open anything here."""
        evidence = EvidenceBody(medium=card.evidence.medium, value=card.evidence.value)
        try:
            view = await self._link.identify_staff(evidence, card.tap_id)
        except (CentralRefused, CentralUnreachable) as error:
            log.info("staff_card_opens_nothing", tap_id=card.tap_id, reason=str(error))
            return False
        log.info("staff_card", tap_id=card.tap_id, staff_id=view.staff_id, may=view.may)
        self.put(flow.staffed(self.sessions, card.session_id, view, refused.problem.detail))
        return True


def refusal_of(code: str) -> Refusal:
    """The screen for a problem code of central; what has none is central's trouble, not the card's."""
    if code == "schema_mismatch":
        return "unreadable_card"  # evidence that no card of ours gives
    if code == "card_message_replayed":
        return "unreadable_card"  # the card itself makes a new one when it is read again
    if code == "phone_code_over":
        return "unreadable_card"  # the phone shows the next one
    if code in ("card_message_invalid", "phone_code_invalid"):
        return "unknown_card"
    return next((known for known in REFUSALS if known == code), "central_unreachable")


def _may_burn_in_cut(view: IdentifyView) -> bool:
    """Whether points of this card may pay inside a lease, where no challenge can be made."""
    if Act.REDEEM in view.profile.may:
        return True
    strength = Strength[view.strength.upper()]
    needs = next((limit.needs for limit in view.limits if limit.act == Act.REDEEM), "")
    return bool(needs) and in_cut(strength) >= Strength[needs.upper()]
