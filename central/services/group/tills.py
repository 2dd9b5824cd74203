"""What terminals tell of their tills: paired, put out, guessed at. Recorded once each, with an event."""

from collections.abc import Sequence

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.interface.tills import TillActRow
from loyalty.limits.till_pairing import TILL_ACTS_SHOWN_MAX
from wire.api_tills import TillActBody, TillActView


class TillsService:
    """Records and lists acts."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def note(self, actor: Actor, body: TillActBody) -> tuple[TillActView, bool]:
        """A terminal tells an act; the same again is a replay (True).

        Raises: IdempotencyConflict, ShopMissing.
        """
        access.require(actor, access.SALES_WRITE)  # who may book tickets says with which tills
        row = TillActRow(
            group_id=actor.group_id,
            act_id=body.act_id,
            kind=body.kind,
            shop_id=access.shop_of(actor, None),
            terminal_id=actor.terminal_id or "",
            sale_id=body.sale_id,
            key_version=body.key_version,
            opened_by=body.opened_by,
            staff_id=body.staff_id,
            occurred_ms=body.occurred_ms,
            recorded_ms=self._clock(),
        )
        recorded = await self._store.note_till_act(row)
        return _view(recorded.row), recorded.is_replay

    async def list_acts(self, actor: Actor, *, limit: int = TILL_ACTS_SHOWN_MAX) -> Sequence[TillActView]:
        """The latest acts of the group's terminals, the latest first."""
        access.require(actor, access.TERMINALS_PAIR)
        return [_view(row) for row in await self._store.list_till_acts(actor.group_id, limit)]


def _view(row: TillActRow) -> TillActView:
    return TillActView(
        act_id=row.act_id,
        kind=row.kind,
        shop_id=row.shop_id,
        terminal_id=row.terminal_id,
        sale_id=row.sale_id,
        key_version=row.key_version,
        opened_by=row.opened_by,
        staff_id=row.staff_id,
        occurred_ms=row.occurred_ms,
        recorded_ms=row.recorded_ms,
    )
