"""Games: pools as published, plays with what they won, things handed over; the ledger guards the value."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from central.storage.interface.claims import CounterUse
from central.storage.interface.common import Change, GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.games import GameRow, GameStands, Handover, PlayRow
from central.storage.interface.vouchers import Benefits, VoucherRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import claims, facts, ledger, vouchers
from loyalty.ledger import chart
from loyalty.ledger.assets import Family, family_of, parse_asset
from loyalty.ledger.postings import Transaction

_GAME_NAMES: Final = tuple(field.name for field in fields(GameRow))
_GAME_COLUMNS = f"SELECT {', '.join(_GAME_NAMES)} FROM game"
_FIND_GAME = f"{_GAME_COLUMNS} WHERE group_id = :group_id AND game_id = :game_id"
_LIST_GAMES = f"""
{_GAME_COLUMNS} INDEXED BY game_by_last_day
WHERE group_id = :group_id AND last_day >= :from_day ORDER BY last_day, game_id LIMIT :limit
"""
_COUNT_OPEN = """
SELECT count(*) FROM game INDEXED BY game_by_last_day WHERE group_id = :group_id AND last_day >= :today
"""
_ADD_GAME = f"""
INSERT INTO game ({", ".join(_GAME_NAMES)}) VALUES ({", ".join(f":{name}" for name in _GAME_NAMES)})
"""
_CHANGE_GAME = """
UPDATE game SET version = :version, definition = :definition, last_day = :last_day, changed_ms = :changed_ms,
    actor = :actor
WHERE group_id = :group_id AND game_id = :game_id AND version = :version - 1
"""
_LIST_ACCOUNT = """
SELECT asset, balance FROM account WHERE group_id = :group_id AND account = :account ORDER BY asset
"""
_PLAY_NAMES: Final = tuple(field.name for field in fields(PlayRow))
_PLAY_COLUMNS = f"SELECT {', '.join(_PLAY_NAMES)} FROM game_play"
_FIND_PLAY = f"{_PLAY_COLUMNS} WHERE group_id = :group_id AND play_id = :play_id"
_FIND_BY_CODE = f"""
{_PLAY_COLUMNS} INDEXED BY game_play_by_code WHERE group_id = :group_id AND code_hash = :code_hash
"""
_FIND_BY_HANDOVER = f"""
{_PLAY_COLUMNS} INDEXED BY game_play_by_handover WHERE group_id = :group_id AND handover_id = :handover_id
"""
_LIST_PLAYS = f"""
{_PLAY_COLUMNS} INDEXED BY game_play_by_game
WHERE group_id = :group_id AND game_id = :game_id AND play_id > :after ORDER BY play_id LIMIT :limit
"""
_ADD_PLAY = f"""
INSERT INTO game_play ({", ".join(_PLAY_NAMES)}) VALUES ({", ".join(f":{name}" for name in _PLAY_NAMES)})
"""
_HAND_OVER = """
UPDATE game_play SET handover_id = :handover_id, handover_hash = :handover_hash,
    handed_shop_id = :handed_shop_id, handed_operator = :handed_operator, handed_actor = :handed_actor,
    handed_ms = :handed_ms, handover_transaction_id = :handover_transaction_id
