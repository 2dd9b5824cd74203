"""A game as it is sent, kept and understood: one JSON document."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from central.storage.interface.games import GameRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.games import GAME_BYTES_MAX
from loyalty.programme.articles import ArticleClass
from loyalty.programme.games.pool import GameKind, Pool, Prize, PrizeKind, Question, check_pool
from wire import games as told
from wire.api_games import GameBody, PrizeBody, QuestionBody

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(GameBody).decode


class GameNotFound(LoyaltyError):
    """No such game."""

    code = "game_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no game {game_id} in this group. List the games, or publish it."


class GameTooLong(LoyaltyError):
    """More text than a kiosk is told at a time."""

    code = "game_too_long"
    text = "The game has {bytes} bytes of text, more than {most}. Shorten names, questions and answers."


class GameDayInvalid(LoyaltyError):
    """A day that no calendar has."""

    code = "game_day_invalid"
    text = "{day} is no day of the calendar. Send it as YYYY-MM-DD."


def encoded(body: GameBody) -> str:
    """The document as it is kept: the same game, the same text. Raises: GameTooLong."""
    text = _encode(body)
    if len(text) > GAME_BYTES_MAX:
        raise GameTooLong(bytes=len(text), most=GAME_BYTES_MAX)
    return text.decode()


def body_of(row: GameRow) -> GameBody:
    """A game as it was sent."""
    return _decode(row.definition)


def pool_in(row: GameRow) -> Pool:
    """A game that was kept."""
    return pool_of(row.game_id, body_of(row))


def pool_of(game_id: str, body: GameBody) -> Pool:
    """A game as the domain has it. Raises: GameInvalid, GameDayInvalid."""
    pool = Pool(
        game_id=game_id,
        kind=GameKind(body.kind),
        names=dict(body.names),
        countries=frozenset(body.countries),
        first_day=_day(body.first_day),
        last_day=_day(body.last_day),
        plays_per_day=body.plays_per_day,
        out_of=body.out_of,
        prizes=tuple(_prize(each) for each in body.prizes),
        fallback_id=body.fallback_id,
        budget_minor=body.budget_minor,
        questions=tuple(_question(each) for each in body.questions),
        right_needed=body.right_needed,
    )
    check_pool(pool)
    return pool


def questions_told(questions: Sequence[Question]) -> tuple[told.QuizQuestion, ...]:
    """The questions without what is right."""
    return tuple(
        told.QuizQuestion(text=dict(each.text), answers=tuple(dict(answer) for answer in each.answers))
        for each in questions
    )


def _prize(body: PrizeBody) -> Prize:
    return Prize(
        prize_id=body.prize_id,
        kind=PrizeKind(body.kind),
        names=dict(body.names),
        odds=body.odds,
        stock=body.stock,
        cost_minor=body.cost_minor,
        points=body.points,
        voucher=body.voucher,
        valid_days=body.valid_days,
        article_class=body.article_class or ArticleClass.UNKNOWN,
    )


def _question(body: QuestionBody) -> Question:
    return Question(
        text=dict(body.text),
        answers=tuple(dict(each) for each in body.answers),
        right=body.right,
        why=dict(body.why),
        source=body.source,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GameDayInvalid(day=text) from None
