"""What members ask of a pharmacy at its kiosk, by ready sentences or in own words; the shop ends them."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.visits.pharmacists import PharmacistsService, PharmacistUnknown
from central.storage.interface.shop_messages import ShopMessageRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.shops import SHOP_MESSAGES_PER_DAY
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.identification import Act
from wire import api_shop_messages as wire


class ShopMessagesTooMany(LoyaltyError):
    """The member asked often enough today."""

    code = "shop_messages_too_many"
    trouble = Trouble.TOO_MANY
    text = "This member has sent {most} messages to the pharmacy in the last 24 hours. Speak to them instead."


class ShopMessageNotFound(LoyaltyError):
    """No such message in this shop."""

    code = "shop_message_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no message {message_id} to this shop. Check the id."


class ShopMessageTextWrong(LoyaltyError):
    """Own words without any, or words beside a ready sentence."""

    code = "shop_message_text_wrong"
    text = "Send a text with the topic own_words, and with no other."


class ShopMessagesService:
    """Keeps, lists and ends them."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        pharmacists: PharmacistsService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._keys = MemberKeys(context)
        self._clock = context.clock
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._pharmacists = pharmacists

    async def write(
        self, actor: Actor, body: wire.ShopMessageBody, shop_id: str | None = None
    ) -> tuple[wire.ShopMessageView, bool]:
        """Keep what a member asks; the same again is a replay (True).

        Raises: the refusals of a card, StrengthTooLow, CarerMayNot, ShopMissing, ShopMessageTextWrong,
            PharmacistUnknown, ShopMessagesTooMany, IdempotencyConflict.
        """
        access.require(actor, access.IDENTIFY)
        text, staff_id = body.text.strip(), body.staff_id
        if bool(text) != (body.topic == "own_words"):
            raise ShopMessageTextWrong
        shop_id = access.shop_of(actor, shop_id)
        now_ms = self._clock()
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.SEE_BALANCE, now_ms)
        holder.require_own()
        member_id = holder.member.member_id
        if staff_id is not None:
            reached = await self._pharmacists.of_member(actor, member_id, shop_id)
            if staff_id not in reached:
                raise PharmacistUnknown(staff_id=staff_id)
            shop_id = reached[staff_id]
        content = msgspec.json.encode(
            [member_id, body.topic, *([text] if text else []), *([{"to": staff_id}] if staff_id else [])]
        )
        key = await self._keys.open(actor.group_id, member_id)
        row = ShopMessageRow(
            group_id=actor.group_id,
            message_id=body.message_id,
            input_hash=self._vault.content_hash(actor.group_id, content),
            shop_id=shop_id,
            member_id=member_id,
            topic=body.topic,
            token_id=actor.token_id,
            made_ms=now_ms,
            sealed_for=member_id if text else None,
            sealed=self._vault.seal_note(actor.group_id, body.message_id, text.encode(), key)
            if text
            else None,
            staff_id=staff_id,
        )
        kept = await self._store.put_shop_message(row, most=SHOP_MESSAGES_PER_DAY, since_ms=now_ms - DAY_MS)
        if kept is None:
            raise ShopMessagesTooMany(most=SHOP_MESSAGES_PER_DAY)
        return await self._view(kept.row), kept.is_replay

    async def list_open(self, actor: Actor, query: wire.ShopMessagesQuery) -> wire.ShopMessageListView:
        """What a shop has still to do. Raises: ShopMissing, ShopNotYours, ShopNotFound."""
        access.require(actor, access.COUNTER)
        shop_id = access.shop_of(actor, query.shop_id)
        await self._shops.get_row(actor.group_id, shop_id)
        rows = await self._store.list_shop_messages(actor.group_id, shop_id, PAGE_ROWS_MAX + 1)
        return wire.ShopMessageListView(
            messages=[await self._view(row) for row in rows[:PAGE_ROWS_MAX]],
            is_more=len(rows) > PAGE_ROWS_MAX,
        )

    async def end(self, actor: Actor, message_id: str) -> tuple[wire.ShopMessageView, bool]:
        """It is done; done before is a replay (True). Raises: ShopMessageNotFound."""
        access.require(actor, access.COUNTER)
        row = await self._store.find_shop_message(actor.group_id, message_id)
        if row is None or actor.shop_id not in (None, row.shop_id):
            raise ShopMessageNotFound(message_id=message_id)
        is_new = await self._store.end_shop_message(actor.group_id, message_id, actor.token_id, self._clock())
        row = await self._store.find_shop_message(actor.group_id, message_id)
        assert row is not None, "it was there"
        return await self._view(row), not is_new

    async def _view(self, row: ShopMessageRow) -> wire.ShopMessageView:
        return wire.ShopMessageView(
            message_id=row.message_id,
            shop_id=row.shop_id,
            member_id=row.member_id,
            staff_id=row.staff_id,
            topic=row.topic,
            text=await self._text(row),
            state="open" if row.done_ms is None else "done",
            made_ms=row.made_ms,
            done_ms=row.done_ms,
        )

    async def _text(self, row: ShopMessageRow) -> str:
        if row.sealed is None or row.sealed_for is None:
            return ""
        key = await self._keys.open(row.group_id, row.sealed_for)
        return self._vault.open_note(row.group_id, row.message_id, row.sealed, key).decode()
