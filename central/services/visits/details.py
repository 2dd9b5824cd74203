"""What members see and change of themselves by card and PIN: how they are reached, what they agreed to.

A new e-mail address or mobile number counts once a code that was sent there came back (C-29, R-08).
"""

import hmac
from dataclasses import replace
from datetime import UTC
from typing import Final, get_args

import msgspec
from msgspec import UNSET

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import (
    Person,
    normal_email,
    normal_phone,
    open_person,
    require_there,
    seal_person,
)
from central.services.group.groups import GroupsService
from central.services.members.identify import IdentifyService
from central.services.members.messages import Channel, ChannelNotSetUp, MessagesService
from central.services.visits.contact_words import code_text
from central.storage.base import GuardFailed
from central.storage.interface.details import ContactCodeRow, DetailsChange
from central.storage.interface.rows import MemberRow
from central.storage.interface.standings import ConsentRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import details as limits
from loyalty.limits.members import MEMBER_HISTORY_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.identification import Act
from loyalty.programme.member import parse_enrolment
from wire import api_details as wire
from wire.api import EvidenceBody

_CONTACT: Final = get_args(wire.ContactPurpose)


class ContactCodesTooMany(LoyaltyError):
    """Enough codes were sent today."""

    code = "contact_codes_too_many"
    trouble = Trouble.TOO_MANY
    text = "This member was sent {most} codes in the last 24 hours. Change it tomorrow, or at the counter."


class ContactCodeWrong(LoyaltyError):
    """Another code was sent."""

    code = "contact_code_wrong"
    text = "That is not the code that was sent. {tries_left} tries are left."


class ContactCodeOver(LoyaltyError):
    """No such code of this member, or it is too late, or it was tried too often."""

    code = "contact_code_over"
    trouble = Trouble.CONFLICT
    text = "This code does not count any more. Have another one sent."


class PhoneWithoutCountry(LoyaltyError):
    """A number that is another person's abroad."""

    code = "phone_without_country"
    text = "Give the mobile number with its country, such as +41 79 ..."


