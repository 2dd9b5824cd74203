"""One code on the screen: who opened it, what was tried, how far the till is. No I/O and no clock."""

import ipaddress
from dataclasses import dataclass, field
from typing import Literal

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import (
    TILL_CHECK_S,
    TILL_CODE_TRIES_MAX,
    TILL_CODE_TRIES_PER_ADDRESS,
    TILL_CODE_VALID_S,
)
from wire.till_handshake import Agreed, TerminalEnd
from wire.till_pairing import BeginBody, PairedKeys, ProveBody, ProveView

OpenedBy = Literal["staff_card", "operator"]
Failure = Literal["expired", "guessed", "intercepted", "differs", "till_lost", "not_kept"]


class TillPairingClosed(LoyaltyError):
    """No code is shown, it is over, or another till has it: which of these is told to nobody."""

    code = "till_pairing_closed"
    trouble = Trouble.NOT_FOUND
    text = "This terminal shows no code for a till now. Open one there (staff card), then enter it here."


class TooManyTillCodes(LoyaltyError):
    """One address tried the code too often."""

    code = "too_many_till_codes"
    trouble = Trouble.TOO_MANY
    text = "Too many wrong codes from this till. Open a new code at the terminal, and read it again."


class TillAttemptChanged(LoyaltyError):
    """The same attempt, other words."""

    code = "till_attempt_changed"
    trouble = Trouble.CONFLICT
    text = "This attempt was made with other content. Begin a new one."


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One till that entered the code."""

    source: str
    body: BeginBody
    end: TerminalEnd
    proved: ProveBody | None = None
    agreed: Agreed | None = None
    answer: ProveView | None = None
    keys: PairedKeys | None = None
    is_tested: bool = False


@dataclass(slots=True, kw_only=True)
class Offer:
    """A code and what became of it. `_ms` are monotonic.

    `chosen`: the one attempt that proved the code; from then on it serves nobody else.
    """

    pairing_id: str
    code: str
    opened_by: OpenedBy
    staff_id: str | None
    ends_ms: int
    tries: int = 0
    tries_by_source: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    chosen: Attempt | None = None
    is_done: bool = False
    failure: Failure | None = None

    @property
    def is_over(self) -> bool:
        """Nothing more can come of it."""
        return self.is_done or self.failure is not None

    def require_open(self, now_ms: int) -> None:
        """Raises: TillPairingClosed: not for one who only now enters the code."""
        if self.is_over or self.chosen is not None or now_ms >= self.ends_ms:
            raise TillPairingClosed

    def count_try(self, source: str) -> None:
        """One more try of the code, counted before anything is looked at. Raises: TooManyTillCodes."""
        tried = self.tries_by_source.get(source, 0)
        if tried >= TILL_CODE_TRIES_PER_ADDRESS:
            raise TooManyTillCodes
        self.tries_by_source[source] = tried + 1
        self.tries += 1
        if self.tries >= TILL_CODE_TRIES_MAX:
            self.failure = "guessed"

    def choose(self, attempt: Attempt, now_ms: int) -> None:
        """The till of this attempt knew the code."""
        self.chosen = attempt
        self.attempts = {attempt.body.attempt: attempt}
        self.ends_ms = now_ms + TILL_CHECK_S * 1000

    def minutes_left(self, now_ms: int) -> int:
        """Begun minutes."""
        return max(0, -(-(self.ends_ms - now_ms) // 60_000))


def an_offer(*, pairing_id: str, code: str, opened_by: OpenedBy, staff_id: str | None, now_ms: int) -> Offer:
    """A code that is shown from now on."""
    ends_ms = now_ms + TILL_CODE_VALID_S * 1000
    return Offer(pairing_id=pairing_id, code=code, opened_by=opened_by, staff_id=staff_id, ends_ms=ends_ms)


def source_of(address: str) -> str:
    """An address as tries are counted: who has one of IPv6 has a whole /64."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if known.version == 6 and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))
