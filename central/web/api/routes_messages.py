"""Operations on messages to members; a part of the one table in `routes`."""

from typing import Final

import msgspec

from central.services.core import access, sealed_people
from central.services.members import messages
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_counter import ACTING
from wire import api_messages


async def send_message(call: Call) -> Answer:
    """Write to a member by e-mail or SMS, where they agreed to it; it is kept until it has left."""
    body: api_messages.MessageBody = call.body
    if body.clerk is not None:
        await call.services.counter.acts.note_message(call.actor, call.path["member_id"], body)
        body = msgspec.structs.replace(body, clerk=None)  # the next pass is no other message
    view, is_replay = await call.services.messages.keep(call.actor, call.path["member_id"], body)
    return Answer(view, is_replay=is_replay)


async def list_member_messages(call: Call) -> Answer:
    """What was written to a member, and what became of it."""
    return Answer(await call.services.messages.list_of_member(call.actor, call.path["member_id"]))


async def list_messages(call: Call) -> Answer:
    """Messages of a state, such as those that failed; without what they say."""
    return Answer(await call.services.messages.list(call.actor, call.query))


async def retry_message(call: Call) -> Answer:
    """Let a message that failed be tried anew."""
    return Answer(await call.services.messages.retry(call.actor, call.path["message_id"]))


_PREFIX: Final = "/api/v1"
_MEMBER: Final = (sealed_people.MemberNotFound, sealed_people.MemberMerged)

MESSAGE_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/members/{{member_id}}/messages",
        operation="send_message",
        tag="messages",
        permission=access.MESSAGES_SEND,
        handler=send_message,
        body=api_messages.MessageBody,
        answer=api_messages.MessageView,
        errors=(
            *_MEMBER,
            *ACTING,
            messages.ChannelUnknown,
            messages.ChannelNotSetUp,
            messages.ConsentMissing,
            messages.AddressMissing,
            messages.MessageTooLong,
            messages.SubjectMissing,
            messages.MessagesTooMany,
            IdempotencyConflict,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/members/{{member_id}}/messages",
        operation="list_member_messages",
        tag="messages",
        permission=access.MEMBERS_READ,
        handler=list_member_messages,
        answer=api_messages.MessageListView,
        errors=_MEMBER,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/messages",
        operation="list_messages",
        tag="messages",
        permission=access.MEMBERS_READ,
        handler=list_messages,
        query=api_messages.MessageQuery,
        answer=api_messages.MessageHeadListView,
        errors=(messages.MessageStateUnknown,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/messages/{{message_id}}/retry",
        operation="retry_message",
        tag="messages",
        permission=access.MESSAGES_RETRY,
        handler=retry_message,
        answer=api_messages.MessageHeadView,
        errors=(messages.MessageNotFound, messages.MessageHasNotFailed),
    ),
)
