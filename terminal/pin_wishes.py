"""What clerks wish of members' PINs, one at a time: the member chooses it at the kiosk, nobody else sees it.

A wish is of one card session: of the one that a till's clerk sees, or of the next member's card after a
clerk at the kiosk, once that clerk has said by their code that it is the right member's: whoever stands in
line could tap first. It ends with that session, with its time, or when the till gives it up. Kept in memory
alone.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from loyalty.limits.cards import PIN_WISH_CARD_S, PIN_WISH_CLERK_S, PIN_WISH_CODES_MAX, PIN_WISH_S
from terminal.central_link import CentralRefused
from terminal.session import CardSession
from terminal.till_store import Key
from wire.api import EvidenceBody
from wire.api_counter import Identity, PinView
from wire.new_pins import PinWish


@dataclass(frozen=True, slots=True, kw_only=True)
class PinAct:
    """What central is to do with the PIN. `kind` None: set or reset, as the card needs.

    `clerk`: the pass; empty until the clerk at the kiosk confirms the member, whose `staff_card` this is.
    """

    act_id: str
    clerk: str = field(default="", repr=False)
    identity: Identity
    kind: Literal["set", "reset", "unlock"] | None
    staff_card: EvidenceBody | None = field(default=None, repr=False)


@dataclass(slots=True)
class Wished:
    """A wish under way. `session_id`: whose it is, empty until a member's card comes; `key`: of the till."""

    act: PinAct
    wish: PinWish
    session_id: str = ""
    key: Key | None = None
    codes_wrong: int = 0
    is_sent: bool = False
    """Whether central is asked just now: then its answer is what became of it, whoever leaves meanwhile."""
    ended: "asyncio.Future[PinView | CentralRefused | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class PinWishes:
    """`on_change` is called whenever what the kiosk should show changed."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._wished: Wished | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def shown(self) -> PinWish | None:
        """What the kiosk should know."""
        return self._wished.wish if self._wished else None

    @property
    def waits_for_card(self) -> bool:
        """Whether a member's card is to come."""
        return self._wished is not None and not self._wished.session_id

    @property
    def is_busy(self) -> bool:
        """Whether a member is choosing: another wish must wait. One that waits for a card gives way."""
        return self._wished is not None and bool(self._wished.session_id)

    def begin(self, act: PinAct, *, session_id: str = "", key: Key | None = None) -> Wished:
        """A clerk wishes it of this session, or of the next member's card."""
        assert not self.is_busy, "the caller looks first"
        self._end(None)
        wish_id = secrets.token_hex(8)
        wish = PinWish(wish_id=wish_id, is_unlock=act.kind == "unlock", asks_clerk=not act.clerk)
        self._wished = wished = Wished(act, wish, session_id, key)
        self._end_after(PIN_WISH_S if session_id else PIN_WISH_CARD_S)
        self._on_change()
        return wished

    def find(self, wish_id: str, session_id: str) -> Wished | None:
        """The wish, if it still is this session's."""
        wished = self._wished
        is_it = wished is not None and wished.session_id and wished.session_id == session_id
        return wished if wished is not None and is_it and wished.wish.wish_id == wish_id else None

    def follow(self, current: CardSession | None) -> None:
        """The next member's card takes a wish that waits for one; one whose member has left is over."""
        wished = self._wished
        if wished is None:
            return
        if wished.session_id:
            is_there = current is not None and current.session_id == wished.session_id and current.is_shown
            if not is_there:
                self._end(None)
        elif current is not None and current.profile is not None and current.is_shown:
            wished.session_id = current.session_id
            self._end_after(PIN_WISH_S if wished.act.clerk else PIN_WISH_CLERK_S)

    def confirm(self, wished: Wished, clerk: str) -> None:
        """The clerk, of this pass, says that it is the right member's card: now the member chooses."""
        assert self._wished is wished, "the caller looks first"
        wished.act = replace(wished.act, clerk=clerk)
        wished.wish = msgspec.structs.replace(wished.wish, asks_clerk=False)
        self._end_after(PIN_WISH_S)
        self._on_change()

    def wrong_code(self, wished: Wished) -> None:
        """Not the clerk's code; after so many the wish is over, long before their lock."""
        wished.codes_wrong += 1
        if wished.codes_wrong >= PIN_WISH_CODES_MAX:
            self.end(wished, None)

    def end(self, wished: Wished, result: PinView | CentralRefused | None) -> None:
        """It is done, refused, or nobody wants it any more (None)."""
        _tell(wished, result)
        if self._wished is wished:
            self._end(result)

    @contextmanager
    def sending(self, wished: Wished) -> Iterator[None]:
        """Central is asked: a card that is taken away, or the end of the time, does not undo what it does."""
        wished.is_sent = True
        try:
            yield
        finally:
            wished.is_sent = False
            if self._wished is not wished:
                _tell(wished, None)

    def leave(self, wish_id: str) -> None:
        """The member does not want to."""
        if self._wished is not None and self._wished.wish.wish_id == wish_id:
            self._end(None)

    def abort(self, sale_id: str, service_id: str | None) -> None:
        """The till gave its wish up."""
        key = self._wished.key if self._wished else None
        if key is not None and key.sale_id == sale_id and service_id in (None, key.service_id):
            self._end(None)

    def _end(self, result: PinView | CentralRefused | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wished, self._wished, self._timer = self._wished, None, None
        if wished is not None:
            if not wished.is_sent:
                _tell(wished, result)
            self._on_change()

    def _end_after(self, seconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._end, None)


def _tell(wished: Wished, result: PinView | CentralRefused | None) -> None:
    """Once: whoever waits for it hears what became of it first."""
    if not wished.ended.done():
        wished.ended.set_result(result)
