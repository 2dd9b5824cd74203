"""Profiles of members: the group's own types and fields, sealed and erased with the person (P-22, P-25)."""

from collections.abc import Mapping
from datetime import UTC, date

import msgspec
from msgspec import UNSET

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import (
    FieldOfPerson,
    Person,
    open_person,
    require_there,
    seal_person,
)
from central.services.group.groups import GroupsService
from central.storage.base import GuardFailed
from central.storage.interface.facts import TraitChange
from central.storage.interface.rows import MemberRow
from loyalty.limits.members import MEMBER_HISTORY_MAX, MEMBER_SEGMENTS_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.profiles import (
    Basis,
    KeptField,
    Profiles,
    SeenBy,
    still_kept,
    take_fields,
)
from wire import api_profiles

_EYES: Mapping[SeenBy, str] = {
    SeenBy.OFFICE: access.MEMBERS_READ,
    SeenBy.COUNTER: access.IDENTIFY,
    SeenBy.CARE: access.HEALTH_READ,
}
HEALTH = "health"


class MemberProfilesService:
    """Reads and changes profiles."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups

    async def get(self, actor: Actor, member_id: str) -> api_profiles.MemberProfileView:
        """A member's profile, as far as it is for the actor's eyes. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        row = await self._get_row(actor, member_id)
        return await self._view(actor, row)

    async def change(
        self, actor: Actor, member_id: str, body: api_profiles.ProfileBody
    ) -> api_profiles.MemberProfileView:
        """Change what is given, all or nothing; the same again changes nothing.

        Raises: MemberNotFound, MemberMerged, ProfileUnknown, FieldWithoutPurpose, ProfileValueInvalid,
            FieldNeedsConsent, TryAgain.
        """
        access.require(actor, access.MEMBERS_WRITE)
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._get_row(actor, member_id)
            person = open_person(self._vault, row)
            changed = await self.apply(actor.group_id, person, body, member_id=member_id)
            if changed == person:
                return await self._view(actor, row)
            assert row.key_wrapped is not None, "an erased member is not found"
            key = self._vault.open_key(row.group_id, row.member_id, row.key_wrapped)
            change = TraitChange(
                group_id=actor.group_id,
                member_id=member_id,
                now_ms=self._clock(),
                actor=actor.token_id,
                alone={},
                segments_max=MEMBER_SEGMENTS_MAX,
                person_sealed=seal_person(self._vault, row.group_id, member_id, key, changed),
                person_before=row.person_sealed,
            )
            try:
                await self._store.put_traits(change)
            except GuardFailed:
                continue
            return await self._view(actor, await self._get_row(actor, member_id))
        raise TryAgain

    async def apply(
        self, group_id: str, person: Person, body: api_profiles.ProfileBody, *, member_id: str | None
    ) -> Person:
        """The person with what the body changes, checked. `member_id` None: one who is being enrolled."""
        profiles: Profiles = (await self._groups.get(group_id)).programme.profiles
        profile = person.profile if body.profile is UNSET else body.profile
        fields = take_fields(
            profiles,
            profile,
            body.fields,
            kept_fields(person),
            day=local_day(self._clock(), UTC),
            may_health=member_id is not None and await self._may_health(group_id, member_id),
        )
        return msgspec.structs.replace(
            person,
            profile=profile,
            fields={
                name: FieldOfPerson(each.value, each.until.isoformat(), each.is_fact)
                for name, each in sorted(fields.items())
            },
            preferred_channel=person.preferred_channel
            if body.preferred_channel is UNSET
            else body.preferred_channel,
            preferred_payment=person.preferred_payment
            if body.preferred_payment is UNSET
            else body.preferred_payment,
        )

    async def _may_health(self, group_id: str, member_id: str) -> bool:
        words = await self._store.list_consents(group_id, member_id, MEMBER_HISTORY_MAX)
        return next((word.is_given for word in words if word.purpose == HEALTH), False)

    async def _view(self, actor: Actor, row: MemberRow) -> api_profiles.MemberProfileView:
        person = open_person(self._vault, row)
        specs = (await self._groups.get(actor.group_id)).programme.profiles.get(person.profile, {})
        may_health = await self._may_health(actor.group_id, row.member_id)
        today = local_day(self._clock(), UTC)
        views: list[api_profiles.ProfileFieldView] = []
        for name, each in still_kept(kept_fields(person), today).items():
            spec = specs.get(name)
            if spec is None or not any(actor.may(_EYES[eyes]) for eyes in spec.see):
                continue
            if spec.basis is Basis.HEALTH_CONSENT and not may_health:
                continue
            views.append(
                api_profiles.ProfileFieldView(
                    field=name,
                    value=each.value,
                    purpose=spec.purpose,
                    basis=spec.basis.value,
                    until=each.until.isoformat(),
                )
            )
        return api_profiles.MemberProfileView(
            member_id=row.member_id,
            profile=person.profile,
            fields=views,
            preferred_channel=person.preferred_channel,
            preferred_payment=person.preferred_payment,
        )

    async def _get_row(self, actor: Actor, member_id: str) -> MemberRow:
        return require_there(await self._store.find_member(actor.group_id, member_id), member_id)


def kept_fields(person: Person) -> dict[str, KeptField]:
    """The person's own fields in the domain's terms."""
    return {
        name: KeptField(value=each.value, until=date.fromisoformat(each.until), is_fact=each.is_fact)
        for name, each in person.fields.items()
    }
