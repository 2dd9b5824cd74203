"""Traits of members: tier, grade, sponsor, segments, birthdays of the family (P-17); what rules look at."""

from dataclasses import dataclass, replace
from datetime import UTC

import msgspec
from msgspec import UNSET

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import Person, open_person, require_there, seal_person
from central.services.group.groups import GroupsService
from central.storage.base import GuardFailed
from central.storage.interface.facts import WORKED_OUT, FactsAsked, TraitChange, TraitRow
from central.storage.interface.rows import MemberRow
from loyalty.limits.members import MEMBER_SEGMENTS_MAX, SPONSOR_CHAIN_MAX, TRAITS_SHOWN_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.tiers import require_tier
from loyalty.programme.traits import (
    GradeIsWorkedOut,
    SponsorRefused,
    TraitKind,
    check_segments,
    check_text,
    check_tier_until,
    parse_family,
)
from wire import api_traits


@dataclass(frozen=True, slots=True)
class _Held:
    """A member's traits as they stand."""

    alone: dict[str, str]
    tier_until: str | None
    segments: frozenset[str]


class TraitsService:
    """Reads and changes traits."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._groups = groups
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock

    async def get(self, actor: Actor, member_id: str) -> api_traits.TraitsView:
        """A member's traits with their history. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        return await self._view(await self._get_row(actor, member_id))

    async def change(
        self, actor: Actor, member_id: str, body: api_traits.TraitsBody
    ) -> api_traits.TraitsView:
        """Change what is given, all or nothing; the same again changes nothing.

        Raises: MemberNotFound, MemberMerged: also of the sponsor; TraitInvalid, SponsorRefused,
            GradeIsWorkedOut, TierUnknown, TryAgain.
        """
        access.require(actor, access.MEMBERS_WRITE)
        programme = (await self._groups.get(actor.group_id)).programme
        if body.grade is not UNSET and programme.grades is not None:
            raise GradeIsWorkedOut
        join = frozenset(check_text("join_segments", text) for text in body.join_segments)
        leave = frozenset(check_text("leave_segments", text) for text in body.leave_segments)
        alone = _alone(body)
        tier = alone.get(TraitKind.TIER)
        if tier is not None:
            require_tier(programme.tiers, tier)
        tier_until = check_tier_until(tier, body.tier_until, today=local_day(self._clock(), UTC))
        sponsor_id = alone.get(TraitKind.SPONSOR)
        if sponsor_id is not None:
            await self._require_sponsor(actor, member_id, sponsor_id)
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._get_row(actor, member_id)
            check_segments((await self._held(row)).segments, join, leave)
            change = TraitChange(
                group_id=actor.group_id,
                member_id=member_id,
                now_ms=self._clock(),
                actor=actor.token_id,
                alone=alone,
                tier_until=tier_until,
                join=join,
                leave=leave,
                segments_max=MEMBER_SEGMENTS_MAX,
            )
            try:
                await self._store.put_traits(self._with_person(change, row, body))
            except GuardFailed:
                if sponsor_id is not None and await self._is_ring(actor.group_id, member_id, sponsor_id):
                    raise SponsorRefused(sponsor_id=sponsor_id) from None
                continue
            return await self._view(await self._get_row(actor, member_id))
        raise TryAgain

    def _with_person(self, change: TraitChange, row: MemberRow, body: api_traits.TraitsBody) -> TraitChange:
        """The change with the sealed record anew, where a birthday of the family is another than before."""
        person = open_person(self._vault, row)
        changed = _family_of(body, person, change.now_ms)
        if changed == person:
            return change
        assert row.key_wrapped is not None, "an erased member is not found"
        key = self._vault.open_key(row.group_id, row.member_id, row.key_wrapped)
        sealed = seal_person(self._vault, row.group_id, row.member_id, key, changed)
        return replace(change, person_sealed=sealed, person_before=row.person_sealed)

    async def _require_sponsor(self, actor: Actor, member_id: str, sponsor_id: str) -> None:
        if sponsor_id == member_id:
            raise SponsorRefused(sponsor_id=sponsor_id)
        await self._get_row(actor, sponsor_id)

    async def _is_ring(self, group_id: str, member_id: str, sponsor_id: str) -> bool:
        """Whether the member stands above the sponsor: why the store refused."""
        above: str | None = sponsor_id
        for _ in range(SPONSOR_CHAIN_MAX):
            if above is None:
                return False
            if above == member_id:
                return True
            found = await self._store.read_facts(
                group_id, above, FactsAsked(at_ms=self._clock(), traits=True)
            )
            above = next((trait.value for trait in found.traits if trait.kind == TraitKind.SPONSOR), None)
        return True

    async def _get_row(self, actor: Actor, member_id: str) -> MemberRow:
        return require_there(await self._store.find_member(actor.group_id, member_id), member_id)

    async def _held(self, row: MemberRow) -> _Held:
        asked = FactsAsked(at_ms=self._clock(), traits=True)
        traits = (await self._store.read_facts(row.group_id, row.member_id, asked)).traits
        return _Held(
            {trait.kind: trait.value for trait in traits if trait.kind != TraitKind.SEGMENT},
            next((trait.until_day for trait in traits if trait.kind == TraitKind.TIER), None),
            frozenset(trait.value for trait in traits if trait.kind == TraitKind.SEGMENT),
        )

    async def _view(self, row: MemberRow) -> api_traits.TraitsView:
        held = await self._held(row)
        person = open_person(self._vault, row)
        history = await self._store.list_traits(row.group_id, row.member_id, TRAITS_SHOWN_MAX)
        return api_traits.TraitsView(
            member_id=row.member_id,
            tier=held.alone.get(TraitKind.TIER),
            tier_until=held.tier_until,
            grade=held.alone.get(TraitKind.GRADE),
            sponsor_id=held.alone.get(TraitKind.SPONSOR),
            segments=sorted(held.segments),
            spouse_birth_date=person.spouse_birth_date or None,
            child_birth_dates=list(person.child_birth_dates),
            history=[_trait_view(trait) for trait in history],
        )


def _alone(body: api_traits.TraitsBody) -> dict[str, str | None]:
    """The traits a member has one of at a time, as far as the body names them."""
    alone: dict[str, str | None] = {}
    if body.tier is not UNSET:
        alone[TraitKind.TIER] = None if body.tier is None else check_text("tier", body.tier)
    if body.grade is not UNSET:
        alone[TraitKind.GRADE] = None if body.grade is None else check_text("grade", body.grade)
    if body.sponsor_id is not UNSET:
        alone[TraitKind.SPONSOR] = body.sponsor_id
    return alone


def _family_of(body: api_traits.TraitsBody, person: Person, now_ms: int) -> Person:
    """The person with the family's birthdays of the body, checked; what is left out stays."""
    spouse, children = person.spouse_birth_date, person.child_birth_dates
    if body.spouse_birth_date is not UNSET:
        spouse = body.spouse_birth_date or ""
    if body.child_birth_dates is not UNSET:
        children = tuple(body.child_birth_dates)
    family = parse_family(spouse, children, today=local_day(now_ms, UTC))
    return msgspec.structs.replace(
        person,
        spouse_birth_date=family.spouse.isoformat() if family.spouse else "",
        child_birth_dates=tuple(day.isoformat() for day in family.children),
    )


def _trait_view(row: TraitRow) -> api_traits.TraitView:
    return api_traits.TraitView(
        kind=row.kind,
        value=row.value,
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        by="purchases" if row.actor == WORKED_OUT else "hand",
        until=row.until_day,
    )
