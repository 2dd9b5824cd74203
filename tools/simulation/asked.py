"""What anybody asked of central, by its own ids: the books may hold this and nothing else."""

from dataclasses import dataclass, field

from tools.simulation.catalogue import Return, Ticket, card_of, purse_of, services_of

Key = tuple[str, str]
"""Shop and business key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Points that are to pay, and what a quote promised: `ticket` as it was quoted."""

    ticket: Ticket
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Asked for by one token."""

    member_id: str
    points: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A gift to a member or an association."""

    kind: str
    member_id: str
    other_id: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodwill:
    """Points the counter gives on its own."""

    member_id: str
    shop_id: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A gift card is sold, a member's purse filled, or a service sold ahead (`amount`: times)."""

    shop_id: str
    amount: int
    card_id: str | None = None
    member_id: str | None = None
    is_service: bool = False

    @property
    def account(self) -> str:
        """Where it lies."""
        if self.card_id:
            return card_of(self.card_id)
        return services_of(self.member_id or "") if self.is_service else purse_of(self.member_id or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A service that was paid for ahead is rendered."""

    member_id: str
    shop_id: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two records of one person are to be one. `by`: the token that asks."""

    survivor_id: str
    duplicate_id: str
    by: str


@dataclass(slots=True, kw_only=True)
class Lease:
    """Points set aside. `burned`: by ticket, as its terminal knows it; `said_drawn`: what that said."""

    member_id: str
    terminal_id: str
    burned: list[tuple[str, int]] = field(default_factory=list)
    said_drawn: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A play with what its offer committed to."""

    member_id: str
    shop_id: str
    client_seed: str
    commitment: str


@dataclass(slots=True)
class Asked:
    """Everything asked for, written down before it is sent.

    `at_ms`: the true time of that, by key or id. `since`: how many commits central had made by then.
    """

    tickets: dict[Key, Ticket] = field(default_factory=dict)
    returns: dict[Key, Return] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)
    moves: dict[str, Move] = field(default_factory=dict)
    goodwill: dict[str, Goodwill] = field(default_factory=dict)
    loads: dict[str, Load] = field(default_factory=dict)
    draws: dict[str, Draw] = field(default_factory=dict)
    merges: dict[str, Merge] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)
    handovers: dict[str, str] = field(default_factory=dict)
    """Shops in which something was to be handed over, by handover."""
    leaving: dict[str, bool] = field(default_factory=dict)
    """Members who want to be forgotten, and whether somebody said that what they paid for is lost."""
    let_go: set[str] = field(default_factory=set)
    """Reservations that somebody wants no more."""
    households: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    """Who was ever said to live together."""
    at_ms: dict[Key | str, int] = field(default_factory=dict)
    since: dict[Key | str, int] = field(default_factory=dict)
    commits: int = 0
    """How many commits of central were read so far."""

    def ticket(self, ticket: Ticket, now_ms: int) -> None:
        """Somebody is about to report a sale."""
        key = (ticket.shop_id, ticket.business_key)
        self.tickets[key] = ticket
        self.note(key, now_ms)

    def return_(self, asked: Return, now_ms: int) -> None:
        """Somebody is about to report a return."""
        key = (asked.shop_id, asked.business_key)
        self.returns[key] = asked
        self.note(key, now_ms)

    def note(self, key: "Key | str", now_ms: int) -> None:
        """Since now it may be decided; what was noted earlier stays."""
        self.at_ms.setdefault(key, now_ms)
        self.since.setdefault(key, self.commits)
