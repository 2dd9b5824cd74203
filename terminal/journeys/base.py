"""What the terminal's side of a journey stands on: `Parts`, and its one way to ask central, `Parts.ask`.

A journey is one module beside this one that ends in `table(parts)`: which message of the kiosk it answers,
and how. An answer looks for the card, asks, and says what came, or why nothing did:

    async def show(self, asked: AskMyValue) -> Sequence[Answer]:
        card = self._parts.session(asked.session_id)
        if card is None:
            return [MyValueTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card, "/holders/value", body=lambda holder: HolderBody(holder=holder), answer=MyValueView
        )
        if isinstance(told, Untold):
            return [MyValueTold(request_id=asked.request_id, trouble=told.trouble)]
        return [MyValueTold(request_id=asked.request_id, points=told.points)]

`ask` does the rest: it does not wait for a line that is known to be down, names the tap in central's log, and
has the card prove itself where central wants that, as long as it lies there. Whoever left meanwhile hears
nothing: `terminal.journeys.answers_of` drops what came too late for them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeVar

import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.terminal import IDENTIFY_TIMEOUT_S
from loyalty.programme.identification import Strength
from terminal import session as flow
from terminal.card_proofs import NEEDED, CardNotThere, CardProofs
from terminal.card_talk import CardTalkFailed
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.clock import Clock
from terminal.comfort import KeptComfort
from terminal.desk import CardDesk
from terminal.diagnosis import Diagnosis
from terminal.offline.data import OfflineData
from terminal.pin_wishes import PinWishes
from terminal.printer.desk import PrintDesk
from terminal.session import CardSession
from terminal.settings import TerminalSettings
from terminal.shop_pages import ShopPages
from terminal.support import RemoteSupport
from terminal.totals import Totals
from wire.api import EvidenceBody, IdentifyBody, IdentifyView
from wire.api_catalogue import GroupView
from wire.games import Draw, PrizeWon
from wire.message_base import UsualTrouble
from wire.messages import Answer

log = structlog.get_logger(__name__)

V = TypeVar("V")
T = TypeVar("T", bound=str)

Answering = Callable[[Any], Awaitable[Sequence[Answer]]]
"""Takes the kiosk's message; its answers go to the kiosk that asked."""

