"""What anybody asked of central, by its own ids: the books may hold this and nothing else."""

from dataclasses import dataclass, field

from tools.simulation.catalogue import Return, Ticket

Key = tuple[str, str]
"""Shop and business key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Points that are to pay."""

    member_id: str | None
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


@dataclass(slots=True)
class Asked:
    """Everything asked for, written down before it is sent. `at_ms`: the true time of that, by key or id."""

    tickets: dict[Key, Ticket] = field(default_factory=dict)
    returns: dict[Key, Return] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)
    moves: dict[str, Move] = field(default_factory=dict)
    at_ms: dict[Key | str, int] = field(default_factory=dict)

    def ticket(self, ticket: Ticket, now_ms: int) -> None:
        """Somebody is about to report a sale."""
        key = (ticket.shop_id, ticket.business_key)
        self.tickets[key] = ticket
        self.at_ms[key] = now_ms

    def return_(self, asked: Return, now_ms: int) -> None:
        """Somebody is about to report a return."""
        key = (asked.shop_id, asked.business_key)
        self.returns[key] = asked
        self.at_ms[key] = now_ms