WHERE group_id = :group_id AND play_id = :play_id AND code_hash IS NOT NULL AND handed_ms IS NULL
"""


def put_game(
    unit: Unit, row: GameRow, stocked: Transaction | None, *, today: str, open_max: int
) -> Change | None:
    """See `GameStore.put_game`. Whoever writes of a group is alone: the count stays true."""
    before = find_game(unit, row.group_id, row.game_id)
    if row.version == 1 or (before is not None and before.last_day < today <= row.last_day):
        counted = unit.one(_COUNT_OPEN, {"group_id": row.group_id, "today": today})
        assert counted is not None, "a count has a row"
        if counted[0] >= open_max:
            return None
    if row.version == 1:
        if before is not None:
            raise GuardFailed(guard=f"That the game {row.game_id} is new")
        unit.run(_ADD_GAME, bindings_of(row))
    else:
        changed = bindings_of(row)
        del changed["published_ms"]
        if not unit.run(_CHANGE_GAME, changed):
            raise GuardFailed(guard=f"That the game {row.game_id} was not changed in between")
    if stocked is not None:
        ledger.post_transaction(unit, row.group_id, stocked)
    kind = "game.published" if row.version == 1 else "game.changed"
    unit.add_event(row.group_id, kind, row.changed_ms, game_id=row.game_id)
    return Change.CREATED if row.version == 1 else Change.CHANGED


def find_game(snapshot: Snapshot, group_id: str, game_id: str) -> GameRow | None:
    row = snapshot.one(_FIND_GAME, {"group_id": group_id, "game_id": game_id})
    return None if row is None else GameRow(*row)


def list_games(snapshot: Snapshot, group_id: str, from_day: str, limit: int) -> Sequence[GameRow]:
    asked = {"group_id": group_id, "from_day": from_day, "limit": limit}
    return [GameRow(*row) for row in snapshot.all(_LIST_GAMES, asked)]


def find_game_stands(snapshot: Snapshot, group_id: str, game_ids: Sequence[str]) -> Mapping[str, GameStands]:
    """See `GameStore.find_game_stands`."""
    found = {}
    for game_id in game_ids:
        stock, won, handed_over, budget, spent = (
            _balances(snapshot, group_id, path) for path in _paths_of(game_id)
        )
        found[game_id] = GameStands(stock, won, handed_over, sum(budget.values()), sum(spent.values()))
    return found


def record_play(
    unit: Unit,
    row: PlayRow,
    uses: Sequence[CounterUse],
    prize: Transaction | None,
    given: Sequence[VoucherRow],
) -> Recorded[PlayRow]:
    """See `GameStore.record_play`."""
    first = find_play(unit, row.group_id, row.play_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The play", id=row.play_id)
        return Recorded(first, is_replay=True)
    facts.require_there(unit, row.group_id, [row.member_id])
    claims.use(unit, row.group_id, row.play_id, uses, row.recorded_ms)
    if prize is not None:
        ledger.post_transaction(unit, row.group_id, prize)
    vouchers.add_benefits(unit, row.group_id, {row.play_id: Benefits(vouchers=tuple(given))})
    unit.run(_ADD_PLAY, bindings_of(row))
    unit.add_event(
        row.group_id,
        "game.played",
        row.recorded_ms,
        play_id=row.play_id,
        game_id=row.game_id,
        shop_id=row.shop_id,
        terminal_id=row.terminal_id,
        member_id=row.member_id,
        prize_id=row.prize_id,
    )
    return Recorded(row, is_replay=False)


def find_play(snapshot: Snapshot, group_id: str, play_id: str) -> PlayRow | None:
    return _one(snapshot, _FIND_PLAY, {"group_id": group_id, "play_id": play_id})


def find_play_by_code(snapshot: Snapshot, group_id: str, code_hash: bytes) -> PlayRow | None:
    return _one(snapshot, _FIND_BY_CODE, {"group_id": group_id, "code_hash": code_hash})


def list_plays(snapshot: Snapshot, group_id: str, game_id: str, after: str, limit: int) -> Sequence[PlayRow]:
    asked = {"group_id": group_id, "game_id": game_id, "after": after, "limit": limit}
    return [_play(row) for row in snapshot.all(_LIST_PLAYS, asked)]


def hand_over(unit: Unit, handover: Handover) -> Recorded[PlayRow]:
    """See `GameStore.hand_over`."""
    asked = {"group_id": handover.group_id, "handover_id": handover.handover_id}
    first = _one(unit, _FIND_BY_HANDOVER, asked)
    if first is not None:
        if first.handover_hash != handover.handover_hash:
            raise IdempotencyConflict(what="The handover", id=handover.handover_id)
        return Recorded(first, is_replay=True)
    told = bindings_of(handover, handover_transaction_id=handover.transaction.transaction_id)
    del told["transaction"]
    if not unit.run(_HAND_OVER, told):
        raise GuardFailed(guard=f"That what {handover.play_id} won was not handed over yet")
    ledger.post_transaction(unit, handover.group_id, handover.transaction)
    written = find_play(unit, handover.group_id, handover.play_id)
    assert written is not None, "it was changed just now"
    unit.add_event(
        handover.group_id,
        "game.handed_over",
        handover.handed_ms,
        play_id=handover.play_id,
        game_id=written.game_id,
        shop_id=handover.handed_shop_id,
    )
    return Recorded(written, is_replay=False)


def _balances(snapshot: Snapshot, group_id: str, account: str) -> dict[str, int]:
    """Balances by prize; of money by nothing."""
    found = {}
    for asset, balance in snapshot.all(_LIST_ACCOUNT, {"group_id": group_id, "account": account}):
        is_prize = family_of(parse_asset(asset)) is Family.PRIZE
        found[asset.partition("/")[0].partition(".")[2] if is_prize else ""] = balance
    return found


def _paths_of(game_id: str) -> tuple[str, str, str, str, str]:
    return (
        chart.game_stock(game_id),
        chart.game_won(game_id),
        chart.game_handed_over(game_id),
        chart.game_budget(game_id),
        chart.game_spent(game_id),
    )


def _one(snapshot: Snapshot, sql: str, asked: Mapping[str, object]) -> PlayRow | None:
    row = snapshot.one(sql, asked)
    return None if row is None else _play(row)


def _play(row: tuple[object, ...]) -> PlayRow:
    return row_of(PlayRow, row)
