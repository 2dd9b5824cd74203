"""What all acts on stored value share: known again by their id, one head, one answer."""

import msgspec

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.storage.base import IdempotencyConflict
from central.storage.interface.stored_value import ValueActRow
from loyalty.ledger.entry import EntryHead
from wire.api_stored_value import ActView


class Acts:
    """Knows acts again and names their transactions."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    def input_hash(self, actor: Actor, body: msgspec.Struct, *names: str) -> bytes:
        """Keyed hash of what was asked, to know it again."""
        content = msgspec.json.encode([type(body).__name__, names, body], order="deterministic")
        return self._vault.content_hash(actor.group_id, content)

    async def find_first(self, actor: Actor, act_id: str, input_hash: bytes) -> ValueActRow | None:
        """The act as recorded earlier, if it was. Raises: IdempotencyConflict."""
        row = await self._store.find_act(actor.group_id, act_id)
        if row is not None and row.input_hash != input_hash:
            raise IdempotencyConflict(what="The act", id=act_id)
        return row


def head_of(actor: Actor, group: Group, act_id: str, now_ms: int) -> EntryHead:
    """Who, when, because of what."""
    return EntryHead(
        transaction_id=f"{act_id}/value",
        cause_id=act_id,
        occurred_ms=now_ms,
        recorded_ms=now_ms,
        actor=actor.token_id,
        terminal_id=actor.terminal_id,
        ruleset_version=group.row.ruleset_version,
    )


def view_of(row: ValueActRow) -> ActView:
    """An act as answers show it."""
    return ActView(
        act_id=row.act_id,
        kind=row.kind,
        shop_id=row.shop_id,
        member_id=row.member_id,
        gift_card_id=row.gift_card_id,
        asset=row.asset,
        amount=row.amount,
        paid_minor=row.paid_minor,
        balance=row.balance_after or 0,
        expires_ms=row.expires_ms,
        recorded_ms=row.recorded_ms,
        transaction_id=row.transaction_id,
    )
