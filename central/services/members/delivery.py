"""What became of a message after it was handed on: gateways report, mail servers send it back."""

import email
import re
from email.message import Message
from email.policy import default
from enum import StrEnum
from typing import Final

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.signed_words import SignedWords
from loyalty.errors import LoyaltyError
from loyalty.limits.messages import BOUNCE_BYTES_MAX

_STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_OURS: Final = re.compile(r"<([A-Za-z0-9._:\-]{1,64})@[^<>@\s]{1,255}>")


class Delivery(StrEnum):
    """What the other side says in the end."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class BounceUnreadable(LoyaltyError):
    """The mail is no report on a message of ours."""

    code = "bounce_unreadable"
    text = (
        "This mail is no delivery report (RFC 3464) that names one of our messages. Leave it for a person to"
        " read."
    )


class DeliveryService:
    """Makes the words that reports come with, and notes what they say. The first final report stands."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._words = SignedWords(context.quote_key, "delivery-1")

    def word(self, group_id: str, message_id: str) -> str:
        """What a report on this message is told by: it names ids alone, and nobody else can make it."""
        return self._words.sign(group_id, message_id)

    async def report(self, word: str, delivery: Delivery, reason: str) -> bool:
        """Note a gateway's report; False: the word is none of ours. What was noted before stays."""
        match self._words.open(word):
            case (str(group_id), str(message_id)):
                await self._note(group_id, message_id, delivery, reason)
                return True
        return False

    async def take_bounce(self, actor: Actor, raw: bytes) -> tuple[str, bool]:
        """A mail that came back: its message, and whether it was news. Raises: BounceUnreadable.

        Source: RFC 3464. `delayed`, `relayed` and `expanded` are not the end of it: they are not news.
        """
        access.require(actor, access.MESSAGES_RETRY)
        if len(raw) > BOUNCE_BYTES_MAX:
            raise BounceUnreadable
        message_id, action, status = _read(email.message_from_bytes(raw, policy=default))
        if action not in ("failed", "delivered"):
            return message_id, False
        if await self._store.find_message(actor.group_id, message_id) is None:
            raise BounceUnreadable
        delivery = Delivery.UNDELIVERED if action == "failed" else Delivery.DELIVERED
        reason = f"mail_came_back {status}".strip() if action == "failed" else ""
        return message_id, await self._note(actor.group_id, message_id, delivery, reason)

    async def _note(self, group_id: str, message_id: str, delivery: Delivery, reason: str) -> bool:
        return await self._store.report_message(
            group_id, message_id, delivery=delivery, reason=reason, now_ms=self._clock()
        )


def _read(mail: Message) -> tuple[str, str, str]:
    """Message, action and status. Raises: BounceUnreadable."""
    message_id, action, status = "", "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for fields in _inside(part):
                action = action or str(fields.get("Action", "")).strip().lower()
                told = _STATUS.search(str(fields.get("Status", "")))
                status = status or (told[0] if told else "")
        elif kind in ("text/rfc822-headers", "message/rfc822"):
            named = _OURS.search(_original(part))
            message_id = message_id or (named[1] if named else "")
    if not (message_id and action):
        raise BounceUnreadable
    return message_id, action, status


def _original(part: Message) -> str:
    """The Message-ID of the mail that came back, or of its headers alone."""
    if part.get_content_type() == "message/rfc822":
        return "".join(str(inner.get("Message-ID", "")) for inner in _inside(part))
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes), "a text has bytes"
    return str(email.message_from_bytes(raw, policy=default).get("Message-ID", ""))


def _inside(part: Message) -> list[Message]:
    """The messages in a part; none where it is broken."""
    inner = part.get_payload()
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []
