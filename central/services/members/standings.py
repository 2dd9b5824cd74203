"""Where members stand: facts, grades and segments of all of them, kept with tickets and traits, and each day.

Events say whose facts may have changed; a row says when its day ends. Both lead to the same working out, from
the state of the store at that moment, so that it does not matter which came first, how often, or how late.
What tells a birthday or of somebody's health is in no open column: such segments are kept sealed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.member_keys import MemberKeys
from central.services.core.sealed_people import Person, open_person, seal_person
from central.services.group.groups import GroupsService
from central.services.members.facts import begin_ms, known_of, midnight_ms
from central.storage.base import GuardFailed
from central.storage.interface.facts import WORKED_OUT, TraitChange, TraitRow
from central.storage.interface.rows import MemberRow
from central.storage.interface.standings import (
    FactValue,
    Standing,
    StandingAsked,
    StandingRow,
    StandingsChange,
    StandingsRead,
    Windows,
)
from loyalty.limits.members import (
    MEMBER_HISTORY_MAX,
    MEMBER_SEGMENTS_MAX,
    STANDINGS_BATCH,
    STANDINGS_NEWS,
    STANDINGS_REST,
    STANDINGS_REST_MAX_S,
)
from loyalty.programme.grades import Grade, GradeFacts, GradePolicy, Needed, grade_of
from loyalty.programme.health_classes import classes_of
from loyalty.programme.member_facts import DERIVED, derive_facts
from loyalty.programme.programme import Programme
from loyalty.programme.segments import SEALED_FACTS
from loyalty.programme.tiers import Bought, TierPolicy, TierStanding, tier_of
from loyalty.programme.traits import TraitKind
from loyalty.rules.evaluate import Facts
from loyalty.rules.facts import MEMBER_PREFIX
from loyalty.rules.language import Value
from loyalty.rules.sql import set_text

CONSUMER: Final = "standings"
HEALTH: Final = "health"
_QUARTER_MONTHS: Final = 3
_YEAR_MONTHS: Final = 12


class SealedSegment(msgspec.Struct, frozen=True, array_like=True):
    """A membership that is not told in the open."""

    segment: str
    from_ms: int
    to_ms: int | None


class SealedStanding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept under the member's key beside the open facts."""

    segments: tuple[SealedSegment, ...] = ()
    classes: tuple[SealedSegment, ...] | None = None
    """Automatic classes of health with their history; None: not known, above all without consent."""

    @property
    def classes_now(self) -> frozenset[str] | None:
        """The classes that hold."""
        if self.classes is None:
            return None
        return frozenset(each.segment for each in self.classes if each.to_ms is None)


NOTHING_SEALED: Final = SealedStanding()


