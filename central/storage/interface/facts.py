"""The storage interface for what rules may read of a member: dated traits, counted purchases, the balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from central.storage.interface.common import Change

WORKED_OUT: Final = "standings"
"""Who gives a trait that central works out."""


@dataclass(frozen=True, slots=True)
class TraitRow:
    """A trait; `kind` as in `loyalty.programme.traits.TraitKind`. `to_ms` None: it still holds.

    `until_day`: the last day of a tier that was given by hand; None: until it is taken away.
    """

    kind: str
    value: str
    from_ms: int
    to_ms: int | None
    actor: str
    until_day: str | None = None

    def holds_by_hand(self, day: str) -> bool:
        """Whether it was given by hand and holds on a day: nothing that is worked out goes before it."""
        return self.actor != WORKED_OUT and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitChange:
    """What becomes of a member's traits from `now_ms` on.

    `alone`: the tier, grade or sponsor by kind, None: it ends. `join`, `leave`: segments. `person_sealed`
    replaces `person_before`, a guard: somebody else changed the sealed record in between. `tier_until`: the
    last day of the tier given here, before those that are worked out; None: until it is taken away.
    """

    group_id: str
    member_id: str
    now_ms: int
    actor: str
    alone: Mapping[str, str | None]
    tier_until: str | None = None
    join: frozenset[str] = frozenset()
    leave: frozenset[str] = frozenset()
    segments_max: int
    person_sealed: bytes | None = None
    person_before: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsAsked:
    """Which facts are asked for, as of `at_ms`; a None or False is not looked up."""

    at_ms: int
    quarter_ms: int | None = None
    year_ms: int | None = None
    """Where the last three and the last twelve months begin."""
    counts: bool = False
    last: bool = False
    points: bool = False
    traits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRow:
    """The facts of one snapshot; what was not asked for is 0 or empty.

    `tickets`, `returned` and `points` stand as the store knows them now, everything else as of the moment
    asked for. With `tickets` a sale says what it was decided on (`SaleRecord.tickets_before`).
    """

    tickets: int = 0
    returned: int = 0
    visits_3_months: int = 0
    spent_3_months_minor: int = 0
    spent_12_months_minor: int = 0
    last_ms: int | None = None
    points: int = 0
    traits: tuple[TraitRow, ...] = ()


class FactStore(Protocol):
    """Verbs for facts of members; same promises as `Store`."""

    async def read_facts(self, group_id: str, member_id: str, asked: FactsAsked) -> FactsRow:
        """What rules may read of a member, in one snapshot, each part by one range of one index.

        A ticket that came back whole is no visit; spent is less what came back, counted in the window of the
        ticket it came back from. A ticket of exactly `at_ms` counts.
        """
        ...

    async def put_traits(self, change: TraitChange) -> Change:
        """Change traits, or nothing: what already is so stays as it is, with its beginning.

        No two of these verbs on one group may see each other half done: rings are looked for before writing.
        Raises: GuardFailed: the sponsor would be the member itself or one whom the member brought, directly
            or by way of others; too many segments; the sealed record is not `person_before` any more.
        """
        ...

    async def list_traits(self, group_id: str, member_id: str, limit: int) -> Sequence[TraitRow]:
        """A member's traits with their history, the latest first."""
        ...
