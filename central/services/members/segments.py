"""Segments over all members (J-07, J-21): counted, paged, explained; who may see what, and what is logged.

Open facts are asked by SQL. Where birthdays or health decide, SQL leaves those out whom the open facts rule
out, and the seals of the others are opened here: a fact that is learnt never flips an answer. What tells of
health needs `health.read`, each member named is logged for them, and a count is told without that permission
only of segments of the published programme, from HEALTH_COUNT_MIN members on.
"""

from collections.abc import Sequence
from datetime import UTC, date
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.sealed_people import MemberMerged, MemberNotFound, open_person
from central.services.group.groups import GroupsService
from central.services.members.facts import known_of
from central.services.members.standings import StandingsService
from central.services.members.traits import TraitsService
from central.storage.interface.facts import FactsRow
from central.storage.interface.rows import ReadLogRow
from central.storage.interface.standings import Candidate
from loyalty.limits.members import HEALTH_COUNT_MIN, MEMBER_HISTORY_MAX, SEGMENT_SCAN_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.member_facts import PERSON_FACTS, derive_facts
from loyalty.programme.segments import (
    HEALTH_FACTS,
    MemberCondition,
    SegmentByRule,
    in_segment,
    parse_member_condition,
)
from loyalty.rules.evaluate import Facts
from loyalty.rules.facts import FACTS, MEMBER_PREFIX, Kind
from loyalty.rules.language import Value
from loyalty.rules.validate import SET_SEPARATOR
from wire import api_segments, api_traits

_ASKED: Final = "a condition"


