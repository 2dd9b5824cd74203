"""The storage interface for messages to members: kept before they leave, each with one worker at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message. `sealed`: what it says. `state`: waiting, sent, failed (`reason`), or dropped: nobody may
    be written to any more. `next_try_ms`: when it is to be tried, None once it has ended.
    """

    group_id: str
    message_id: str
    input_hash: bytes
    member_id: str
    channel: str
    sealed: bytes
    made_ms: int
    actor: str
    shop_id: str | None
    next_try_ms: int | None
    state: str = "waiting"
    reason: str = ""
    tries: int = 0
    ended_ms: int | None = None
    delivery: str = ""
    """delivered, undelivered, or nothing: nobody said what became of it."""
    delivery_ms: int | None = None
    is_notice: int = 0
    """1: about the member's own card; no consent is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimit:
    """At most `messages` to a member by one way since `since_ms`."""

    messages: int
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTried:
    """How a try went. `tries`: as they were counted when it was taken, so that a late word changes nothing.

    `next_try_ms`: None: it has ended in `state`.
    """

    message_id: str
    tries: int
    state: str
    reason: str
    next_try_ms: int | None
    now_ms: int


class MessageStore(Protocol):
    """Verbs on messages; same promises as `Store`."""

    async def put_message(self, row: MessageRow, limit: MessageLimit) -> Recorded[MessageRow] | None:
        """Keep a message; None: the member has had as many as the limit lets.

        Raises: IdempotencyConflict: the id stands for another message.
        """
        ...

    async def find_message(self, group_id: str, message_id: str) -> MessageRow | None: ...
    async def list_messages_of_member(
        self, group_id: str, member_id: str, limit: int
    ) -> Sequence[MessageRow]:
        """The latest first."""
        ...

    async def list_messages(self, group_id: str, state: str, limit: int) -> Sequence[MessageRow]:
        """Those of a state or, of those that left, of a delivery; the latest first."""
        ...

    async def take_messages(
        self, group_id: str, *, now_ms: int, until_ms: int, limit: int
    ) -> Sequence[MessageRow]:
        """Messages that are due, counted as tried; nobody else gets them before `until_ms`."""
        ...

    async def note_message(self, group_id: str, tried: MessageTried) -> bool:
        """Note how a try went; False: the message has ended or was taken by another since."""
        ...

    async def retry_message(self, group_id: str, message_id: str, now_ms: int) -> bool:
        """Let a message that failed, or came to nobody, be tried anew, from now on; False: it is neither."""
        ...

    async def report_message(
        self, group_id: str, message_id: str, *, delivery: str, reason: str, now_ms: int
    ) -> bool:
        """Note what became of a message that was handed on, once; False: it is known, or there is none."""
        ...
