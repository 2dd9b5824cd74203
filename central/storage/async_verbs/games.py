"""The verbs of `central.storage.interface.games` one line each; see `async_verbs.store`."""

from collections.abc import Mapping, Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.claims import CounterUse
from central.storage.interface.common import Change, Recorded
from central.storage.interface.games import GameRow, GameStands, Handover, PlayRow
from central.storage.interface.vouchers import VoucherRow
from central.storage.verbs import games
from loyalty.ledger.postings import Transaction


class GameVerbs(VerbRunner):
    """See `central.storage.interface.games.GameStore`; a part of `VerbStore`."""

    async def put_game(
        self, row: GameRow, stocked: Transaction | None, *, today: str, open_max: int
    ) -> Change | None:
        return await self._write(games.put_game, row, stocked, today=today, open_max=open_max)

    async def find_game(self, group_id: str, game_id: str) -> GameRow | None:
        return await self._read(games.find_game, group_id, game_id)

    async def list_games(self, group_id: str, from_day: str, limit: int) -> Sequence[GameRow]:
        return await self._read(games.list_games, group_id, from_day, limit)

    async def find_game_stands(self, group_id: str, game_ids: Sequence[str]) -> Mapping[str, GameStands]:
        return await self._read(games.find_game_stands, group_id, game_ids)

    async def record_play(
        self,
        row: PlayRow,
        uses: Sequence[CounterUse],
        prize: Transaction | None,
        vouchers: Sequence[VoucherRow],
    ) -> Recorded[PlayRow]:
        return await self._write(games.record_play, row, uses, prize, vouchers)

    async def find_play(self, group_id: str, play_id: str) -> PlayRow | None:
        return await self._read(games.find_play, group_id, play_id)

    async def find_play_by_code(self, group_id: str, code_hash: bytes) -> PlayRow | None:
        return await self._read(games.find_play_by_code, group_id, code_hash)

    async def list_plays(self, group_id: str, game_id: str, after: str, limit: int) -> Sequence[PlayRow]:
        return await self._read(games.list_plays, group_id, game_id, after, limit)

    async def hand_over(self, handover: Handover) -> Recorded[PlayRow]:
        return await self._write(games.hand_over, handover)