@dataclass(frozen=True, slots=True)
class MemberTier:
    """What makes a member's tier on a day; `by_purchases` None: the programme works none out."""

    day: date
    by_hand: TraitRow | None
    by_purchases: TierStanding | None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day in a zone: which it is, when it ends, and where the windows of its facts begin."""

    zone: tzinfo
    day: date
    ends_ms: int
    windows: Windows


class StandingsService:
    """Works out where members stand. Every verb may be repeated, interrupted, and run by two at once."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._keys = MemberKeys(context)

    async def keep(self, group_id: str, *, gently: bool = False) -> int:
        """Work out whom events tell of and whose day is over, until nothing is left; how many rows.

        `gently` leaves most of the time to those who wait for an answer.
        """
        # Catching up comes last: it also passes the events that were told by working out.
        refreshed = await self.refresh(group_id, gently=gently)
        return refreshed + await self.catch_up(group_id, gently=gently)

    async def catch_up(self, group_id: str, *, gently: bool = False) -> int:
        """Work out anew whom events tell of since the last time, each once however many tell of it."""
        written = 0
        while True:
            news = await self._store.read_member_news(group_id, CONSUMER, STANDINGS_NEWS)
            if news.seq == news.before_seq:
                return written
            for at in range(0, len(news.member_ids), STANDINGS_BATCH):
                async with _resting(gently):
                    put = await self._work_out(group_id, news.member_ids[at : at + STANDINGS_BATCH])
                written += len(put)
            await self._store.move_consumer(group_id, CONSUMER, news.before_seq, news.seq)

    async def refresh(self, group_id: str, *, gently: bool = False) -> int:
        """Work out anew whose local day is over, and all after a new version of the programme."""
        written = 0
        while True:
            group = await self._groups.get(group_id)
            member_ids = await self._store.list_stale_members(
                group_id, self._clock(), group.row.ruleset_version, STANDINGS_BATCH
            )
            async with _resting(gently):
                put = await self._work_out(group_id, member_ids) if member_ids else ()
            written += len(put)
            if not put:  # none left, or another process has newer ones
                return written

    async def is_up_to_date(self, group_id: str) -> bool:
        """Whether nothing waits to be worked out."""
        news = await self._store.read_member_news(group_id, CONSUMER, 1)
        version = (await self._groups.get(group_id)).row.ruleset_version
        stale = await self._store.list_stale_members(group_id, self._clock(), version, 1)
        return news.seq == news.before_seq and not stale

    async def tier_of(self, group_id: str, member_id: str) -> MemberTier:
        """A member's tier now, by hand and by purchases, from the tickets as they stand."""
        group = await self._groups.get(group_id)
        now_ms = self._clock()
        days = await self._days(group, now_ms)
        row = (await self._read(group_id, (member_id,), days, now_ms)).rows[0]
        day = days.get(row.member.home_shop_id) or days[None]
        return MemberTier(
            day.day, held_tier(row.facts.traits, day.day), _tier(group.programme.tiers, row, day)
        )

    async def _read(
        self, group_id: str, member_ids: Sequence[str], days: Mapping[str | None, _Day], at_ms: int
    ) -> StandingsRead:
        return await self._store.read_standings(
            StandingAsked(
                group_id=group_id,
                member_ids=tuple(member_ids),
                at_ms=at_ms,
                windows={shop_id: day.windows for shop_id, day in days.items()},
            )
        )

    async def _work_out(self, group_id: str, member_ids: Sequence[str]) -> Sequence[str]:
        group = await self._groups.get(group_id)
        now_ms = self._clock()
        days = await self._days(group, now_ms)
        read = await self._read(group_id, member_ids, days, now_ms)
        for row in read.rows:
            await self._forget_overdue(row, days.get(row.member.home_shop_id) or days[None], now_ms)
        change = StandingsChange(
            group_id=group_id,
            now_ms=now_ms,
            actor=WORKED_OUT,
            seen_seq=read.seq,
            ruleset_version=group.row.ruleset_version,
            standings=tuple(
                [
                    self._standing(
                        group,
                        row,
                        days.get(row.member.home_shop_id) or days[None],
                        now_ms,
                        await self._classes(row),
                    )
                    for row in read.rows
                ]
            ),
        )
        return await self._store.put_standings(change)

    async def _forget_overdue(self, row: StandingRow, day: _Day, now_ms: int) -> None:
        """Take fields whose retention is over out of the sealed record (R-08)."""
        member = row.member
        person = open_person(self._vault, member)
        kept = {name: each for name, each in person.fields.items() if each.until >= day.day.isoformat()}
        if len(kept) == len(person.fields) or member.key_wrapped is None:
            return
        key = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        rest = msgspec.structs.replace(person, fields=kept)
        change = TraitChange(
            group_id=member.group_id,
            member_id=member.member_id,
            now_ms=now_ms,
            actor=WORKED_OUT,
            alone={},
            segments_max=MEMBER_SEGMENTS_MAX,
            person_sealed=seal_person(self._vault, member.group_id, member.member_id, key, rest),
            person_before=member.person_sealed,
        )
        with contextlib.suppress(GuardFailed):  # changed in between: the next day tries again
            await self._store.put_traits(change)

    async def _days(self, group: Group, now_ms: int) -> Mapping[str | None, _Day]:
        """The local day of each home shop; of UTC for those who have none."""
        programme = group.programme
        by_zone = {"": _day(UTC, now_ms, programme)}
        days: dict[str | None, _Day] = {None: by_zone[""]}
        for shop in await self._store.list_shops(group.row.group_id):
            if shop.time_zone not in by_zone:
                zone = await self._zones.get(shop.time_zone)
                by_zone[shop.time_zone] = _day(zone, now_ms, programme)
            days[shop.shop_id] = by_zone[shop.time_zone]
        return days

    async def _classes(self, row: StandingRow) -> frozenset[str] | None:
        """Classes by what the member bought and kept in twelve months; None without consent to that."""
        member = row.member
        if not row.consents.get(HEALTH) or member.key_wrapped is None:
            return None
        keys: dict[str | None, bytes] = {}
        keys[None] = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        for former in {sold_to for _, sold_to in row.sales if sold_to is not None}:
            keys[former] = await self._keys.open(member.group_id, former)
        line_keys = [self._vault.line_key(keys[sold_to], sale_id) for sale_id, sold_to in row.sales]
        tickets = await self._store.list_lines_of(member.group_id, line_keys)
        kept = {
            line.article_id
            for lines in tickets.values()
            for line in lines
            if line.article_id is not None and line.quantity > line.returned_quantity
        }
        return classes_of((await self._store.find_atc(member.group_id, sorted(kept))).values())

    def _standing(
        self, group: Group, row: StandingRow, day: _Day, now_ms: int, classes: frozenset[str] | None
    ) -> Standing:
        member = row.member
        person = open_person(self._vault, member)
        known = known_of(member, person, row.facts, day.zone, day=day.day)
        grade = _grade(group.programme.grades, row, person, day)
        worked_out = _tier(group.programme.tiers, row, day)
        tier = None if worked_out is None else worked_out.tier
        held = held_tier(row.facts.traits, day.day)
        known = replace(
            known, grade=grade or known.grade, tier=tier if held is None else held.value, classes=classes
        )
        values = derive_facts(known, frozenset(DERIVED), day.day)
        values["member.visits"] = row.facts.tickets - row.facts.returned  # no ticket is in hand here
        head = {**values, "member.is_known": True}
        defined = group.programme.defined_segments
        met = {name for name, each in defined.items() if each.is_met(Facts(head)) is True}
        hidden = {name for name in met if defined[name].is_sealed}
        before = self.open_sealed(member, row.sealed)
        history = before.segments
        if classes is None:  # what told of health goes with the consent, its history too
            history = tuple(
                each for each in history if each.segment in defined and not defined[each.segment].is_health
            )
        after = SealedStanding(
            _moved(history, hidden, now_ms),
            None if classes is None else _moved(before.classes or (), set(classes), now_ms),
        )
        return Standing(
            member_id=member.member_id,
            stale_ms=day.ends_ms,
            as_of_day=day.day.isoformat(),
            facts=open_columns(values),
            grade=grade,
            tier=tier,
            segments=frozenset(met - hidden),
            sealed=self._seal(member, after, before, row.sealed),
        )

    def open_sealed(self, member: MemberRow, sealed: bytes | None) -> SealedStanding:
        """What is kept sealed of a member's standing."""
        if sealed is None or member.key_wrapped is None:
            return NOTHING_SEALED
        key = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        plain = self._vault.open_standing(member.group_id, member.member_id, key, sealed)
        return msgspec.json.decode(plain, type=SealedStanding)

    def _seal(
        self, member: MemberRow, after: SealedStanding, before: SealedStanding, sealed: bytes | None
    ) -> bytes | None:
        if after == before:
            return sealed
        assert member.key_wrapped is not None, "an erased member is not read"
        key = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        plain = msgspec.json.encode(after)
        return self._vault.seal_standing(member.group_id, member.member_id, key, plain)


