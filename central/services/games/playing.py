"""A member plays: central draws, the ledger gives, all in one transaction; the screen is told."""

from datetime import date

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.games import definition
from central.services.games.definition import GameNotFound
from central.services.games.prizes import NOTHING_WON, Play, PrizeGiver, Won
from central.services.games.views import faces, play_view, prize_won
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.claims import CounterKey, CounterUse
from central.storage.interface.games import GameStands, PlayRow
from central.storage.interface.rows import ShopRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.games import GAME_POOLS_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.programme.games.counters import GAME, plays_of_day, plays_of_game
from loyalty.programme.games.draw import commit, draw
from loyalty.programme.games.outcome import NOTHING, PoolStands, is_empty, outcome_of, right_answers
from loyalty.programme.games.pool import GameUnlawful, Pool, require_lawful
from loyalty.programme.identification import Act, may_prove
from wire import api, api_games
from wire.games import GameOffer, WhyNot


class GameNotOpen(LoyaltyError):
    """Not here, or not today."""

    code = "game_not_open"
    trouble = Trouble.REFUSED
    text = "The game {game_id} is not open in this shop today ({why_not}). List the games again."


class PlayedOut(LoyaltyError):
    """As often as a member may on a day."""

    code = "game_played_out"
    trouble = Trouble.REFUSED
    text = "This member has played {game_id} as often as the game allows on a day. Tomorrow there is more."


class NoPrizesLeft(LoyaltyError):
    """Nothing is left to win: nobody plays for nothing."""

    code = "game_no_prizes"
    trouble = Trouble.REFUSED
    text = "All prizes of {game_id} are gone. Show another game."


class GameChanged(LoyaltyError):
    """The commitment is not the one of the next play: another play came first."""

    code = "game_changed"
    trouble = Trouble.CONFLICT
    text = "The commitment is not that of this member's next play of {game_id}. List the games again."


class PlayNotFound(LoyaltyError):
    """No such play of this member."""

    code = "play_not_found"
    trouble = Trouble.NOT_FOUND
    text = "This member has made no play {play_id}. Check the id and the card."


