"""The storage interface for where members stand: facts of all of them, segments, consents, call-backs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from central.storage.interface.common import Change
from central.storage.interface.facts import FactsRow
from central.storage.interface.rows import MemberRow, ReadLogRow
from loyalty.rules.sql import SqlText

FactValue = int | str | None


INSURED_CARD: Final = "insured_card"
"""The purpose whose withdrawal forgets what it was given for, in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Where the last three months, the last twelve, and those of the grades begin, by a home shop's days.

    `tier_ms`: from when on tickets bear on tiers; None: no tier is worked out.
    """

    quarter_ms: int
    year_ms: int
    recent_ms: int
    tier_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAsked:
    """Members whose facts are to be worked out as of `at_ms`; windows by home shop, None: of no shop."""

    group_id: str
    member_ids: tuple[str, ...]
    at_ms: int
    windows: Mapping[str | None, Windows]


@dataclass(frozen=True, slots=True)
class BoughtRow:
    """A ticket less what came back of it; `visits` 0: all of it came back."""

    occurred_ms: int
    spent_minor: int
    points: int
    visits: int


@dataclass(frozen=True, slots=True)
class TierMemberRow:
    """A member in a tier since a moment. `actor`: who gave it; `until_day`: see `TraitRow`."""

    member_id: str
    from_ms: int
    actor: str
    until_day: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """What a member's facts are worked out from. `consents`: the latest word on each purpose."""

    member: MemberRow
    facts: FactsRow
    visits_recent: int
    spent_recent_minor: int
    consents: Mapping[str, bool]
    failed_call_ms: int | None
    """When the last call-back reached nobody; None: the last one did, or there was none."""
    sealed: bytes | None
    """What was kept sealed with the facts before."""
    sales: tuple[tuple[str, str | None], ...] = ()
    """Tickets of the last twelve months with whose key leads to them where it is not the member's own
    (`SaleRow.sold_to`), of those alone who agreed to `health`."""
    bought: tuple[BoughtRow, ...] = ()
    """Tickets since `Windows.tier_ms`, the latest first."""


@dataclass(frozen=True, slots=True)
class StandingsRead:
    """Rows of one snapshot, which knows the group's events up to `seq`. Erased members are left out."""

    seq: int
    rows: tuple[StandingRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A member's facts as they are kept. `facts`: by column, see `loyalty.rules.sql`; those that are sealed
    are not among them. `grade`: as it was worked out, None where grades are given by hand. `segments`: the
    segments of rules that the member is in and that may be told in the open. `tier`: as it was worked out,
    None: no tier; it does not touch one that was given by hand and still holds.
    """

    member_id: str
    stale_ms: int
    as_of_day: str
    facts: Mapping[str, FactValue]
    grade: str | None
    tier: str | None = None
    segments: frozenset[str]
    sealed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingsChange:
    """Standings worked out from the snapshot `seen_seq` under one version of the programme."""

    group_id: str
    now_ms: int
    actor: str
    seen_seq: int
    ruleset_version: int
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member whom the open facts do not rule out, with what the rest is opened from."""

    member: MemberRow
    as_of_day: str
    facts: Mapping[str, FactValue]
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A member in a segment from a moment to a moment; `to_ms` None: still."""

    segment: str
    member_id: str
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One word of a member on one purpose. `text_version`: of the words that were put to them, where they
    read them on a screen; `shop_id`: where that was.
    """

    purpose: str
    is_given: bool
    at_ms: int
    actor: str
    text_version: str = ""
    shop_id: str | None = None


@dataclass(frozen=True, slots=True)
class MemberNews:
    """Members of whom events after the consumer's position tell, up to and with event `seq`."""

    before_seq: int
    seq: int
    member_ids: tuple[str, ...]


class StandingStore(Protocol):
    """Verbs for where members stand; same promises as `Store`."""

    async def read_member_news(self, group_id: str, consumer: str, limit: int) -> MemberNews:
        """Whose facts may have changed since the consumer looked last; reads `limit` events at most."""
        ...

    async def move_consumer(self, group_id: str, consumer: str, before_seq: int, seq: int) -> bool:
        """Remember how far a consumer is; False: another process was faster."""
        ...

    async def list_stale_members(
        self, group_id: str, now_ms: int, ruleset_version: int, limit: int
    ) -> Sequence[str]:
        """Members whose day is over, or whose facts are of an earlier programme."""
        ...

    async def read_standings(self, asked: StandingAsked) -> StandingsRead: ...
    async def put_standings(self, change: StandingsChange) -> Sequence[str]:
        """Keep facts, grades and memberships, each member's wholly; the ids of those whose row is written.

        What was worked out from an older snapshot than what is kept is left out. A grade or a membership
        that stays as it was keeps its beginning.
        """
        ...

    async def count_members(self, group_id: str, condition: SqlText) -> int:
        """How many members meet a condition over open facts."""
        ...

    async def list_members_who(
        self, group_id: str, condition: SqlText, after: str, limit: int
    ) -> Sequence[str]:
        """Ids of members who meet a condition over open facts, in order, after `after`."""
        ...

    async def list_candidates(
        self, group_id: str, condition: SqlText, after: str, limit: int
    ) -> Sequence[Candidate]:
        """Members for whom a condition is true or unknown, in order, after `after`."""
        ...

    async def find_candidate(self, group_id: str, member_id: str) -> Candidate | None:
        """One member's facts as they are kept."""
        ...

    async def explain_condition(self, group_id: str, condition: SqlText) -> Sequence[str]:
        """How the engine would count the members who meet a condition: its plan, line by line."""
        ...

    async def count_tier_members(self, group_id: str, tier_names: Sequence[str]) -> Mapping[str, int]:
        """How many are in each of these tiers now."""
        ...

    async def list_tier_members(
        self, group_id: str, tier: str, after: str, limit: int
    ) -> Sequence[TierMemberRow]:
        """Who is in a tier now, in order of the ids, after `after`."""
        ...

    async def count_segment_members(self, group_id: str, segments: Sequence[str]) -> Mapping[str, int]:
        """How many are in each of these segments now, as it is kept."""
        ...

    async def list_segment_members(
        self, group_id: str, segment: str, after: str, limit: int
    ) -> Sequence[MembershipRow]:
        """Who is in a segment now, as it is kept, in order of the ids, after `after`."""
        ...

    async def list_memberships(self, group_id: str, member_id: str, limit: int) -> Sequence[MembershipRow]:
        """A member's segments with their history, the latest first."""
        ...

    async def put_consent(self, group_id: str, member_id: str, row: ConsentRow) -> Change:
        """Note what a member says about a purpose; the same word again changes nothing."""
        ...

    async def list_consents(self, group_id: str, member_id: str, limit: int) -> Sequence[ConsentRow]:
        """What a member said, the latest first."""
        ...

    async def put_call_back(
        self, group_id: str, member_id: str, call_back_id: str, *, at_ms: int, is_reached: bool, actor: str
    ) -> Change:
        """Note an attempt to reach a member; the same id again changes nothing.

        Raises: IdempotencyConflict: the id stands for another outcome.
        """
        ...

    async def log_reads(
        self, group_id: str, rows: Sequence[ReadLogRow], *, segment: str, actor: str, at_ms: int
    ) -> None:
        """Log who looked at what tells of health: for each member who was named, and as an event."""
        ...