@contextlib.asynccontextmanager
async def _resting(gently: bool) -> AsyncIterator[None]:
    """Rest after what is done inside, the longer the busier the machine made it."""
    begun_s = asyncio.get_running_loop().time()
    yield
    if gently:
        took_s = asyncio.get_running_loop().time() - begun_s
        await asyncio.sleep(min(took_s * STANDINGS_REST, STANDINGS_REST_MAX_S))


def open_columns(values: Mapping[str, Value | None]) -> dict[str, FactValue]:
    """Facts as the table keeps them in the open: sets as texts, truths as 0 and 1."""
    columns: dict[str, FactValue] = {}
    for name, value in values.items():
        if name in SEALED_FACTS:
            continue
        plain = set_text(value) if isinstance(value, frozenset) else value
        columns[name.removeprefix(MEMBER_PREFIX)] = int(plain) if isinstance(plain, bool) else plain
    return columns


def held_tier(traits: Sequence[TraitRow], day: date) -> TraitRow | None:
    """The tier that was given by hand and holds on a day."""
    return next(
        (each for each in traits if each.kind == TraitKind.TIER and each.holds_by_hand(day.isoformat())), None
    )


def _tier(policy: TierPolicy | None, row: StandingRow, day: _Day) -> TierStanding | None:
    """The tier by a member's tickets, on the local day of the home shop."""
    if policy is None:
        return None
    kept = [
        Bought(local_day(each.occurred_ms, day.zone), each.spent_minor, each.points, each.visits)
        for each in row.bought
    ]
    return tier_of(policy, kept, day.day)


