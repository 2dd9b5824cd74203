"""What every answer to a journey stands on: the parts of the agent, and whose session it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from terminal.card_proofs import CardProofs
from terminal.central_link import CentralLink
from terminal.clock import Clock
from terminal.desk import CardDesk
from terminal.printer.desk import PrintDesk
from terminal.session import CardSession
from terminal.settings import TerminalSettings
from terminal.shop_pages import ShopPages
from wire.api_catalogue import GroupView
from wire.games import PrizeWon
from wire.messages import Answer

Answering = Callable[[Any], Awaitable[Sequence[Answer]]]
"""Takes the kiosk's message; its answers go to the kiosk that asked."""


@dataclass(slots=True)
class PrizesWon:
    """What was won in the session that is shown, by play: to be printed while the card is there."""

    _session_id: str = ""
    _prizes: dict[str, PrizeWon] = field(default_factory=dict)

    def put(self, session_id: str, play_id: str, prize: PrizeWon) -> None:
        """Remember it; what others won is forgotten."""
        self.keep_only(session_id)
        self._prizes[play_id] = prize

    def find(self, session_id: str, play_id: str) -> PrizeWon | None:
        """What this play of this session won."""
        return self._prizes.get(play_id) if session_id == self._session_id else None

    def keep_only(self, session_id: str) -> None:
        """Forget what was won in any other session; empty: no card is shown any more."""
        if session_id != self._session_id:
            self._session_id, self._prizes = session_id, {}


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
    group: Callable[[], GroupView | None]
    """As central last said, or as kept from the last run."""

    def session(self, session_id: str) -> CardSession | None:
        """The session of a member whose card lies there and is shown; None: it is over, tell nothing."""
        current = self.desk.current
        if current is None or current.session_id != session_id or not current.is_shown:
            return None
        return current
