"""What acts share that spend a member's points on something else of the same worth."""

import msgspec

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.storage.base import IdempotencyConflict
from central.storage.interface.value import MoveRow
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.conversion import CONVERSION, conversion
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.postings import Transaction
from wire import api_conversions as api


class Spending:
    """Decides on the lots that stand now; the store guards them."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    def head(
        self, actor: Actor, group: Group, move_id: str, *, kind: str = CONVERSION, now_ms: int
    ) -> EntryHead:
        """Who does it, and what it stands under: no ticket can have this cause."""
        return EntryHead(
            transaction_id=f"{move_id}/{kind}",
            cause_id=f"{kind}/{move_id}",
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=group.row.ruleset_version,
        )

    async def spent(
        self, group_id: str, head: EntryHead, *, member_id: str, points: int, given: Transaction
    ) -> Transaction:
        """A member's points for what `given` issues. Raises: BalanceTooLow."""
        rows = await self._store.list_open_lots(group_id, member_points(member_id), str(POINTS))
        known = await self._store.find_points(group_id, member_id)
        return conversion(
            head,
            member_id=member_id,
            points=points,
            lots=[lot_of(row) for row in rows],
            points_owed=known.owed,
            now_ms=head.recorded_ms,
            given=given,
        )

    async def first(self, group_id: str, move_id: str, input_hash: bytes) -> MoveRow | None:
        """What this id did before. Raises: IdempotencyConflict."""
        row = await self._store.find_move(group_id, move_id)
        if row is not None and row.input_hash != input_hash:
            raise IdempotencyConflict(what="The move", id=move_id)
        return row

    def input_hash(self, actor: Actor, body: api.ConversionBody | api.ForwardBody) -> bytes:
        """Who retries after a lost answer proves the card anew: that is no other act."""
        bare = msgspec.structs.replace(body.holder, proof_id=None, pin_proof="")
        content = [type(body).__name__, msgspec.structs.replace(body, holder=bare)]
        return self._vault.content_hash(actor.group_id, msgspec.json.encode(content, order="deterministic"))
