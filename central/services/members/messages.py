"""Messages to members: asked for at the counter or the office, kept, handed on when their moment has come.

A member is written to only by a way they agreed to, and that is asked twice: when the message is kept, and
when it leaves. Whoever keeps a message twice, or hands one on twice after a crash, uses the same id.
"""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from central.gateways.messaging.base import HandoverFailed, HandoverRefused, Letter, Outlet
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.services.core.sealed_people import normal_email, normal_phone, open_person, require_there
from central.services.members.delivery import DeliveryService
from central.storage.interface.messages import MessageLimit, MessageRow, MessageTried
from central.storage.interface.rows import MemberRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.details import CONTACT_CODES_PER_DAY
from loyalty.limits.members import MEMBER_HISTORY_MAX
from loyalty.limits.messages import (
    MESSAGE_BATCH,
    MESSAGE_FIRST_WAIT_S,
    MESSAGE_TAKEN_S,
    MESSAGE_TRIES_MAX,
    MESSAGE_WAIT_MAX_S,
    MESSAGES_PER_DAY,
    MESSAGES_SHOWN_MAX,
    SMS_PARTS_MAX,
)
from loyalty.programme.sms import room, sms_size
from wire import api_messages

STATES: Final = ("waiting", "sent", "failed", "dropped", "delivered", "undelivered")


class Channel(StrEnum):
    """A way to write to a member; also the name of the consent that it takes."""

    EMAIL = "email"
    SMS = "sms"


Outlets = Mapping[Channel, Outlet]
"""The ways out that are set up."""


class MessageText(msgspec.Struct, frozen=True):
    """What is sealed of a message. `address`: where it goes though the member is not, or not yet, known to be
    there: they asked for it themselves at a screen (a code, an invitation), and no consent is needed for it.
    """

    subject: str
    text: str
    address: str = ""


class ChannelUnknown(LoyaltyError):
    """There is no such way to write."""

    code = "channel_unknown"
    text = "There is no channel {channel}. Use email or sms."


class ChannelNotSetUp(LoyaltyError):
    """Nobody has set up that way."""

    code = "channel_not_set_up"
    trouble = Trouble.REFUSED
    text = (
        "No messages leave by {channel} here. Ask whoever runs central to set it up: [messages] in its"
        " settings."
    )


class ConsentMissing(LoyaltyError):
    """The member did not agree to be written to that way."""

    code = "consent_missing"
    trouble = Trouble.REFUSED
    text = (
        "The member has not agreed to be written to by {channel}. Ask them, note what they say as consent to"
        " {channel}, and send it then."
    )


class AddressMissing(LoyaltyError):
    """Nobody knows where to write."""

    code = "address_missing"
    trouble = Trouble.REFUSED
    text = "Central has no {what} of this member that can be written to. Ask for it and add it to the member."


class MessageTooLong(LoyaltyError):
    """An SMS of too many parts."""

    code = "message_too_long"
    text = "As SMS this text takes {units} places, and {most} is the most. Shorten it by {over}."


class SubjectMissing(LoyaltyError):
    """An e-mail without a subject looks like an attack."""

    code = "subject_missing"
    text = "An e-mail needs a subject. Say in a few words what it is about."


class MessagesTooMany(LoyaltyError):
    """The member was written to often enough today."""

    code = "messages_too_many"
    trouble = Trouble.TOO_MANY
    text = "This member got {most} messages by {channel} in the last 24 hours. Write tomorrow, or call."


class MessageNotFound(LoyaltyError):
    """No such message."""

    code = "message_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no message {message_id} in this group. Check the id."


class MessageHasNotFailed(LoyaltyError):
    """Only what failed is tried anew."""

    code = "message_has_not_failed"
    trouble = Trouble.CONFLICT
    text = "The message {message_id} is {state}. Only one that failed or came to nobody is tried anew."


class MessageStateUnknown(LoyaltyError):
    """There is no such state."""

    code = "message_state_unknown"
    text = "There is no state {state}. Use one of {known}."