class DetailsService:
    """Shows and changes them; only by card and PIN (`change_details`)."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        messages: MessagesService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._identify = identify
        self._messages = messages

    async def show(self, actor: Actor, body: wire.DetailsBody) -> wire.DetailsView:
        """How the holder is reached. Raises: the refusals of a card, StrengthTooLow."""
        return await self._view(await self._member(actor, body.holder))

    async def change(self, actor: Actor, body: wire.DetailsChangeBody) -> wire.DetailsView:
        """Change what is given. Raises: the refusals of a card, StrengthTooLow, TryAgain."""
        row = await self._member(actor, body.holder)

        def changed(old: Person) -> Person:
            return msgspec.structs.replace(
                old,
                address=old.address if body.address is UNSET else " ".join(body.address.split()),
                preferred_channel=old.preferred_channel
                if body.preferred_channel is UNSET
                else body.preferred_channel,
            )

        language = row.language if body.language is UNSET else body.language
        for _ in range(COMMIT_TRIES_MAX):
            after = self._with(row, changed(open_person(self._vault, row)), language=language)
            if after is row or await self._put(DetailsChange(before=row, member=after, now_ms=self._clock())):
                return await self._view(after)
            row = require_there(await self._store.find_member(row.group_id, row.member_id), row.member_id)
        raise TryAgain

    async def say(self, actor: Actor, body: wire.DetailsConsentBody) -> wire.DetailsView:
        """Keep the member's word with day, text and place. Raises: the refusals of a card, StrengthTooLow."""
        row = await self._member(actor, body.holder)
        word = ConsentRow(
            body.purpose, body.is_given, self._clock(), actor.token_id, body.text_version, actor.shop_id
        )
        await self._store.put_consent(actor.group_id, row.member_id, word)
        return await self._view(row)

    async def send_code(self, actor: Actor, body: wire.ContactCodeBody) -> tuple[wire.ContactCodeView, bool]:
        """Send a code to the address that is to be the member's; the same again is a replay (True).

        Raises: the refusals of a card, StrengthTooLow, EnrolmentInvalid, PhoneWithoutCountry,
            ChannelNotSetUp, ContactCodesTooMany, MessagesTooMany, IdempotencyConflict.
        """
        row = await self._member(actor, body.holder)
        channel, now_ms = Channel(body.channel), self._clock()
        if not self._messages.may_leave_by(channel):
            raise ChannelNotSetUp(channel=channel)
        address = _checked(channel, body.address, now_ms)
        assert row.key_wrapped is not None, "who is identified is there"
        key = self._vault.open_key(row.group_id, row.member_id, row.key_wrapped)
        content = msgspec.json.encode([row.member_id, channel, address])
        kept = await self._store.put_contact_code(
            ContactCodeRow(
                group_id=row.group_id,
                code_id=body.code_id,
                member_id=row.member_id,
                channel=channel,
                input_hash=self._vault.content_hash(row.group_id, content),
                sealed=self._vault.seal_note(row.group_id, body.code_id, address.encode(), key),
                made_ms=now_ms,
                expires_ms=now_ms + limits.CONTACT_CODE_VALID_S * 1000,
                token_id=actor.token_id,
            ),
            most=limits.CONTACT_CODES_PER_DAY,
            since_ms=now_ms - DAY_MS,
        )
        if kept is None:
            raise ContactCodesTooMany(most=limits.CONTACT_CODES_PER_DAY)
        said = code_text(
            row.language,
            name=_name_of(await self._groups.get(row.group_id), row.language),
            code=self._code(kept.row),
            minutes=limits.CONTACT_CODE_VALID_S // 60,
            address=address,
        )
        await self._messages.keep_asked(actor, row, channel, message_id=f"code.{body.code_id}", said=said)
        view = wire.ContactCodeView(
            code_id=body.code_id, channel=body.channel, expires_ms=kept.row.expires_ms
        )
        return view, kept.is_replay

    async def prove(self, actor: Actor, body: wire.ContactProofBody) -> wire.DetailsView:
        """The code came back: the address is the member's. The same again changes nothing.

        Raises: the refusals of a card, StrengthTooLow, ContactCodeOver, ContactCodeWrong, TryAgain.
        """
        row = await self._member(actor, body.holder)
        most, now_ms = limits.CONTACT_CODE_TRIES_MAX, self._clock()
        code = await self._store.take_contact_try(
            row.group_id, body.code_id, row.member_id, most=most, now_ms=now_ms
        )
        if code is None:
            raise ContactCodeOver
        if not hmac.compare_digest(self._code(code), body.code):
            raise ContactCodeWrong(tries_left=most - code.tries)
        for _ in range(COMMIT_TRIES_MAX):
            if code.done_ms is not None:
                return await self._view(row)
            after = self._with(row, self._reached_by(row, code), language=row.language)
            change = DetailsChange(before=row, member=after, now_ms=now_ms, code_id=body.code_id)
            if await self._put(change):
                return await self._view(after)
            row = require_there(await self._store.find_member(row.group_id, row.member_id), row.member_id)
        raise TryAgain

    async def _member(self, actor: Actor, holder: EvidenceBody) -> MemberRow:
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        found = await self._identify.get_holder_for(actor, group, holder, Act.CHANGE_DETAILS, self._clock())
        return found.member

    async def _put(self, change: DetailsChange) -> bool:
        try:
            await self._store.change_details(change)
        except GuardFailed:
            return False
        return True

    def _reached_by(self, row: MemberRow, code: ContactCodeRow) -> Person:
        assert row.key_wrapped is not None, "who is identified is there"
        key = self._vault.open_key(row.group_id, row.member_id, row.key_wrapped)
        address = self._vault.open_note(row.group_id, code.code_id, code.sealed, key).decode()
        name = "email" if code.channel == Channel.EMAIL else "phone"
        return msgspec.structs.replace(open_person(self._vault, row), **{name: address})

    def _with(self, row: MemberRow, person: Person, *, language: str) -> MemberRow:
        """The row with other data; the very row where they are the same."""
        if person == open_person(self._vault, row) and language == row.language:
            return row
        group_id = row.group_id
        assert row.key_wrapped is not None, "who is identified is there"
        key = self._vault.open_key(group_id, row.member_id, row.key_wrapped)
        return replace(
            row,
            language=language,
            person_sealed=seal_person(self._vault, group_id, row.member_id, key, person),
            email_hash=self._vault.lookup_hash(group_id, "email", normal_email(person.email)),
            phone_hash=self._vault.lookup_hash(group_id, "phone", normal_phone(person.phone)),
        )

    def _code(self, row: ContactCodeRow) -> str:
        made_of = self._vault.contact_code(row.group_id, row.code_id, row.input_hash)
        number = int.from_bytes(made_of[:8])
        return str(number % 10**limits.CONTACT_CODE_DIGITS).zfill(limits.CONTACT_CODE_DIGITS)

    async def _view(self, row: MemberRow) -> wire.DetailsView:
        person = open_person(self._vault, row)
        words = await self._store.list_consents(row.group_id, row.member_id, MEMBER_HISTORY_MAX)
        last = {word.purpose: word for word in reversed(words)}
        return wire.DetailsView(
            email=person.email,
            phone=person.phone,
            address=person.address,
            language=row.language,
            preferred_channel=person.preferred_channel,
            consents=[
                wire.ContactConsentView(
                    purpose=purpose,
                    is_given=purpose in last and last[purpose].is_given,
                    at_ms=last[purpose].at_ms if purpose in last else None,
                )
                for purpose in _CONTACT
            ],
            codes=[
                channel
                for channel in get_args(wire.CodeChannel)
                if self._messages.may_leave_by(Channel(channel))
            ],
        )


def _checked(channel: Channel, address: str, now_ms: int) -> str:
    """The address as it is kept. Raises: EnrolmentInvalid, PhoneWithoutCountry."""
    name = "email" if channel is Channel.EMAIL else "phone"
    given = {"family_name": "-", name: address}
    taken = parse_enrolment(given, today=local_day(now_ms, UTC))
    if channel is Channel.EMAIL:
        return normal_email(taken.email)
    phone = normal_phone(taken.phone)
    if not phone.startswith("+"):
        raise PhoneWithoutCountry
    return phone


def _name_of(group: Group, language: str) -> str:
    return group.settings.names.get(language, group.row.name)
