"""The sealed half of a merge: one person out of two records, and all keys under the survivor's."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.sealed_people import Person, normal_email, normal_phone, open_person, seal_person
from central.services.members.consents import ConsentPurpose
from central.services.members.standings import SealedSegment, SealedStanding
from central.storage.interface.merges import MergeRead
from central.storage.interface.rows import MemberRow
from loyalty.limits import members as limits
from loyalty.programme.joining import joined, joined_consent, joined_fields
from loyalty.programme.profiles import Basis, Profiles


class JoinedPersons:
    """Opens two records and seals one."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    async def join(self, group: Group, survivor: MemberRow, duplicate: MemberRow) -> MemberRow:
        """The survivor's row as it will be: its own words, and those of the duplicate that it lacked."""
        group_id, member_id = survivor.group_id, survivor.member_id
        may_health = joined_consent(
            await self._health(group_id, member_id), await self._health(group_id, duplicate.member_id)
        )
        person = _joined_person(
            open_person(self._vault, survivor),
            open_person(self._vault, duplicate),
            group.programme.profiles,
            may_health=bool(may_health),
        )
        key = self._key(survivor)
        return replace(
            survivor,
            person_sealed=seal_person(self._vault, group_id, member_id, key, person),
            email_hash=self._vault.lookup_hash(group_id, "email", normal_email(person.email)),
            phone_hash=self._vault.lookup_hash(group_id, "phone", normal_phone(person.phone)),
            language=joined(survivor.language, duplicate.language),
            home_shop_id=joined(survivor.home_shop_id, duplicate.home_shop_id),
            enrolled_ms=min(survivor.enrolled_ms, duplicate.enrolled_ms),
        )

    def keys_of(
        self, survivor: MemberRow, duplicate: MemberRow, former: Sequence[MemberRow]
    ) -> dict[str, bytes]:
        """By member the keys of the duplicate, and of those merged into it before, under the survivor's."""
        survivor_key, key = self._key(survivor), self._key(duplicate)
        opened = {duplicate.member_id: key}
        for each in former:
            assert each.merged_key is not None, "a merged member's key is kept until the person is erased"
            opened[each.member_id] = self._vault.open_merged_key(
                each.group_id, each.member_id, key, each.merged_key
            )
        return {
            member_id: self._vault.seal_merged_key(survivor.group_id, member_id, survivor_key, plain)
            for member_id, plain in opened.items()
        }

    def standing(self, read: MergeRead, now_ms: int) -> bytes | None:
        """What was kept sealed of where the duplicate stood, as the survivor's history; None: nothing was."""
        assert read.survivor is not None, "who is merged is there"
        assert read.duplicate is not None, "who is merged is there"
        if read.sealed is None:
            return None
        theirs = self._open_standing(read.duplicate, read.sealed)
        mine = SealedStanding()
        if read.survivor_sealed is not None:
            mine = self._open_standing(read.survivor, read.survivor_sealed)
        classes = None
        if mine.classes is not None or theirs.classes is not None:
            classes = _ended(theirs.classes or (), now_ms) + (mine.classes or ())
        after = SealedStanding(
            (_ended(theirs.segments, now_ms) + mine.segments)[-limits.MEMBER_HISTORY_MAX :],
            None if classes is None else classes[-limits.MEMBER_HISTORY_MAX :],
        )
        survivor = read.survivor
        plain = msgspec.json.encode(after)
        return self._vault.seal_standing(survivor.group_id, survivor.member_id, self._key(survivor), plain)

    def _open_standing(self, member: MemberRow, sealed: bytes) -> SealedStanding:
        plain = self._vault.open_standing(member.group_id, member.member_id, self._key(member), sealed)
        return msgspec.json.decode(plain, type=SealedStanding)

    def _key(self, member: MemberRow) -> bytes:
        assert member.key_wrapped is not None, "who is merged is there"
        return self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)

    async def _health(self, group_id: str, member_id: str) -> bool | None:
        words = await self._store.list_consents(group_id, member_id, limits.MEMBER_HISTORY_MAX)
        return next((word.is_given for word in words if word.purpose == ConsentPurpose.HEALTH), None)


def _ended(history: tuple[SealedSegment, ...], now_ms: int) -> tuple[SealedSegment, ...]:
    """All that went on ends here: what goes on with the survivor is worked out anew."""
    return tuple(
        each
        if each.to_ms is not None
        else SealedSegment(each.segment, each.from_ms, max(now_ms, each.from_ms))
        for each in history
    )


def _joined_person(mine: Person, theirs: Person, profiles: Profiles, *, may_health: bool) -> Person:
    """Fields of the group's own go on where the profile that goes on has them, and their basis holds."""
    profile = joined(mine.profile, theirs.profile)
    specs = profiles.get(profile, {})

    def may_keep(name: str) -> bool:
        return name in specs and (may_health or specs[name].basis is not Basis.HEALTH_CONSENT)

    plain = {
        name: joined(getattr(mine, name), getattr(theirs, name))
        for name in Person.__struct_fields__
        if name != "fields"
    }
    return Person(**{**plain, "fields": joined_fields(mine.fields, theirs.fields, may_keep=may_keep)})
