"""What every answer to a journey stands on: the parts of the agent, and whose session it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from terminal.card_proofs import CardProofs
from terminal.central_link import CentralLink
from terminal.desk import CardDesk
from terminal.session import CardSession
from terminal.shop_pages import ShopPages
from wire.messages import Answer

Answering = Callable[[Any], Awaitable[Sequence[Answer]]]
"""Takes the kiosk's message; its answers go to the kiosk that asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answers may use of the agent."""

    desk: CardDesk
    link: CentralLink
    shop_pages: ShopPages
    proofs: CardProofs

    def session(self, session_id: str) -> CardSession | None:
        """The session of a member whose card lies there and is shown; None: it is over, tell nothing."""
        current = self.desk.current
        if current is None or current.session_id != session_id or not current.is_shown:
            return None
        return current