class MessagesService:
    """Keeps messages and hands them on."""

    def __init__(self, context: Context, outlets: Outlets) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._keys = MemberKeys(context)
        self._outlets = outlets
        self.delivery = DeliveryService(context)

    async def keep(
        self, actor: Actor, member_id: str, body: api_messages.MessageBody
    ) -> tuple[api_messages.MessageView, bool]:
        """Keep a message until it has left; the view, and whether it was kept before.

        Raises: MemberNotFound, MemberMerged, ChannelUnknown, ChannelNotSetUp, ConsentMissing, AddressMissing,
            MessageTooLong, SubjectMissing, MessagesTooMany, IdempotencyConflict.
        """
        access.require(actor, access.MESSAGES_SEND)
        channel = _channel(body.channel)
        member = require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        content = msgspec.json.encode((member_id, body))
        input_hash = self._vault.content_hash(actor.group_id, content)
        first = await self._store.find_message(actor.group_id, body.message_id)
        if first is None:  # what was kept once is answered again, whatever became of consent and address
            await self._require_may_leave(member, channel, body)
        now_ms = self._clock()
        key = await self._keys.open(actor.group_id, member_id)
        said = msgspec.json.encode(MessageText(body.subject, body.text))
        row = MessageRow(
            group_id=actor.group_id,
            message_id=body.message_id,
            input_hash=input_hash,
            member_id=member_id,
            channel=channel,
            sealed=self._vault.seal_message(actor.group_id, body.message_id, key, said),
            made_ms=now_ms,
            actor=actor.token_id,
            shop_id=actor.shop_id,
            next_try_ms=now_ms,
        )
        most = MessageLimit(messages=MESSAGES_PER_DAY, since_ms=now_ms - DAY_MS)
        kept = await self._store.put_message(row, most)
        if kept is None:
            raise MessagesTooMany(most=most.messages, channel=channel)
        return self._view(kept.row, key), kept.is_replay

    async def notice(
        self, actor: Actor, member: MemberRow, message_id: str, said: MessageText
    ) -> MessageRow | None:
        """A notice about the member's own card, to be kept with what it tells of: by SMS, else by e-mail.

        No consent is asked: it is no offer. Staff never read its text: it carries the member's code. None: no
        way is set up that reaches this member.
        """
        ways = [way for way in (Channel.SMS, Channel.EMAIL) if way in self._outlets]
        channel = next((way for way in ways if self._address(member, way) is not None), None)
        if channel is None:
            return None
        now_ms, content = self._clock(), msgspec.json.encode(said)
        key = await self._keys.open(actor.group_id, member.member_id)
        return MessageRow(
            group_id=actor.group_id,
            message_id=message_id,
            input_hash=self._vault.content_hash(actor.group_id, content),
            member_id=member.member_id,
            channel=channel,
            sealed=self._vault.seal_message(actor.group_id, message_id, key, content),
            made_ms=now_ms,
            actor=actor.token_id,
            shop_id=actor.shop_id,
            next_try_ms=now_ms,
            is_notice=1,
        )

    def may_leave_by(self, channel: Channel) -> bool:
        """Whether that way is set up."""
        return channel in self._outlets

    async def keep_asked(
        self, actor: Actor, member: MemberRow, channel: Channel, *, message_id: str, said: MessageText
    ) -> None:
        """Keep what a person asked for at a screen: it goes to `said.address`. The same id again is a replay.

        Raises: ChannelNotSetUp, MessagesTooMany, IdempotencyConflict.
        """
        if channel not in self._outlets:
            raise ChannelNotSetUp(channel=channel)
        key = await self._keys.open(actor.group_id, member.member_id)
        row = self.asked(actor, member.member_id, channel, message_id=message_id, said=said, key=key)
        most = MESSAGES_PER_DAY + CONTACT_CODES_PER_DAY
        kept = await self._store.put_message(row, MessageLimit(messages=most, since_ms=row.made_ms - DAY_MS))
        if kept is None:
            raise MessagesTooMany(most=most, channel=channel)

    def asked(
        self,
        actor: Actor,
        member_id: str,
        channel: Channel,
        *,
        message_id: str,
        said: MessageText,
        key: bytes,
    ) -> MessageRow:
        """What a person asked for, to be kept; `key`: the member's."""
        group_id, now_ms, plain = actor.group_id, self._clock(), msgspec.json.encode(said)
        return MessageRow(
            group_id=group_id,
            message_id=message_id,
            input_hash=self._vault.content_hash(group_id, plain),
            member_id=member_id,
            channel=channel,
            sealed=self._vault.seal_message(group_id, message_id, key, plain),
            made_ms=now_ms,
            actor=actor.token_id,
            shop_id=actor.shop_id,
            next_try_ms=now_ms,
            is_notice=1,
        )

    async def list_of_member(self, actor: Actor, member_id: str) -> api_messages.MessageListView:
        """What was written to a member. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        key = await self._keys.open(actor.group_id, member_id)
        most = MESSAGES_SHOWN_MAX
        rows = await self._store.list_messages_of_member(actor.group_id, member_id, most)
        return api_messages.MessageListView(messages=[self._view(row, key) for row in rows])

    async def list(self, actor: Actor, query: api_messages.MessageQuery) -> api_messages.MessageHeadListView:
        """Messages of a state, without what they say. Raises: MessageStateUnknown."""
        access.require(actor, access.MEMBERS_READ)
        if query.state not in STATES:
            raise MessageStateUnknown(state=query.state[:40], known=", ".join(STATES))
        rows = await self._store.list_messages(actor.group_id, query.state, MESSAGES_SHOWN_MAX)
        return api_messages.MessageHeadListView(messages=[_head(row) for row in rows])

    async def retry(self, actor: Actor, message_id: str) -> api_messages.MessageHeadView:
        """Let a message that failed, or came to nobody, be tried anew.

        Raises: MessageNotFound, MessageHasNotFailed.
        """
        access.require(actor, access.MESSAGES_RETRY)
        is_waiting = await self._store.retry_message(actor.group_id, message_id, self._clock())
        row = await self._store.find_message(actor.group_id, message_id)
        if row is None:
            raise MessageNotFound(message_id=message_id)
        if not is_waiting and row.state != "waiting":
            raise MessageHasNotFailed(message_id=message_id, state=row.state)
        return _head(row)

    async def hand_on(self, group_id: str) -> int:
        """Hand on what is due, side by side; how many were tried."""
        now_ms = self._clock()
        until_ms = now_ms + MESSAGE_TAKEN_S * 1000
        most = MESSAGE_BATCH
        taken = await self._store.take_messages(group_id, now_ms=now_ms, until_ms=until_ms, limit=most)
        await asyncio.gather(*(self._try(row) for row in taken))
        return len(taken)

    async def _try(self, row: MessageRow) -> None:
        state, reason = await self._tried(row)
        now_ms = self._clock()
        is_over = state == "waiting" and row.tries >= MESSAGE_TRIES_MAX
        state = "failed" if is_over else state
        again = now_ms + wait_s(row.tries) * 1000 if state == "waiting" else None
        tried = MessageTried(
            message_id=row.message_id,
            tries=row.tries,
            state=state,
            reason=reason,
            next_try_ms=again,
            now_ms=now_ms,
        )
        await self._store.note_message(row.group_id, tried)

    async def _tried(self, row: MessageRow) -> tuple[str, str]:
        """What became of a try: a state and why."""
        channel = Channel(row.channel)
        outlet = self._outlets.get(channel)
        if outlet is None:
            return "waiting", "channel_not_set_up"
        living = await self._keys.living(row.group_id, row.member_id)
        if living is None:
            return "dropped", "member_erased"
        if not row.is_notice and not await self._has_agreed(living, channel):
            return "dropped", "consent_withdrawn"
        key = await self._keys.open(row.group_id, row.member_id)
        said = self._open(row, key)
        address = said.address or self._address(living, channel)
        if address is None:
            return "dropped", "address_missing"
        letter = Letter(
            message_id=row.message_id,
            address=address,
            subject=said.subject,
            text=said.text,
            language=living.language,
            report_word=self.delivery.word(row.group_id, row.message_id),
        )
        try:
            await outlet.hand_over(letter)
        except HandoverRefused as error:
            return "failed", error.reason
        except HandoverFailed as error:
            return "waiting", error.reason
        return "sent", ""

    async def _require_may_leave(
        self, member: MemberRow, channel: Channel, body: api_messages.MessageBody
    ) -> None:
        if channel not in self._outlets:
            raise ChannelNotSetUp(channel=channel)
        if channel is Channel.SMS:
            _require_short(body.text)
        elif not body.subject.strip():
            raise SubjectMissing
        if not await self._has_agreed(member, channel):
            raise ConsentMissing(channel=channel)
        if self._address(member, channel) is None:
            what = "e-mail address" if channel is Channel.EMAIL else "mobile number with its country"
            raise AddressMissing(what=what)

    async def _has_agreed(self, member: MemberRow, channel: Channel) -> bool:
        most = MEMBER_HISTORY_MAX
        words = await self._store.list_consents(member.group_id, member.member_id, most)
        return next((word.is_given for word in words if word.purpose == channel), False)

    def _address(self, member: MemberRow, channel: Channel) -> str | None:
        person = open_person(self._vault, member)
        if channel is Channel.EMAIL:
            return normal_email(person.email) or None
        phone = normal_phone(person.phone)
        # Without its country a number is another person's abroad.
        return phone if phone.startswith("+") else None

    def _open(self, row: MessageRow, key: bytes) -> MessageText:
        plain = self._vault.open_message(row.group_id, row.message_id, key, row.sealed)
        return msgspec.json.decode(plain, type=MessageText)

    def _view(self, row: MessageRow, key: bytes) -> api_messages.MessageView:
        said = self._open(row, key)
        return api_messages.MessageView(
            **msgspec.structs.asdict(_head(row)),
            subject=said.subject,
            # A code is for the person it was sent to; every notice, and all that was asked for, carries one.
            text="" if row.is_notice or said.address else said.text,
            parts=sms_size(said.text).parts if row.channel == Channel.SMS else 0,
        )


def wait_s(tries: int) -> int:
    """How long to wait after so many tries (>= 1), in seconds."""
    return min(MESSAGE_FIRST_WAIT_S << (tries - 1), MESSAGE_WAIT_MAX_S)


def _channel(name: str) -> Channel:
    try:
        return Channel(name)
    except ValueError:
        raise ChannelUnknown(channel=name[:40]) from None


def _require_short(text: str) -> None:
    size = sms_size(text)
    most = room(SMS_PARTS_MAX, is_gsm=size.is_gsm)
    if size.units > most:
        raise MessageTooLong(units=size.units, most=most, over=size.units - most)


def _head(row: MessageRow) -> api_messages.MessageHeadView:
    return api_messages.MessageHeadView(
        message_id=row.message_id,
        member_id=row.member_id,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        tries=row.tries,
        made_ms=row.made_ms,
        next_try_ms=row.next_try_ms,
        ended_ms=row.ended_ms,
        delivery=row.delivery,
        delivery_ms=row.delivery_ms,
    )
