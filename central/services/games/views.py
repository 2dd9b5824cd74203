"""Games and plays as the API shows them."""

from central.services.games import definition
from central.storage.interface.games import GameRow, GameStands, PlayRow
from loyalty.programme.games.draw import commit
from loyalty.programme.games.outcome import PoolStands
from loyalty.programme.games.pool import Pool, Prize, PrizeKind
from loyalty.value.secret_numbers import spaced
from wire import api_games, games


def game_view(row: GameRow, stands: GameStands, *, plays: int) -> api_games.GameView:
    """A game with how its pool stands."""
    body = definition.body_of(row)
    prizes = []
    for each in body.prizes:
        taken = stands.handed_over.get(each.prize_id, 0)
        prizes.append(
            api_games.PrizeView(
                prize=each,
                left=stands.left.get(each.prize_id, 0),
                won=stands.won.get(each.prize_id, 0) + taken,
                handed_over=taken,
            )
        )
    return api_games.GameView(
        game_id=row.game_id,
        game=body,
        published_ms=row.published_ms,
        plays=plays,
        prizes=prizes,
        budget_left_minor=stands.budget_left,
        spent_minor=stands.spent,
    )


def faces(pool: Pool, stands: PoolStands) -> tuple[games.PrizeFace, ...]:
    """A pool's prizes as players see them."""
    return tuple(
        games.PrizeFace(
            face_id=each.prize_id,
            names=dict(each.names),
            kind=each.kind.value,
            odds=each.odds,
            is_left=stands.has(each),
            points=each.points,
            worth_minor=each.cost_minor if each.kind is PrizeKind.VOUCHER else 0,
        )
        for each in pool.prizes
    )


def draw_told(row: PlayRow) -> games.Draw | None:
    """A play's draw as anybody may do it again; None where nothing was drawn."""
    if row.number is None:
        return None
    return games.Draw(
        server_seed=row.server_seed,
        commitment=commit(bytes.fromhex(row.server_seed)),
        client_seed=row.client_seed,
        play_id=row.play_id,
        game_id=row.game_id,
        number=row.number,
        out_of=row.out_of,
        face_id=row.drawn_id,
    )


def prize_won(row: PlayRow, prize: Prize, code: str) -> games.PrizeWon:
    """What was won; `code`: the digits of its voucher or of a thing."""
    return games.PrizeWon(
        face_id=prize.prize_id,
        names=dict(prize.names),
        kind=prize.kind.value,
        points=prize.points,
        worth_minor=prize.cost_minor if prize.kind is PrizeKind.VOUCHER else 0,
        code=spaced(code),
        payload=code,
        last_day=row.last_day,
    )


def play_view(row: PlayRow, pool: Pool, won: games.PrizeWon | None) -> api_games.PlayView:
    """A play as its player is told it."""
    return api_games.PlayView(
        play_id=row.play_id,
        game_id=row.game_id,
        outcome="won" if row.prize_id else "nothing",
        face_id=row.prize_id,
        is_fallback=_is_fallback(row),
        prize=won,
        draw=draw_told(row),
        right=row.right_count,
        right_answers=[each.right for each in pool.questions],
        explained=[games.Explanation(why=dict(each.why), source=each.source) for each in pool.questions],
        plays_left=row.plays_left,
        shop_id=row.shop_id,
        day=row.day,
        played_ms=row.recorded_ms,
    )


def play_row_view(row: PlayRow) -> api_games.PlayRowView:
    """A play as head office sees it."""
    return api_games.PlayRowView(
        play_id=row.play_id,
        shop_id=row.shop_id,
        day=row.day,
        played_ms=row.recorded_ms,
        outcome="won" if row.prize_id else "nothing",
        face_id=row.prize_id,
        is_fallback=_is_fallback(row),
        draw=draw_told(row),
    )


def _is_fallback(row: PlayRow) -> bool:
    return bool(row.prize_id) and row.prize_id != row.drawn_id
