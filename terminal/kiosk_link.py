"""The kiosk's end: pushes the whole state after every change, takes the member's wishes."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import structlog

from terminal import session as flow
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.desk import CardDesk
from wire.api import BlockBody
from wire.messages import AgentState, BlockCard, CommandResult, EndSession, FromKiosk, Hello
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
        state = self._make_state(self._revision)
        if state == self._last:
            return
        self._revision += 1
        self._last = msgspec.structs.replace(state, revision=self._revision)
        self._server.broadcast(self._last)

    def _greet(self, peer: Peer) -> None:
        peer.send(self._make_state(self._revision))

    async def _on_message(self, peer: Peer, message: FromKiosk) -> None:
        match message:
            case EndSession(session_id=session_id):
                self._desk.put(flow.ended(self._desk.sessions, session_id))
            case BlockCard():
                error = await self._block(message.session_id)
                peer.send(CommandResult(request_id=message.request_id, is_done=not error, error=error))
            case _:
                return  # frames shown: for benches and metrics

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
