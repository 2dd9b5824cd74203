"""The counter keeps its latitude (P-14): points it gives on its own, within limits by role, shop and day."""

from dataclasses import replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.claims import CounterUse, GoodwillRow
from loyalty.ledger.accrual import accrual
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import expires_ms
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.latitude import (
    LATITUDE,
    NO_LATITUDE,
    LatitudeExceeded,
    check_goodwill_points,
    goodwill_key,
)
from wire import api_goodwill

GOODWILL = "goodwill"


class GoodwillService:
    """Gives and lists goodwill points. Whoever asks vouches for the role, as a till does for its operator."""

    def __init__(
        self, context: Context, groups: GroupsService, shops: ShopsService, identify: IdentifyService
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._identify = identify

    async def give(
        self, actor: Actor, body: api_goodwill.GoodwillBody
    ) -> tuple[api_goodwill.GoodwillView, bool]:
        """Give points to the member whose card is there; the same again is a replay (True).

        Raises: ReasonMissing, LatitudeExceeded, the refusals of a card, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_GOODWILL)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, body.shop_id))
        input_hash = self._input_hash(actor, shop.shop_id, body)
        first = await self._first(actor, body.goodwill_id, input_hash)
        if first is not None:
            return view_of(first), True
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_card_holder(actor, group, body.holder, now_ms)
        zone = await self._zones.get(shop.time_zone)
        day = local_day(now_ms, zone)
        latitude = group.programme.latitudes.get(body.role, NO_LATITUDE)
        counter = (goodwill_key(body.role, day), f"shop/{shop.shop_id}")
        row = _row_of(
            actor, body, shop.shop_id, member_id=holder.member.member_id, input_hash=input_hash, now_ms=now_ms
        )
        head = EntryHead(
            transaction_id=row.transaction_id,
            cause_id=body.goodwill_id,
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=group.row.ruleset_version,
        )
        for _ in range(COMMIT_TRIES_MAX):
            usage = await self._store.find_usage(actor.group_id, [counter], [])
            try:
                check_goodwill_points(
                    group.programme.latitudes,
                    role=body.role,
                    points=body.points,
                    given_today=usage.counters[counter],
                    reason=body.reason,
                )
            except LatitudeExceeded:  # perhaps because this very act was recorded since we looked
                first = await self._first(actor, body.goodwill_id, input_hash)
                if first is None:
                    raise
                return view_of(first), True
            known = await self._store.find_points(actor.group_id, row.member_id)
            given = accrual(
                head,
                member_id=row.member_id,
                points=body.points,
                points_owed=known.owed,
                expires_ms=expires_ms(group.programme.expiry, day, zone),
                funder=f"shop/{shop.shop_id}",
            )
            use = CounterUse(*counter, LATITUDE, body.points, latitude.goodwill_points_per_day)
            try:
                recorded = await self._store.record_goodwill(row, replace(given, kind=GOODWILL), [use])
            except GuardFailed:
                continue
            return view_of(recorded.row), recorded.is_replay
        raise TryAgain

    async def _first(self, actor: Actor, goodwill_id: str, input_hash: bytes) -> GoodwillRow | None:
        """What this id gave before. Raises: IdempotencyConflict."""
        row = await self._store.find_goodwill(actor.group_id, goodwill_id)
        if row is not None and row.input_hash != input_hash:
            raise IdempotencyConflict(what="The goodwill", id=goodwill_id)
        return row

    def _input_hash(self, actor: Actor, shop_id: str, body: api_goodwill.GoodwillBody) -> bytes:
        content = msgspec.json.encode([type(body).__name__, shop_id, body], order="deterministic")
        return self._vault.content_hash(actor.group_id, content)

    async def list_given(self, actor: Actor, from_ms: int, to_ms: int) -> api_goodwill.GoodwillListView:
        """What the counters gave, with who and why, newest first; at most a page."""
        access.require(actor, access.VALUE_APPROVE)
        rows = await self._store.list_goodwill(actor.group_id, from_ms, to_ms, PAGE_ROWS_MAX)
        return api_goodwill.GoodwillListView(given=[view_of(row) for row in rows])


def view_of(row: GoodwillRow) -> api_goodwill.GoodwillView:
    """An act of goodwill as answers show it."""
    return api_goodwill.GoodwillView(
        goodwill_id=row.goodwill_id,
        member_id=row.member_id,
        shop_id=row.shop_id,
        role=row.role,
        operator=row.operator,
        points=row.points,
        reason=row.reason,
        given_by=row.actor,
        recorded_ms=row.recorded_ms,
        transaction_id=row.transaction_id,
        balance_points=row.balance_after,
    )


def _row_of(
    actor: Actor,
    body: api_goodwill.GoodwillBody,
    shop_id: str,
    *,
    member_id: str,
    input_hash: bytes,
    now_ms: int,
) -> GoodwillRow:
    return GoodwillRow(
        group_id=actor.group_id,
        goodwill_id=body.goodwill_id,
        input_hash=input_hash,
        shop_id=shop_id,
        member_id=member_id,
        role=body.role,
        operator=body.operator,
        actor=actor.token_id,
        points=body.points,
        reason=body.reason,
        recorded_ms=now_ms,
        transaction_id=f"{body.goodwill_id}/goodwill",
    )
