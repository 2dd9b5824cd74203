"""The kiosk's end: pushes the whole state after every change, takes the member's wishes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import structlog

from loyalty.limits.printing import KIOSK_ANSWERS_MAX
from terminal import session as flow
from terminal.journeys import answers_of
from terminal.journeys.base import Parts
from terminal.journeys.printing import print_for_operator
from terminal.journeys.why import may_ask
from terminal.settings import TerminalSettings
from terminal.till.pairing.wishes import TillWishes
from terminal.views import SOFTWARE_VERSION
from wire.api import ProfileView
from wire.looking_after import ScreenPart
from wire.marks import marks_of
from wire.messages import AgentState, Answer, CommandResult, EndSession, FromKiosk, Hello
from wire.packs import ScanPacks
from wire.peer import Peer, Server, serve
from wire.printing import PrintSlip
from wire.replacements import TakeCards
from wire.tills import (
    AnswerCheckWord,
    AnswerPrompt,
    CancelTillPairing,
    OpenTillPairing,
    SetTraining,
    UnpairTill,
)

log = structlog.get_logger(__name__)


def hello_of(settings: TerminalSettings) -> Hello:
    """Our first word to the kiosk and to the reader daemon."""
    return Hello(program="terminal", version=SOFTWARE_VERSION, started_with=marks_of(settings))


class KioskLink:
    """Serves kiosks. `make_state(revision)` builds what they must know."""

    def __init__(
        self,
        parts: Parts,
        make_state: Callable[[int], AgentState],
        on_answer: Callable[[AnswerPrompt], None],
        till_wishes: TillWishes,
    ) -> None:
        self._parts = parts
        self._answers = answers_of(parts)
        self._answering: set[asyncio.Task[None]] = set()
        self._till_wishes = till_wishes
        self._on_answer = on_answer
        self._desk = parts.desk
        self._make_state = make_state
        self._server: Server | None = None
        self._revision = 0
        self._last: AgentState | None = None

    async def listen(self, settings: TerminalSettings) -> Server:
        """Serve the kiosk's socket; the caller closes it.

        Raises: SocketError.
        """
        self._server = await serve(
            settings.socket,
            hello_of(settings),
            FromKiosk,
            self._greet,
            self._on_message,
            allowed_uids=settings.allowed_uids,
        )
        return self._server

    async def close(self) -> None:
        """Nobody hears the answers any more that are not there yet."""
        for task in self._answering:
            task.cancel()
        if self._answering:
            await asyncio.wait(self._answering)

    def push(self) -> None:
        """Send the state to every kiosk if it changed."""
        if self._server is None:
            return
        state = self._state()
        if state == self._last:
            return
        self._revision += 1
        self._last = msgspec.structs.replace(state, revision=self._revision)
        self._server.broadcast(self._last)

    def _state(self) -> AgentState:
        """What the kiosk must know now; its tickets can be asked about."""
        current = self._desk.current
        return with_sale_ids(self._make_state(self._revision), current.profile if current else None)

    def _greet(self, peer: Peer) -> None:
        if peer.hello.program == "kiosk":  # one that was started anew shows no pack
            self._desk.scans_packs = False
            self._desk.take_cards(is_on=False)
            self._desk.trial.end()
        peer.send(self._state())

    async def _on_message(self, peer: Peer, message: FromKiosk) -> None:
        match message:
            case PrintSlip(session_id="", what="test" | "totals") if peer.is_operator:
                await self._answer(peer, print_for_operator(self._parts, message))
                return
        if answering := self._answers.get(type(message)):
            await self._answer(peer, answering(message))
            return
        match message:
            case EndSession(session_id=session_id):
                self._desk.put(flow.ended(self._desk.sessions, session_id))
            case ScreenPart():
                self._parts.support.put(message)
            case ScanPacks(is_on=is_on):
                self._desk.scans_packs = is_on
            case TakeCards(is_on=is_on):
                self._desk.take_cards(is_on=is_on)
            case AnswerPrompt():
                self._on_answer(message)
            case OpenTillPairing() | AnswerCheckWord() | CancelTillPairing() | UnpairTill() | SetTraining():
                error = await self._till_wishes.carry_out(message, is_operator=peer.is_operator)
                peer.send(CommandResult(request_id=message.request_id, is_done=not error, error=error))
            case _:
                return  # frames shown: for benches and metrics

    async def _answer(self, peer: Peer, answering: Awaitable[Answer | Sequence[Answer]]) -> None:
        """Answer when the answer is there: meanwhile the kiosk may say that the member has left."""

        async def answer() -> None:
            try:
                answers = await answering
            except Exception:  # the boundary of a request: the kiosk connects anew
                log.exception("kiosk_unanswered")
                peer.abort()
                return
            for each in answers if isinstance(answers, Sequence) else [answers]:
                peer.send(each)

        task = asyncio.create_task(answer(), name="kiosk-answer")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        if len(self._answering) >= KIOSK_ANSWERS_MAX:
            await asyncio.wait(self._answering, return_when=asyncio.FIRST_COMPLETED)


def with_sale_ids(state: AgentState, profile: ProfileView | None) -> AgentState:
    """The state with the id of each ticket that it lists, so that it can be asked about."""
    session = state.session
    if session is None or session.member is None or profile is None or not may_ask(profile):
        return state
    tickets = tuple(
        msgspec.structs.replace(ticket, sale_id=known.sale_id)
        for ticket, known in zip(session.member.tickets, profile.tickets, strict=True)
    )
    member = msgspec.structs.replace(session.member, tickets=tickets)
    return msgspec.structs.replace(state, session=msgspec.structs.replace(session, member=member))