_BY_PIN: Final = Strength.CARD_AND_PIN.name.lower()
_TOO_WEAK = frozenset({"strength_too_low", "card_proof_failed", NEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Why central gave no answer. `code`: its own word, or ours; `text`: what to do next."""

    code: str
    text: str
    trouble: UsualTrouble
    params: Mapping[str, str | int | bool | None] = field(default_factory=dict)

    def trouble_by(self, own: Mapping[str, T]) -> T | UsualTrouble:
        """The journey's word for this code, where it has one; else the usual word."""
        return own.get(self.code, self.trouble)


@dataclass(slots=True)
class PrizesWon:
    """What was won in the session that is shown, by play: to be printed while the card is there."""

    _session_id: str = ""
    _prizes: dict[str, tuple[PrizeWon, Draw | None]] = field(default_factory=dict)

    def put(self, session_id: str, play_id: str, prize: PrizeWon, draw: Draw | None) -> None:
        """Remember it; what others won is forgotten."""
        self.keep_only(session_id)
        self._prizes[play_id] = prize, draw

    def find(self, session_id: str, play_id: str) -> tuple[PrizeWon, Draw | None] | None:
        """What this play of this session won, and how it was drawn."""
        return self._prizes.get(play_id) if session_id == self._session_id else None

    def keep_only(self, session_id: str) -> None:
        """Forget what was won in any other session; empty: no card is shown any more."""
        if session_id != self._session_id:
            self._session_id, self._prizes = session_id, {}


class Renewing(Protocol):
    """`terminal.reenrolment.Reenrolment`, which stands above this module."""

    async def begin(self) -> str: ...
    async def answer(self, *, is_taken: bool) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answers may use of the agent."""

    settings: TerminalSettings
    clock: Clock
    desk: CardDesk
    link: CentralLink
    shop_pages: ShopPages
    proofs: CardProofs
    print_desk: PrintDesk
    won: PrizesWon
    offline: OfflineData
    totals: Totals
    comfort: KeptComfort
    diagnosis: Diagnosis
    support: RemoteSupport
    reenrolment: Renewing
    pin_wishes: PinWishes
    waiting: Callable[[], int]
    """Tickets that central has not got yet."""
    logo: Callable[[], bytes]
    """The file of the group's logo; empty: none, or not there yet."""
    group: Callable[[], GroupView | None]
    """As central last said, or as kept from the last run."""

    def session(self, session_id: str) -> CardSession | None:
        """The session of a member whose card lies there and is shown; None: it is over, tell nothing."""
        current = self.desk.current
        if current is None or current.session_id != session_id or not current.is_shown:
            return None
        return current

    async def ask(
        self,
        card: CardSession,
        path: str,
        *,
        body: Callable[[EvidenceBody], msgspec.Struct],
        answer: type[V],
        timeout_s: float = IDENTIFY_TIMEOUT_S,
    ) -> V | Untold:
        """POST to central what `body` makes of the card's evidence.

        It may be sent twice, the second time with the card's proof: what moves anything carries an id that
        the kiosk made. With the trouble `central_unreachable` nobody knows whether it was done.
        """

        async def post(holder: EvidenceBody) -> V:
            self.link.require_up()
            return await self.link.call("POST", path, body(holder), answer, timeout_s, card.tap_id)

        evidence = card.evidence
        holder = EvidenceBody(medium=evidence.medium, value=evidence.value, pin_proof=card.pin_proof)
        try:
            try:
                return await post(holder)
            except CentralRefused as error:
                if error.problem.code != NEEDED:
                    raise
            proof_id = await self.proofs.prove_lying(holder, card.tap_id)
            return await post(msgspec.structs.replace(holder, proof_id=proof_id))
        except (CentralUnreachable, CentralRefused, CardNotThere, CardTalkFailed) as error:
            untold = _untold(error)
            log.info("journey_untold", tap_id=card.tap_id, path=path, code=untold.code, reason=str(error))
            return untold

    def wants_pin(self, card: CardSession, untold: Untold) -> bool:
        """Whether the card's PIN, typed now, is what central wants; a proof that is over is forgotten."""
        known = card.identified
        if known is None or not known.has_pin or untold.params.get("needed") != _BY_PIN:
            return False
        if card.pin_proof:
            self.desk.put(flow.pin_judged(self.desk.sessions, card.session_id, has_pin=True))
        return True

    async def look_again(self, card: CardSession) -> None:
        """The member has more or less than before: the balance on the screen, and what follows from it."""
        told = await self.ask(
            card, "/identify", body=lambda holder: IdentifyBody(evidence=holder), answer=IdentifyView
        )
        if not isinstance(told, Untold):
            self.desk.put(flow.refreshed(self.desk.sessions, card.session_id, told.profile))

    async def points_moved(self, card: CardSession, points: int) -> None:
        """The member moved points here and has `points` left; without a line that alone is known."""
        self.desk.put(flow.points_moved(self.desk.sessions, card.session_id, points))
        await self.look_again(card)

    async def ask_openly(
        self,
        path: str,
        body: msgspec.Struct | None,
        answer: type[V],
        timeout_s: float = IDENTIFY_TIMEOUT_S,
        *,
        method: Literal["GET", "POST"] = "POST",
    ) -> V | Untold:
        """Ask central what nobody's card is needed for."""
        try:
            self.link.require_up()
            return await self.link.call(method, path, body, answer, timeout_s)
        except (CentralUnreachable, CentralRefused) as error:
            untold = _untold(error)
            log.info("journey_untold", path=path, code=untold.code, reason=untold.code)
            return untold


def _untold(error: LoyaltyError) -> Untold:
    text = str(error)
    if isinstance(error, CentralRefused):
        problem = error.problem
        trouble: UsualTrouble = "needs_card" if problem.code in _TOO_WEAK else "not_here"
        return Untold(code=problem.code, text=text, trouble=trouble, params=problem.params)
    trouble = "central_unreachable" if isinstance(error, CentralUnreachable) else "card_gone"
    return Untold(code=error.code, text=text, trouble=trouble)
