"""The verbs of `central.storage.interface.messages` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.messages import MessageLimit, MessageRow, MessageTried
from central.storage.verbs import messages


class MessageVerbs(VerbRunner):
    """See `central.storage.interface.messages.MessageStore`; a part of `VerbStore`."""

    async def put_message(self, row: MessageRow, limit: MessageLimit) -> Recorded[MessageRow] | None:
        return await self._write(messages.put_message, row, limit)

    async def find_message(self, group_id: str, message_id: str) -> MessageRow | None:
        return await self._read(messages.find_message, group_id, message_id)

    async def list_messages_of_member(
        self, group_id: str, member_id: str, limit: int
    ) -> Sequence[MessageRow]:
        return await self._read(messages.list_messages_of_member, group_id, member_id, limit)

    async def list_messages(self, group_id: str, state: str, limit: int) -> Sequence[MessageRow]:
        return await self._read(messages.list_messages, group_id, state, limit)

    async def take_messages(
        self, group_id: str, *, now_ms: int, until_ms: int, limit: int
    ) -> Sequence[MessageRow]:
        return await self._write(
            messages.take_messages, group_id, now_ms=now_ms, until_ms=until_ms, limit=limit
        )

    async def note_message(self, group_id: str, tried: MessageTried) -> bool:
        return await self._write(messages.note_message, group_id, tried)

    async def retry_message(self, group_id: str, message_id: str, now_ms: int) -> bool:
        return await self._write(messages.retry_message, group_id, message_id, now_ms)

    async def report_message(
        self, group_id: str, message_id: str, *, delivery: str, reason: str, now_ms: int
    ) -> bool:
        return await self._write(
            messages.report_message, group_id, message_id, delivery=delivery, reason=reason, now_ms=now_ms
        )
