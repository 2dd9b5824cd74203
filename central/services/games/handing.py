"""Things that were won are handed over at the counter, once, for the code on the slip."""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.games import definition
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.tickets.tenders.guessing import Guesses
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.games import Handover, PlayRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.prizes import hand_over
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.games.counters import cause_of
from loyalty.value.secret_numbers import plain_number, short
from wire import api_games


class PrizeCodeInvalid(LoyaltyError):
    """A number that no prize has."""

    code = "prize_code_invalid"
    text = "The prize's number {number} has a slip in it. Scan it again, or check its 20 digits."


class PrizeUnknown(LoyaltyError):
    """No thing that was won has the number."""

    code = "prize_unknown"
    trouble = Trouble.REFUSED
    text = "No prize of this group has the number {number}. Keep the gift; a voucher is for the till."


class PrizeHandedOver(LoyaltyError):
    """A thing is taken away once."""

    code = "prize_handed_over"
    trouble = Trouble.REFUSED
    text = "The prize {number} was handed over already, in {shop_id}. Keep the gift."


class PrizeOver(LoyaltyError):
    """Its last day is over."""

    code = "prize_over"
    trouble = Trouble.REFUSED
    text = "The prize {number} could be fetched until {last_day}. Keep the gift, or ask head office."


class HandoverService:
    """Hands over. Numbers nobody has count as guesses, like those of vouchers."""

    def __init__(
        self, context: Context, groups: GroupsService, shops: ShopsService, guesses: Guesses
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._guesses = guesses

    async def hand_over(
        self, actor: Actor, body: api_games.HandoverBody
    ) -> tuple[api_games.HandoverView, bool]:
        """Hand a thing over; the same again is a replay (True).

        Raises: PrizeCodeInvalid, PrizeUnknown, PrizeHandedOver, PrizeOver, TooManyTries,
            IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_GOODWILL)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, body.shop_id))
        group = await self._groups.get(actor.group_id)
        code = plain_number(body.code)
        if code is None:
            raise PrizeCodeInvalid(number=short(body.code))
        await self._guesses.require_room(actor)
        content = msgspec.json.encode(["handover", shop.shop_id, code, body.operator])
        content_hash = self._vault.content_hash(actor.group_id, content)
        now_ms = self._clock()
        day = local_day(now_ms, await self._zones.get(shop.time_zone)).isoformat()
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._store.find_play_by_code(
                actor.group_id, self._vault.prize_hash(actor.group_id, code)
            )
            if row is None:
                await self._guesses.count(actor)
                raise PrizeUnknown(number=short(code))
            if row.handover_id == body.handover_id:
                if row.handover_hash != content_hash:
                    raise IdempotencyConflict(what="The handover", id=body.handover_id)
                return await self._view(row), True
            if row.handed_ms is not None:
                raise PrizeHandedOver(number=short(code), shop_id=row.handed_shop_id)
            if row.last_day < day:
                raise PrizeOver(number=short(code), last_day=row.last_day)
            head = EntryHead(
                transaction_id=f"{row.play_id}/handover",
                cause_id=cause_of(row.play_id),
                occurred_ms=now_ms,
                recorded_ms=now_ms,
                actor=actor.token_id,
                terminal_id=actor.terminal_id,
                ruleset_version=group.row.ruleset_version,
            )
            handover = Handover(
                group_id=actor.group_id,
                play_id=row.play_id,
                handover_id=body.handover_id,
                handover_hash=content_hash,
                handed_shop_id=shop.shop_id,
                handed_operator=body.operator,
                handed_actor=actor.token_id,
                handed_ms=now_ms,
                transaction=hand_over(head, row.game_id, row.prize_id),
            )
            try:
                recorded = await self._store.hand_over(handover)
            except GuardFailed:
                continue
            return await self._view(recorded.row), recorded.is_replay
        raise TryAgain

    async def _view(self, row: PlayRow) -> api_games.HandoverView:
        game = await self._store.find_game(row.group_id, row.game_id)
        assert game is not None, "a play is of a game"
        prize = definition.pool_in(game).prize(row.prize_id)
        assert prize is not None, "prizes of a published game stay"
        assert row.handover_id is not None
        assert row.handed_shop_id is not None
        assert row.handed_ms is not None
        return api_games.HandoverView(
            handover_id=row.handover_id,
            play_id=row.play_id,
            game_id=row.game_id,
            face_id=row.prize_id,
            names=dict(prize.names),
            shop_id=row.handed_shop_id,
            handed_ms=row.handed_ms,
        )
