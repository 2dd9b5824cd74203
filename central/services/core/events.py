"""The group's events for those who follow: whole for who may read members, else ids alone (DESIGN 8, 11)."""

from collections.abc import AsyncGenerator

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.interface.rows import EventRow
from wire.api import EventView


class EventsService:
    """Follows events."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    async def follow(self, actor: Actor, after_seq: int) -> AsyncGenerator[EventView, None]:
        """Every event after `after_seq`, as it is committed, for ever; whole with `members.read`."""
        access.require(actor, access.STREAM_READ)
        is_whole = actor.may(access.MEMBERS_READ)
        async for row in self._store.changes(actor.group_id, after_seq):
            yield _view(row, is_whole=is_whole)


def _view(row: EventRow, *, is_whole: bool) -> EventView:
    body = msgspec.json.decode(row.body, type=dict[str, str | int | bool | None])
    if not is_whole:
        body = {name: value for name, value in body.items() if name.endswith("_id")}
    return EventView(seq=row.seq, kind=row.kind, at_ms=row.at_ms, body=body)