def _day(zone: tzinfo, now_ms: int, programme: Programme) -> _Day:
    day = local_day(now_ms, zone)
    grades, tiers = programme.grades, programme.tiers
    recent_months = _QUARTER_MONTHS if grades is None else grades.recent_months
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    windows = Windows(
        quarter_ms=begin_ms(day, _QUARTER_MONTHS, zone),
        year_ms=begin_ms(day, _YEAR_MONTHS, zone),
        recent_ms=begin_ms(day, recent_months, zone),
        tier_ms=None if tiers is None else midnight_ms(tiers.reads_from(day), zone),
    )
    return _Day(zone, day, int(end.timestamp()) * 1000, windows)


def _grade(policy: GradePolicy | None, row: StandingRow, person: Person, day: _Day) -> Grade | None:
    if policy is None:
        return None
    known = {
        Needed.FAMILY_NAME: person.family_name,
        Needed.CONTACT: person.email or person.phone,
        Needed.BIRTH_DATE: person.birth_date,
    }
    last_ms, failed_ms = row.facts.last_ms, row.failed_call_ms
    return grade_of(
        policy,
        GradeFacts(
            enrolled_on=local_day(row.member.enrolled_ms, day.zone),
            visits_recent=row.visits_recent,
            spent_recent_minor=row.spent_recent_minor,
            last_on=None if last_ms is None else local_day(last_ms, day.zone),
            known=frozenset(name for name, value in known.items() if value),
            is_call_back_failed=failed_ms is not None and (last_ms is None or failed_ms > last_ms),
        ),
        day.day,
    )


def _moved(history: tuple[SealedSegment, ...], met: set[str], now_ms: int) -> tuple[SealedSegment, ...]:
    """The history with who entered and left; the oldest ended ones go when it is too long."""
    kept = [
        each
        if each.to_ms is not None or each.segment in met
        else SealedSegment(each.segment, each.from_ms, max(now_ms, each.from_ms))
        for each in history
    ]
    here = {each.segment for each in kept if each.to_ms is None}
    kept += [SealedSegment(name, now_ms, None) for name in sorted(met - here)]
    return tuple(kept[-MEMBER_HISTORY_MAX:])
