"""Games of head office: published with stock and budget, shown with what is left, their plays listed."""

from datetime import UTC, datetime, timedelta

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.games import definition
from central.services.games.definition import GameNotFound
from central.services.games.views import game_view, play_row_view
from central.services.group.groups import GroupsService
from central.storage.base import GuardFailed
from central.storage.interface.claims import CounterKey
from central.storage.interface.games import GameRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import money
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.postings import Transaction
from loyalty.ledger.prizes import stock_game
from loyalty.limits.games import GAME_POOLS_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.games.counters import plays_of_game
from loyalty.programme.games.pool import Pool, check_change, require_lawful
from wire import api_games


class GamesTooMany(LoyaltyError):
    """So many games are open already."""

    code = "games_too_many"
    trouble = Trouble.CONFLICT
    text = "{most} games are open or to come already. End one (`last_day`), or wait until one is over."


class GamesService:
    """Publishes and shows games."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups

    async def put(self, actor: Actor, game_id: str, body: api_games.GameBody) -> api_games.GameView:
        """Publish a game, or give a published one what it may get; the same again changes nothing.

        Raises: GameInvalid, GameDayInvalid, GameUnlawful, GameFixed, GameTooLong, GamesTooMany, TryAgain.
        """
        access.require(actor, access.PROGRAMME_WRITE)
        pool = definition.pool_of(game_id, body)
        text = definition.encoded(body)
        group = await self._groups.get(actor.group_id)
        now_ms = self._clock()
        today = local_day(now_ms, UTC)
        for country in sorted(pool.countries):
            require_lawful(pool, country, max(today, pool.first_day))
        for _ in range(COMMIT_TRIES_MAX):
            before = await self._store.find_game(actor.group_id, game_id)
            if before is not None and before.definition == text:
                return await self._view(actor.group_id, before)
            known = None if before is None else definition.pool_in(before)
            if known is not None:
                check_change(known, pool)
            row = GameRow(
                group_id=actor.group_id,
                game_id=game_id,
                version=1 if before is None else before.version + 1,
                definition=text,
                last_day=body.last_day,
                published_ms=now_ms if before is None else before.published_ms,
                changed_ms=now_ms,
                actor=actor.token_id,
            )
            head = EntryHead(
                transaction_id=f"game/{game_id}/{row.version}",
                cause_id=f"game/{game_id}",
                occurred_ms=now_ms,
                recorded_ms=now_ms,
                actor=actor.token_id,
                terminal_id=actor.terminal_id,
                ruleset_version=group.row.ruleset_version,
            )
            stocked = _stocked(head, known, pool, group.row.currency)
            try:
                change = await self._store.put_game(
                    row, stocked, today=today.isoformat(), open_max=GAME_POOLS_MAX
                )
            except GuardFailed:
                continue
            if change is None:
                raise GamesTooMany(most=GAME_POOLS_MAX)
            return await self._view(actor.group_id, row)
        raise TryAgain

    async def list_games(self, actor: Actor) -> api_games.GameListView:
        """The games that are open or to come, and those that ended in the last year, by their last day."""
        access.require(actor, access.PROGRAMME_WRITE)
        since = datetime.fromtimestamp(self._clock() / 1000, UTC).date() - timedelta(days=366)
        rows = await self._store.list_games(actor.group_id, since.isoformat(), PAGE_ROWS_MAX)
        return api_games.GameListView(games=[await self._view(actor.group_id, row) for row in rows])

    async def get(self, actor: Actor, game_id: str) -> api_games.GameView:
        """A game and how its pool stands. Raises: GameNotFound."""
        access.require(actor, access.PROGRAMME_WRITE)
        return await self._view(actor.group_id, await self._row(actor.group_id, game_id))

    async def list_plays(
        self, actor: Actor, game_id: str, query: api_games.PlaysQuery
    ) -> api_games.PlayListView:
        """A game's plays, a page by id; no member and no code. Raises: GameNotFound."""
        access.require(actor, access.PROGRAMME_WRITE)
        await self._row(actor.group_id, game_id)
        rows = await self._store.list_plays(actor.group_id, game_id, query.after, query.limit + 1)
        shown = rows[: query.limit]
        return api_games.PlayListView(
            plays=[play_row_view(row) for row in shown],
            next=shown[-1].play_id if len(rows) > query.limit else "",
        )

    async def _row(self, group_id: str, game_id: str) -> GameRow:
        row = await self._store.find_game(group_id, game_id)
        if row is None:
            raise GameNotFound(game_id=game_id)
        return row

    async def _view(self, group_id: str, row: GameRow) -> api_games.GameView:
        key: CounterKey = (plays_of_game(row.game_id), "")
        usage = await self._store.find_usage(group_id, [key], [])
        stands = (await self._store.find_game_stands(group_id, [row.game_id]))[row.game_id]
        return game_view(row, stands, plays=usage.counters[key])


def _stocked(head: EntryHead, before: Pool | None, after: Pool, currency: str) -> Transaction | None:
    """What a game gets beyond what it had."""
    had = {} if before is None else {each.prize_id: each.stock for each in before.prizes}
    return stock_game(
        head,
        after.game_id,
        stock=[(each.prize_id, each.stock - had.get(each.prize_id, 0)) for each in after.prizes],
        currency=money(currency),
        budget_minor=after.budget_minor - (0 if before is None else before.budget_minor),
    )
