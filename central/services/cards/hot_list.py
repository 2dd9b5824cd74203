"""The hot-list: cards that a terminal must refuse while central is away, as signed deltas."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.signing import Signer
from central.storage.interface.offline import HotCardRow
from loyalty.limits.offline import HOT_LIST_PAGE
from wire import offline


class HotListService:
    """Tells terminals which cards became blocked, replaced or expired, and which are good again."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._signer = Signer(context.vault)
        self._clock = context.clock

    async def delta(self, actor: Actor, after_seq: int) -> offline.HotListView:
        """What changed after a number that the terminal has; 0: all of it, from the beginning.

        A number that was never given out begins anew: the database was restored from a backup.
        """
        access.require(actor, access.GROUP_READ)
        as_of_ms = self._clock()
        rows = await self._store.list_hot_cards(actor.group_id, after_seq, HOT_LIST_PAGE + 1)
        if after_seq and not rows and not await self._is_known(actor.group_id, after_seq):
            after_seq = 0
            rows = await self._store.list_hot_cards(actor.group_id, 0, HOT_LIST_PAGE + 1)
        page = rows[:HOT_LIST_PAGE]
        salt = self._vault.hot_salt(actor.group_id)
        delta = offline.HotDelta(
            group_id=actor.group_id,
            from_seq=after_seq,
            to_seq=page[-1].seq if page else after_seq,
            is_last=len(rows) <= HOT_LIST_PAGE,
            as_of_ms=as_of_ms,
            entries=[entry for row in page for entry in _entries(salt, row)],
        )
        text = msgspec.json.encode(delta).decode()
        signature = self._signer.sign(actor.group_id, offline.HOT_LIST + text.encode())
        return offline.HotListView(delta=text, signature=signature)

    async def _is_known(self, group_id: str, seq: int) -> bool:
        return bool(await self._store.list_hot_cards(group_id, seq - 1, 1))


def _entries(salt: str, row: HotCardRow) -> list[offline.HotEntry]:
    marks = [offline.card_mark(salt, row.card_number)]
    if row.uid:
        marks.append(offline.card_mark(salt, row.uid))
    return [offline.HotEntry(mark, row.is_hot) for mark in marks]
