"""The JSON API's messages to members: e-mail and SMS."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits import messages as limits
from wire.api_base import Body, Id, View
from wire.api_counter import Clerk


class MessageBody(Body, frozen=True):
    """A message to a member. `channel`: email or sms; `subject`: of an e-mail, where it must not be empty.

    The same id again is the same message. `clerk`: the pass of the clerk who writes, at a till: their act.
    """

    message_id: Id
    channel: str
    text: Annotated[str, Meta(min_length=1, max_length=limits.EMAIL_TEXT_CHARS_MAX)]
    subject: Annotated[str, Meta(max_length=limits.EMAIL_SUBJECT_CHARS_MAX)] = ""
    clerk: Clerk | None = None


class MessageView(View, frozen=True):
    """A message. `state`: waiting, sent (the next server took it), failed, or dropped: the member must not be
    written to any more. `delivery`: what that server said in the end, at `delivery_ms`: delivered,
    undelivered, or nothing yet. `reason`: why it failed, was dropped, came to nobody, or waits after a try.
    `next_try_ms`: when it is tried again. `parts`: short messages that an SMS takes, 0 for an e-mail.
    """

    message_id: str
    member_id: str
    channel: str
    state: str
    reason: str
    tries: int
    made_ms: int
    next_try_ms: int | None
    ended_ms: int | None
    delivery: str
    delivery_ms: int | None
    subject: str
    text: str
    parts: int


class MessageListView(View, frozen=True):
    """Messages, the latest first."""

    messages: list[MessageView]


class MessageHeadView(View, frozen=True):
    """A message without what it says."""

    message_id: str
    member_id: str
    channel: str
    state: str
    reason: str
    tries: int
    made_ms: int
    next_try_ms: int | None
    ended_ms: int | None
    delivery: str
    delivery_ms: int | None


class MessageHeadListView(View, frozen=True):
    """Messages of one state, the latest first."""

    messages: list[MessageHeadView]


class MessageQuery(Body, frozen=True):
    """Which messages: of one state (waiting, sent, failed, dropped), or delivered, or undelivered."""

    state: str = "failed"
