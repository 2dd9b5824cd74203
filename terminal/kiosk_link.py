"""The kiosk's end: pushes the whole state after every change, takes the member's wishes."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import structlog

from loyalty.limits import KIOSK_WHY_ROWS_MAX, NAME_CHARS_MAX
from terminal import session as flow
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.desk import CardDesk
from wire.api import BlockBody, ProfileView
from wire.api_value import WhyLineView, WhyView
from wire.messages import (
    AgentState,
    AskWhy,
    BlockCard,
    CommandResult,
    EndSession,
    FromKiosk,
    Hello,
    Why,
    WhyRow,
)
from wire.peer import Peer, Server, serve

log = structlog.get_logger(__name__)

HELLO: Final = Hello(program="terminal", version=version("officine"))


class KioskLink:
    """Serves kiosks. `make_state(revision)` builds what they must know."""

    def __init__(self, desk: CardDesk, link: CentralLink, make_state: Callable[[int], AgentState]) -> None:
        self._desk = desk
        self._link = link
        self._make_state = make_state
        self._server: Server | None = None
        self._revision = 0
        self._last: AgentState | None = None

    async def listen(self, path: Path, allowed_uids: frozenset[int] | None) -> Server:
        """Serve the kiosk's socket; the caller closes it.

        Raises: SocketError.
        """
        self._server = await serve(
            path, HELLO, FromKiosk, self._greet, self._on_message, allowed_uids=allowed_uids
        )
        return self._server

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
        peer.send(self._state())

    async def _on_message(self, peer: Peer, message: FromKiosk) -> None:
        match message:
            case EndSession(session_id=session_id):
                self._desk.put(flow.ended(self._desk.sessions, session_id))
            case BlockCard():
                error = await self._block(message.session_id)
                peer.send(CommandResult(request_id=message.request_id, is_done=not error, error=error))
            case AskWhy():
                told = await self._explain(message)
                if told is not None:
                    peer.send(told)
            case _:
                return  # frames shown: for benches and metrics

    async def _explain(self, ask: AskWhy) -> Why | None:
        """Ask central why, once, and keep nothing; None when the member has left meanwhile."""
        current = self._desk.current
        if current is None or current.session_id != ask.session_id or not current.is_shown:
            return None
        if not _is_on_screen(current.profile, ask.sale_id):
            return Why(request_id=ask.request_id, trouble="not_told_here")
        try:
            if self._link.state == "down":
                raise CentralUnreachable(reason=self._link.trouble)
            view = await self._link.explain_sale(ask.sale_id, current.tap_id)
            group = self._link.group
            told = why_of(ask.request_id, view, group.rule_names if group else None)
        except CentralUnreachable as error:
            log.info("why_unanswered", tap_id=current.tap_id, reason=str(error))
            told = Why(request_id=ask.request_id, trouble="central_unreachable")
        except CentralRefused as error:
            log.info("why_refused", tap_id=current.tap_id, code=error.problem.code)
            told = Why(request_id=ask.request_id, trouble="not_told_here")
        after = self._desk.current
        return told if after is not None and after.session_id == ask.session_id and after.is_shown else None

    async def _block(self, session_id: str) -> str:
        """Block the card of this session; what to tell when that did not work."""
        current = self._desk.current
        if current is None or current.session_id != session_id or current.identified is None:
            return "The session has ended: hold the card to the reader and try again."
        if current.profile is None or "block_card" not in current.profile.may:
            return "This card cannot be blocked here: ask at the counter."
        body = BlockBody(card_number=current.identified.card_number, reason="member_request")
        try:
            await self._link.block_card(body, current.tap_id)
        except (CentralRefused, CentralUnreachable) as error:
            log.warning("card_not_blocked", tap_id=current.tap_id, code=error.code)
            return str(error)
        log.info("card_blocked", tap_id=current.tap_id)
        text = "This card was just blocked at this terminal."
        self._desk.put(flow.refused(self._desk.sessions, session_id, "blocked_card", text))
        return ""


def _is_on_screen(profile: ProfileView | None, sale_id: str) -> bool:
    """Whether this member's evidence lets the screen list that ticket."""
    if profile is None or "see_ticket_totals" not in profile.may:
        return False
    return any(ticket.sale_id == sale_id for ticket in profile.tickets)


def with_sale_ids(state: AgentState, profile: ProfileView | None) -> AgentState:
    """The state with the id of each ticket that it lists, so that it can be asked about."""
    session = state.session
    if session is None or session.member is None or profile is None:
        return state
    tickets = tuple(
        msgspec.structs.replace(ticket, sale_id=known.sale_id)
        for ticket, known in zip(session.member.tickets, profile.tickets, strict=True)
    )
    member = msgspec.structs.replace(session.member, tickets=tickets)
    return msgspec.structs.replace(state, session=msgspec.structs.replace(session, member=member))


def why_of(request_id: str, view: WhyView, rule_names: Mapping[str, dict[str, str]] | None = None) -> Why:
    """Central's answer in a few rows: rules by their points, then, counted, the lines that earned nothing.

    `rule_names` are the group's own, by rule id and language.
    """
    named = rule_names or {}
    rules = sorted(view.rules, key=lambda rule: -abs(rule.points))
    rows = [
        WhyRow(
            about="rule",
            name=_rule_name(rule.rule_id),
            names=named.get(rule.rule_id, {}),
            points=rule.points,
        )
        for rule in rules
    ]
    counted = Counter(_reason_of(line) for line in view.lines if not line.points).most_common()
    if len(counted) > KIOSK_WHY_ROWS_MAX // 2:
        counted = [counted[0], (("", ""), sum(lines for _, lines in counted[1:]))]
    last = [WhyRow(about="nothing", lines=n, code=code, citation=law) for (code, law), n in counted]
    room = KIOSK_WHY_ROWS_MAX - len(last)
    if len(rows) > room:
        kept, merged = rows[: room - 1], rows[room - 1 :]
        rows = [*kept, WhyRow(about="rest", points=sum(row.points for row in merged))]
    return Why(request_id=request_id, points=view.points, is_known=view.is_known, rows=(*rows, *last))


def _rule_name(rule_id: str) -> str:
    """The rule's id made readable, for a rule or a language that the group has no name for."""
    words = re.sub(r"[-_.\s]+", " ", rule_id).strip()[:NAME_CHARS_MAX]
    return words[:1].upper() + words[1:]


def _reason_of(line: WhyLineView) -> tuple[str, str]:
    """The code and the law of a line without points: the law speaks first, then what was said last."""
    legal = next((reason for reason in line.reasons if reason.citation), None)
    said = legal or next(iter(line.reasons[::-1]), None)
    return (said.code, _law(said.citation)) if said else ("", "")


def _law(citation: str) -> str:
    """`CH-3: OPuM/AWV art. 21 https://…` as people cite it: OPuM/AWV art. 21."""
    first = citation.partition("\n")[0]
    title = first.partition(": ")[2] or first
    return title.partition(" http")[0].strip()[:NAME_CHARS_MAX]
