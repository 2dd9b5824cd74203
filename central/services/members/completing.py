"""The data of members who were enrolled with next to nothing: keyed in by staff, or by themselves at home."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.finding_words import words_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import (
    Person,
    normal_email,
    normal_phone,
    open_person,
    require_there,
    seal_person,
)
from central.storage.base import GuardFailed
from central.storage.interface.incidents import Completion
from central.storage.interface.rows import MemberRow
from central.storage.interface.standings import ConsentRow
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.member import parse_enrolment
from wire import api_counter

_NAMES = ("family_name", "given_name", "salutation", "email", "phone", "birth_date")


class CompletingService:
    """Completes members."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock

    async def complete(
        self, actor: Actor, member_id: str, body: api_counter.CompletionBody
    ) -> api_counter.CompletionView:
        """Key the data in: the cards that waited become active. The same again changes nothing.

        Raises: MemberNotFound, MemberMerged, EnrolmentInvalid, TryAgain.
        """
        access.require(actor, access.MEMBERS_WRITE)
        given = {name: getattr(body, name) for name in _NAMES}
        for _ in range(COMMIT_TRIES_MAX):
            before = require_there(await self._store.find_member(actor.group_id, member_id), member_id)
            completion = self.completion(
                before, given, consents_of(body.consents, self._clock(), actor.token_id), actor.token_id
            )
            try:
                await self._store.complete_member(completion)
            except GuardFailed:
                continue
            twins = await self._twins(completion.member)
            return api_counter.CompletionView(member_id=member_id, possible_duplicates=twins)
        raise TryAgain

    def completion(
        self, before: MemberRow, given: Mapping[str, str], consents: Sequence[ConsentRow], actor: str
    ) -> Completion:
        """A member with these data over what is there; what was left out stays. Raises: EnrolmentInvalid."""
        now_ms, group_id, member_id = self._clock(), before.group_id, before.member_id
        old = open_person(self._vault, before)
        person = _completed(old, given, now_ms)
        assert before.key_wrapped is not None, "a member who is there has a key"
        key = self._vault.open_key(group_id, member_id, before.key_wrapped)
        sealed = seal_person(self._vault, group_id, member_id, key, person)
        row = replace(
            before,
            person_sealed=before.person_sealed if person == old else sealed,
            email_hash=self._vault.lookup_hash(group_id, "email", normal_email(person.email)),
            phone_hash=self._vault.lookup_hash(group_id, "phone", normal_phone(person.phone)),
        )
        return Completion(
            before=before,
            member=row,
            words=words_of(self._vault, group_id, person, row.home_shop_id),
            consents=consents,
            actor=actor,
            now_ms=now_ms,
        )

    async def _twins(self, row: MemberRow) -> list[str]:
        if (row.email_hash or row.phone_hash) is None:
            return []
        rows = await self._store.find_members_by_hash(row.group_id, row.email_hash, row.phone_hash)
        return [each.member_id for each in rows if each.member_id != row.member_id][:PAGE_ROWS_MAX]


def checked_email(email: str, now_ms: int) -> str:
    """An address as it is kept. Raises: EnrolmentInvalid."""
    today = local_day(now_ms, UTC)
    return parse_enrolment({"family_name": "-", "email": email}, today=today).email


def consents_of(
    purposes: Sequence[str], now_ms: int, actor: str, *, text_version: str = "", shop_id: str | None = None
) -> tuple[ConsentRow, ...]:
    """What a member agreed to at one moment, each once."""
    return tuple(
        ConsentRow(purpose, True, now_ms, actor, text_version, shop_id) for purpose in sorted(set(purposes))
    )


def _completed(old: Person, given: Mapping[str, str], now_ms: int) -> Person:
    values = {name: given.get(name, "") or getattr(old, name) for name in _NAMES}
    taken = parse_enrolment(
        {name: value for name, value in values.items() if value}, today=local_day(now_ms, UTC)
    )
    return msgspec.structs.replace(
        old,
        family_name=taken.family_name,
        given_name=taken.given_name,
        salutation=taken.salutation.value,
        email=taken.email,
        phone=taken.phone,
        birth_date=taken.birth_date.isoformat() if taken.birth_date else "",
    )