class PlayService:
    """Offers games and plays them."""

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
        self._giver = PrizeGiver(context)

    async def offer(self, actor: Actor, body: api_games.OffersBody) -> api_games.OffersView:
        """The games that are for this shop, and whether this member may play each now. Writes nothing.

        Raises: the refusals of a card, CarerMayNot, ShopNotFound.
        """
        access.require(actor, access.VALUE_MOVE)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, body.shop_id))
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.SEE_BALANCE_RANGE, now_ms)
        holder.require_own()
        may_play = Act.PLAY in holder.may or may_prove(
            group.programme.strength_table, Act.PLAY, body.holder.medium
        )
        day = local_day(now_ms, await self._zones.get(shop.time_zone))
        rows = await self._store.list_games(actor.group_id, day.isoformat(), GAME_POOLS_MAX)
        pools = [definition.pool_in(row) for row in rows]
        here = [pool for pool in pools if shop.country in pool.countries]
        stands = await self._store.find_game_stands(actor.group_id, [pool.game_id for pool in here])
        keys = [key for pool in here for key in _keys_of(pool, holder, day)]
        usage = await self._store.find_usage(actor.group_id, keys, [])
        return api_games.OffersView(
            games=[
                self._offer(
                    pool,
                    holder,
                    stands=stands[pool.game_id],
                    shop=shop,
                    day=day,
                    played=tuple(usage.counters[key] for key in _keys_of(pool, holder, day)),
                    may_play=may_play,
                )
                for pool in here
            ]
        )

    def _offer(
        self,
        pool: Pool,
        holder: Holder,
        *,
        stands: GameStands,
        shop: ShopRow,
        day: date,
        played: tuple[int, ...],
        may_play: bool,
    ) -> GameOffer:
        today, before = played
        left = _pool_stands(stands)
        why_not = _why_closed(pool, shop.country, day)
        if not why_not and not may_play:
            why_not = "needs_card"
        if not why_not and today >= pool.plays_per_day:
            why_not = "played_out"
        if not why_not and is_empty(pool, left):
            why_not = "no_prizes"
        is_drawn = pool.is_contest and not why_not
        return GameOffer(
            game_id=pool.game_id,
            kind=pool.kind.value,
            names=dict(pool.names),
            plays_left=0 if why_not == "needs_card" else max(0, pool.plays_per_day - today),
            is_open=not why_not,
            why_not=why_not,
            prizes=faces(pool, left),
            out_of=pool.out_of,
            fallback_id=pool.fallback_id,
            commitment=commit(self._seed(pool, holder, before)) if is_drawn else "",
            questions=definition.questions_told(pool.questions),
            right_needed=pool.right_needed,
            last_day=pool.last_day.isoformat(),
        )

    async def play(
        self, actor: Actor, game_id: str, body: api_games.PlayBody
    ) -> tuple[api_games.PlayView, bool]:
        """Play once; the same again is a replay (True).

        Raises: GameNotFound, GameNotOpen, GameUnlawful, PlayedOut, NoPrizesLeft, GameChanged, StrengthTooLow,
            CardProofNeeded, the refusals of a card, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.VALUE_MOVE)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, body.shop_id))
        input_hash = self._input_hash(actor, shop.shop_id, game_id, body)
        first = await self._find_first(actor.group_id, body.play_id, input_hash)
        if first is not None:
            return first, True
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.PLAY, now_ms)
        pool = await self._pool(actor.group_id, game_id)
        zone = await self._zones.get(shop.time_zone)
        day = local_day(now_ms, zone)
        why_not = _why_closed(pool, shop.country, day)
        if why_not:
            require_lawful(pool, shop.country, day)
            raise GameNotOpen(game_id=game_id, why_not=why_not)
        play = Play(
            play_id=body.play_id,
            input_hash=input_hash,
            actor=actor,
            group=group,
            pool=pool,
            holder=holder,
            shop=shop,
            zone=zone,
            day=day,
            now_ms=now_ms,
            client_seed=body.client_seed,
            right=right_answers(pool, body.answers),
        )
        for _ in range(COMMIT_TRIES_MAX):
            try:
                row, uses, won = await self._decide(play, body.commitment)
            except (PlayedOut, NoPrizesLeft, GameChanged):
                # Sent twice at once, the other may have been written since we looked.
                if (first := await self._find_first(actor.group_id, body.play_id, input_hash)) is None:
                    raise
                return first, True
            try:
                recorded = await self._store.record_play(row, uses, won.transaction, won.vouchers)
            except GuardFailed:
                continue
            return self._view(recorded.row, pool), recorded.is_replay
        raise TryAgain

    async def _find_first(self, group_id: str, play_id: str, input_hash: bytes) -> api_games.PlayView | None:
        """The first answer to a play. Raises: IdempotencyConflict."""
        row = await self._store.find_play(group_id, play_id)
        if row is None:
            return None
        if row.input_hash != input_hash:
            raise IdempotencyConflict(what="The play", id=play_id)
        return self._view(row, await self._pool(group_id, row.game_id))

    async def tell(self, actor: Actor, play_id: str, body: api_games.OffersBody) -> api_games.PlayView:
        """A play again, with its prize, to whoever may play with the card it was played with.

        Raises: PlayNotFound, StrengthTooLow, CardProofNeeded, the refusals of a card.
        """
        access.require(actor, access.VALUE_MOVE)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.PLAY, self._clock())
        row = await self._store.find_play(actor.group_id, play_id)
        if row is None or row.member_id != holder.member.member_id:
            raise PlayNotFound(play_id=play_id)
        return self._view(row, await self._pool(actor.group_id, row.game_id))

    async def _decide(self, play: Play, commitment: str) -> tuple[PlayRow, list[CounterUse], Won]:
        """What the play comes to as things are now.

        Raises: PlayedOut, NoPrizesLeft, GameChanged.
        """
        pool, game_id = play.pool, play.pool.game_id
        keys = _keys_of(pool, play.holder, play.day)
        usage = await self._store.find_usage(play.group.row.group_id, keys, [])
        today, before = (usage.counters[key] for key in keys)
        if today >= pool.plays_per_day:
            raise PlayedOut(game_id=game_id)
        seed = self._seed(pool, play.holder, before)
        if commitment != (commit(seed) if pool.is_contest else ""):
            raise GameChanged(game_id=game_id)
        number, outcome, won = None, NOTHING, NOTHING_WON
        if pool.is_contest:
            stands = await self._store.find_game_stands(play.group.row.group_id, [game_id])
            left = _pool_stands(stands[game_id])
            if is_empty(pool, left):
                raise NoPrizesLeft(game_id=game_id)
            if play.right >= pool.right_needed:
                number = draw(
                    seed,
                    client_seed=play.client_seed,
                    game_id=game_id,
                    play_id=play.play_id,
                    out_of=pool.out_of,
                )
                outcome = outcome_of(pool, number, left)
        if outcome.prize is not None:
            won = await self._giver.give(play, outcome.prize)
        row = PlayRow(
            group_id=play.group.row.group_id,
            play_id=play.play_id,
            input_hash=play.input_hash,
            game_id=game_id,
            member_id=play.member_id,
            shop_id=play.shop.shop_id,
            terminal_id=play.actor.terminal_id,
            actor=play.actor.token_id,
            day=play.day.isoformat(),
            play_no=before,
            plays_left=pool.plays_per_day - today - 1,
            server_seed="" if number is None else seed.hex(),
            client_seed=play.client_seed,
            number=number,
            out_of=pool.out_of,
            drawn_id="" if outcome.drawn is None else outcome.drawn.prize_id,
            prize_id="" if outcome.prize is None else outcome.prize.prize_id,
            right_count=play.right,
            code_hash=won.code_hash,
            last_day=won.last_day,
            recorded_ms=play.now_ms,
            transaction_id=None if won.transaction is None else won.transaction.transaction_id,
        )
        day_key, game_key = keys
        uses = [
            CounterUse(*day_key, GAME, 1, pool.plays_per_day),
            # As many as were seen: else another play took this seed.
            CounterUse(*game_key, GAME, 1, before + 1),
            CounterUse(plays_of_game(game_id), "", GAME, 1, None),
        ]
        return row, uses, won

    def _view(self, row: PlayRow, pool: Pool) -> api_games.PlayView:
        prize = pool.prize(row.prize_id)
        won = None if prize is None else prize_won(row, prize, self._giver.code_of(row, prize))
        return play_view(row, pool, won)

    async def _pool(self, group_id: str, game_id: str) -> Pool:
        row = await self._store.find_game(group_id, game_id)
        if row is None:
            raise GameNotFound(game_id=game_id)
        return definition.pool_in(row)

    def _seed(self, pool: Pool, holder: Holder, before: int) -> bytes:
        member = holder.member
        return self._vault.game_seed(member.group_id, pool.game_id, member.member_id, before)

    def _input_hash(self, actor: Actor, shop_id: str, game_id: str, body: api_games.PlayBody) -> bytes:
        """Of what is played and with which card; a PIN that was typed in between changes nothing."""
        shown = api.EvidenceBody(medium=body.holder.medium, value=body.holder.value)
        played = msgspec.structs.replace(body, holder=shown, shop_id=shop_id)
        content = msgspec.json.encode(["play", game_id, played], order="deterministic")
        return self._vault.content_hash(actor.group_id, content)


def _keys_of(pool: Pool, holder: Holder, day: date) -> list[CounterKey]:
    """The counters of this member: of the day, of the game."""
    owner = f"member/{holder.member.member_id}"
    return [(plays_of_day(pool.game_id, day), owner), (plays_of_game(pool.game_id), owner)]


def _pool_stands(stands: GameStands) -> PoolStands:
    return PoolStands(stands.left, stands.budget_left)


def _why_closed(pool: Pool, country: str, day: date) -> WhyNot:
    """Why nobody may play it in this country on this day; empty: one may."""
    if country not in pool.countries:
        return "not_here"
    try:
        require_lawful(pool, country, day)
    except GameUnlawful:
        return "not_here"
    if pool.is_on(day):
        return ""
    return "not_yet" if day < pool.first_day else "over"