class SegmentsService:
    """Finds members by conditions."""

    def __init__(
        self, context: Context, groups: GroupsService, standings: StandingsService, traits: TraitsService
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._standings = standings
        self._traits = traits

    async def list_segments(self, actor: Actor) -> api_segments.SegmentListView:
        """The segments of the programme, with how many are in them where that is kept."""
        access.require(actor, access.MEMBERS_READ)
        programme = (await self._groups.get(actor.group_id)).programme
        defined = programme.defined_segments
        counts = await self._store.count_segment_members(actor.group_id, list(defined))
        views = [
            api_segments.SegmentView(
                segment=name,
                by="rule",
                is_sealed=each.is_sealed,
                is_health=each.is_health,
                members=None if each.is_sealed else counts[name],
            )
            for name, each in defined.items()
        ]
        for name in sorted(programme.segments):
            condition = in_segment(name, programme.rules, programme.segments)
            views.append(
                api_segments.SegmentView(
                    segment=name,
                    by="hand",
                    is_sealed=False,
                    is_health=False,
                    members=await self._store.count_members(actor.group_id, condition.sql),
                )
            )
        return api_segments.SegmentListView(
            segments=views, is_up_to_date=await self._standings.is_up_to_date(actor.group_id)
        )

    async def count(self, actor: Actor, segment: str) -> api_segments.SegmentCountView:
        """How many are in a segment of the programme. Raises: SegmentUnknown."""
        access.require(actor, access.MEMBERS_READ)
        condition = await self._of_segment(actor, segment)
        members: int | None = await self._count(actor.group_id, condition)
        if condition.is_health:
            await self._log(actor, [], segment)
            if not actor.may(access.HEALTH_READ) and (members or 0) < HEALTH_COUNT_MIN:
                members = None
        return api_segments.SegmentCountView(
            segment=segment,
            members=members,
            is_up_to_date=await self._standings.is_up_to_date(actor.group_id),
        )

    async def members(
        self, actor: Actor, segment: str, *, after: str = "", limit: int = PAGE_ROWS_MAX
    ) -> api_segments.SegmentPageView:
        """A page of who is in a segment. Raises: SegmentUnknown."""
        access.require(actor, access.MEMBERS_READ)
        condition = await self._of_segment(actor, segment)
        found, following = await self._page(actor, condition, segment, after=after, limit=limit)
        return api_segments.SegmentPageView(
            members=found,
            next=following,
            is_up_to_date=await self._standings.is_up_to_date(actor.group_id),
        )

    async def ask(self, actor: Actor, body: api_segments.AskBody) -> api_segments.AskedView:
        """Who meets a condition. Raises: ProgrammeInvalid and its kin, NotAboutMembers."""
        access.require(actor, access.MEMBERS_READ)
        programme = (await self._groups.get(actor.group_id)).programme
        condition = parse_member_condition(body.when, programme.rules, programme.segments)
        found, following = await self._page(actor, condition, _ASKED, after=body.after, limit=body.limit)
        is_first_open = not body.after and not condition.is_sealed
        return api_segments.AskedView(
            count=await self._count(actor.group_id, condition) if is_first_open else None,
            members=found,
            next=following,
            is_sealed=condition.is_sealed,
            is_up_to_date=await self._standings.is_up_to_date(actor.group_id),
        )

    async def explain(
        self, actor: Actor, segment: str, member_id: str | None = None
    ) -> api_segments.ExplanationView:
        """How a segment is found, and why a member is in it or not.

        Raises: SegmentUnknown, MemberNotFound.
        """
        access.require(actor, access.MEMBERS_READ)
        condition = await self._of_segment(actor, segment)
        facts: list[api_segments.FactView] = []
        is_member = None
        if member_id is not None:
            self._require_health(actor, condition)
            candidate = await self._store.find_candidate(actor.group_id, member_id)
            if candidate is None or candidate.member.key_wrapped is None:
                raise MemberNotFound(member_id=member_id)
            head = self.facts_of(candidate, condition.reads)
            is_member = condition.is_met(Facts(head))
            facts = [_fact_view(name, head.get(name)) for name in sorted(condition.reads)]
            if condition.is_health:
                await self._log(actor, [member_id], segment)
        sql = condition.sql
        return api_segments.ExplanationView(
            segment=segment,
            reads=sorted(condition.reads),
            is_sealed=condition.is_sealed,
            sql=sql.text,
            values=dict(sql.params),
            plan=list(await self._store.explain_condition(actor.group_id, sql)),
            facts=facts,
            is_member=is_member,
        )

    async def history(self, actor: Actor, member_id: str) -> api_segments.MembershipListView:
        """A member's segments by rule, and grades, from when to when.

        What tells of health is left out without `health.read`, and logged with it. Raises: MemberNotFound.
        """
        access.require(actor, access.MEMBERS_READ)
        traits = await self._traits.get(actor, member_id)
        programme = (await self._groups.get(actor.group_id)).programme
        defined = programme.defined_segments
        rows = await self._store.list_memberships(actor.group_id, member_id, MEMBER_HISTORY_MAX)
        views = [
            api_segments.MembershipView(segment=row.segment, from_ms=row.from_ms, to_ms=row.to_ms)
            for row in rows
        ]
        candidate = await self._store.find_candidate(actor.group_id, member_id)
        is_told = False
        if candidate is not None:
            for each in self._standings.open_sealed(candidate.member, candidate.sealed).segments:
                # A rule that is gone may have told of health: who may not read that does not learn it now.
                is_open = each.segment in defined and not defined[each.segment].is_health
                if is_open or actor.may(access.HEALTH_READ):
                    is_told |= not is_open
                    views.append(
                        api_segments.MembershipView(
                            segment=each.segment, from_ms=each.from_ms, to_ms=each.to_ms
                        )
                    )
        if is_told:
            await self._log(actor, [member_id], "history")
        return api_segments.MembershipListView(
            member_id=member_id,
            segments=sorted(views, key=lambda view: (-view.from_ms, view.segment)),
            grades=[
                api_segments.MembershipView(segment=each.value, from_ms=each.from_ms, to_ms=each.to_ms)
                for each in traits.history
                if each.kind == "grade"
            ],
        )

    async def move(
        self, actor: Actor, segment: str, body: api_segments.SegmentMembersBody
    ) -> api_segments.SegmentMovedView:
        """Put members into a segment that is filled by hand, or take them out of it (J-07).

        Raises: SegmentUnknown, SegmentByRule, TraitInvalid.
        """
        access.require(actor, access.MEMBERS_WRITE)
        programme = (await self._groups.get(actor.group_id)).programme
        in_segment(segment, programme.rules, programme.segments)
        if segment not in programme.segments:
            raise SegmentByRule(segment=segment)
        moved = {True: 0, False: 0}
        unchanged, unknown = 0, list[str]()
        for is_join, member_ids in ((True, body.join), (False, body.leave)):
            for member_id in dict.fromkeys(member_ids):
                try:
                    held = segment in (await self._traits.get(actor, member_id)).segments
                    if held is is_join:
                        unchanged += 1
                        continue
                    change = api_traits.TraitsBody(
                        join_segments=[segment] if is_join else [],
                        leave_segments=[] if is_join else [segment],
                    )
                    await self._traits.change(actor, member_id, change)
                except (MemberNotFound, MemberMerged):
                    unknown.append(member_id)
                    continue
                moved[is_join] += 1
        return api_segments.SegmentMovedView(
            joined=moved[True], left=moved[False], unchanged=unchanged, unknown=unknown
        )

    def facts_of(self, candidate: Candidate, needed: frozenset[str]) -> dict[str, Value | None]:
        """The facts of a member as they are kept, and those among `needed` that are opened for it."""
        head: dict[str, Value | None] = {"member.is_known": True}
        for column, value in candidate.facts.items():
            name = f"{MEMBER_PREFIX}{column}"
            head[name] = _value(FACTS[name].kind, value)
        if needed & HEALTH_FACTS:
            sealed = self._standings.open_sealed(candidate.member, candidate.sealed)
            head["member.classes"] = sealed.classes_now
        if needed & PERSON_FACTS:
            person = open_person(self._vault, candidate.member)
            day = date.fromisoformat(candidate.as_of_day)
            known = known_of(candidate.member, person, FactsRow(), UTC, day=day)
            head |= derive_facts(known, needed & PERSON_FACTS, day)
        return head

    async def _of_segment(self, actor: Actor, segment: str) -> MemberCondition:
        group: Group = await self._groups.get(actor.group_id)
        return in_segment(segment, group.programme.rules, group.programme.segments)

    async def _count(self, group_id: str, condition: MemberCondition) -> int:
        if not condition.is_sealed:
            return await self._store.count_members(group_id, condition.sql)
        count, after = 0, ""
        while candidates := await self._candidates(group_id, condition, after):
            count += len(self._met(condition, candidates))
            after = candidates[-1].member.member_id
        return count

    async def _page(
        self, actor: Actor, condition: MemberCondition, what: str, *, after: str, limit: int
    ) -> tuple[list[str], str | None]:
        """Ids of a page, and after which the next one begins."""
        self._require_health(actor, condition)
        size = min(limit, PAGE_ROWS_MAX)
        if not condition.is_sealed:
            ids = await self._store.list_members_who(actor.group_id, condition.sql, after, size + 1)
            return list(ids[:size]), ids[size - 1] if len(ids) > size else None
        found: list[str] = []
        opened = 0
        following: str | None = None
        while candidates := await self._candidates(actor.group_id, condition, after):
            after = candidates[-1].member.member_id
            found += self._met(condition, candidates)
            opened += len(candidates)
            if len(found) > size:
                found, following = found[:size], found[size - 1]
                break
            if opened >= SEGMENT_SCAN_MAX:
                following = after
                break
        if condition.is_health and found:
            await self._log(actor, found, what)
        return found, following

    async def _candidates(self, group_id: str, condition: MemberCondition, after: str) -> Sequence[Candidate]:
        return await self._store.list_candidates(group_id, condition.sql, after, PAGE_ROWS_MAX)

    def _met(self, condition: MemberCondition, candidates: Sequence[Candidate]) -> list[str]:
        reads = condition.reads
        return [
            each.member.member_id
            for each in candidates
            if each.member.key_wrapped is not None
            and condition.is_met(Facts(self.facts_of(each, reads))) is True
        ]

    def _require_health(self, actor: Actor, condition: MemberCondition) -> None:
        if condition.is_health:
            access.require(actor, access.HEALTH_READ)

    async def _log(self, actor: Actor, member_ids: Sequence[str], segment: str) -> None:
        """Note who looked at health: for each member who was named, and as an event in any case."""
        now_ms = self._clock()
        purpose = f"segment: {segment}"
        rows = [
            ReadLogRow(at_ms=now_ms, member_id=each, actor=actor.token_id, purpose=purpose)
            for each in member_ids
        ]
        await self._store.log_reads(actor.group_id, rows, segment=segment, actor=actor.token_id, at_ms=now_ms)


def _value(kind: Kind, value: int | str | None) -> Value | None:
    """A fact out of its column."""
    if value is None:
        return None
    if kind is Kind.TEXTS:
        assert isinstance(value, str), "sets are kept as texts"
        return frozenset(text for text in value.split(SET_SEPARATOR) if text)
    return bool(value) if kind is Kind.BOOL else value


def _fact_view(name: str, value: Value | None) -> api_segments.FactView:
    return api_segments.FactView(fact=name, value=sorted(value) if isinstance(value, frozenset) else value)
