"""A game and its pool of prizes: what it is, and what it must be to be published.

Prizes lie on the numbers from 0 on, in their order; the numbers after the last win nothing. Stock and budget
are accounts of the ledger (`loyalty.ledger.prizes`); the pool says how much they are given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.games import GAME_DAYS_MAX
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, contest_verdict, verdict

_ID: Final = re.compile(r"[a-z0-9_]{1,24}", re.ASCII)

Names = Mapping[str, str]
"""A text by language."""


class GameKind(StrEnum):
    """What the screen shows; the draw is the same for all."""

    WHEEL = "wheel"
    SCRATCH = "scratch"
    MEMORY = "memory"
    QUIZ = "quiz"


class PrizeKind(StrEnum):
    """What is won."""

    POINTS = "points"
    VOUCHER = "voucher"
    GIFT = "gift"
    """A thing, handed over at the counter for the code on the slip."""


FOR_FUN = frozenset({GameKind.QUIZ, GameKind.MEMORY})
"""Games that are one without prizes."""


class GameInvalid(LoyaltyError):
    """A game that cannot be published as it is."""

    code = "game_invalid"
    text = "{where}: {why} Change it and send the game again."


class GameUnlawful(LoyaltyError):
    """The law of a country does not let this game be played for prizes, or no source says that it does."""

    code = "game_unlawful"
    trouble = Trouble.REFUSED
    text = "In {country} this game cannot be played for prizes: {why}. Leave {country} out. {citation}"


class GameFixed(LoyaltyError):
    """What players were told stays."""

    code = "game_fixed"
    trouble = Trouble.CONFLICT
    text = (
        "The game {game_id} is published: its {what} cannot change, for players were told. Publish another"
        " game under a new id; this one may get more stock, more budget, other names, another last day."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prize:
    """A prize. `odds`: on so many numbers it is won. `cost_minor`: what one takes from the budget.

    `points`: of points. `voucher`, `valid_days`: of a voucher, which is worth what it costs. `article_class`:
    of a gift, judged by the law as a prize.
    """

    prize_id: str
    kind: PrizeKind
    names: Names
    odds: int
    stock: int
    cost_minor: int = 0
    points: int = 0
    voucher: str = ""
    valid_days: int = 30
    article_class: ArticleClass = ArticleClass.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a quiz; `right` is the place of the right answer. `why`, `source`: told with the play."""

    text: Names
    answers: tuple[Names, ...]
    right: int
    why: Names = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A game with its prizes. `budget_minor`: what all prizes together may cost.

    `fallback_id`: the prize given where the one drawn is used up, empty: nothing is. `right_needed`: right
    answers without which a quiz draws nothing.
    """

    game_id: str
    kind: GameKind
    names: Names
    countries: frozenset[str]
    first_day: date
    last_day: date
    plays_per_day: int = 1
    out_of: int = 0
    prizes: tuple[Prize, ...] = ()
    fallback_id: str = ""
    budget_minor: int = 0
    questions: tuple[Question, ...] = ()
    right_needed: int = 0

    @property
    def is_contest(self) -> bool:
        """Whether something can be won: without, it is a pastime and no law on contests is about it."""
        return bool(self.prizes)

    def prize(self, prize_id: str) -> Prize | None:
        """The prize of an id."""
        return next((each for each in self.prizes if each.prize_id == prize_id), None)

    def drawn(self, number: int) -> Prize | None:
        """Whose number it is; None: nobody's."""
        assert 0 <= number < self.out_of
        for each in self.prizes:
            if number < each.odds:
                return each
            number -= each.odds
        return None

    def is_on(self, day: date) -> bool:
        """Whether it may be played on a shop's local day."""
        return self.first_day <= day <= self.last_day


def check_pool(pool: Pool) -> None:
    """Raise GameInvalid unless the game is one that can be played to its end."""
    if not _ID.fullmatch(pool.game_id):
        raise _invalid("game_id", "1 to 24 small letters, digits and underscores.")
    if pool.last_day < pool.first_day or (pool.last_day - pool.first_day).days >= GAME_DAYS_MAX:
        raise _invalid("last_day", f"it must lie within {GAME_DAYS_MAX} days from first_day on.")
    _check_questions(pool)
    if not pool.prizes:
        _check_for_fun(pool)
        return
    ids = [each.prize_id for each in pool.prizes]
    if len(set(ids)) != len(ids):
        raise _invalid("prizes", "two have the same prize_id.")
    taken = sum(each.odds for each in pool.prizes)
    if taken > pool.out_of:
        raise _invalid("out_of", f"the odds of the prizes come to {taken}, more than {pool.out_of}.")
    for each in pool.prizes:
        _check_prize(each)
        if each.cost_minor > pool.budget_minor:
            raise _invalid("budget_minor", f"it does not pay for a single {each.prize_id}.")
    if pool.fallback_id and pool.prize(pool.fallback_id) is None:
        raise _invalid("fallback_id", "no prize has this prize_id.")


def check_change(before: Pool, after: Pool) -> None:
    """Raise GameFixed unless a published game gets what it may: more stock or budget, names, a last day."""
    what = _what_differs(before, after)
    if what:
        raise GameFixed(game_id=before.game_id, what=what)


def require_lawful(pool: Pool, country: str, day: date) -> None:
    """Raise GameUnlawful unless the country's law lets this game be played for its prizes on a day.

    Asked when it is published and at each play: a silence of the law denies, and so does a country without a
    pack. A game without prizes is no contest.
    """
    if not pool.is_contest:
        return
    answer = contest_verdict(country, day)
    if not answer.is_allowed:
        raise _unlawful(country, "a contest", answer.citation)
    for each in pool.prizes:
        if each.kind is not PrizeKind.GIFT:
            continue
        answer = verdict(country, each.article_class, LegalAct.BE_A_PRIZE, day)
        if not answer.is_allowed:
            raise _unlawful(country, f"{each.article_class.value} as a prize", answer.citation)


def _unlawful(country: str, what: str, citation: str) -> GameUnlawful:
    why = f"its law forbids {what}" if citation else f"no source says that its law allows {what}"
    return GameUnlawful(country=country, why=why, citation=citation)


def _check_questions(pool: Pool) -> None:
    if pool.kind is not GameKind.QUIZ:
        if pool.questions or pool.right_needed:
            raise _invalid("questions", "only a quiz has any.")
        return
    if not pool.questions:
        raise _invalid("questions", "a quiz has some.")
    if pool.right_needed > len(pool.questions):
        raise _invalid("right_needed", f"there are only {len(pool.questions)} questions.")
    for number, each in enumerate(pool.questions):
        if each.right >= len(each.answers):
            raise _invalid(f"questions[{number}].right", f"there are only {len(each.answers)} answers.")


def _check_for_fun(pool: Pool) -> None:
    if pool.kind not in FOR_FUN:
        raise _invalid("prizes", f"a {pool.kind.value} without prizes promises what it has not.")
    if pool.out_of or pool.budget_minor or pool.fallback_id or pool.right_needed:
        raise _invalid("prizes", "without them there are no odds, no budget and nothing to qualify for.")


def _check_prize(prize: Prize) -> None:
    where = f"prizes.{prize.prize_id}"
    if (prize.points > 0) != (prize.kind is PrizeKind.POINTS):
        raise _invalid(f"{where}.points", "a prize of points has some, no other has.")
    if bool(prize.voucher) != (prize.kind is PrizeKind.VOUCHER):
        raise _invalid(f"{where}.voucher", "a voucher names its definition, no other prize does.")
    if prize.kind is not PrizeKind.POINTS and not prize.cost_minor:
        raise _invalid(f"{where}.cost_minor", "say what one costs: the budget is taken from it.")
    if (prize.article_class is not ArticleClass.UNKNOWN) != (prize.kind is PrizeKind.GIFT):
        raise _invalid(f"{where}.article_class", "a gift names the legal class of what it is, no other does.")


def _what_differs(before: Pool, after: Pool) -> str:
    if after.budget_minor < before.budget_minor:
        return "budget (downwards)"
    for old, new in zip(before.prizes, after.prizes, strict=False):
        if new.stock < old.stock:
            return f"stock of {old.prize_id} (downwards)"
    bare = [_terms(each) for each in (before, after)]
    names = ("kind", "countries", "first_day", "plays_per_day", "out_of", "prizes", "fallback_id")
    for name in (*names, "questions", "right_needed"):
        if getattr(bare[0], name) != getattr(bare[1], name):
            return name
    return ""


def _terms(pool: Pool) -> Pool:
    """What players were told, without what may change."""
    prizes = tuple(replace(each, stock=0, names={}) for each in pool.prizes)
    questions = tuple(
        replace(each, text={}, answers=tuple({} for _ in each.answers), why={}, source="")
        for each in pool.questions
    )
    return replace(
        pool, names={}, budget_minor=0, prizes=prizes, questions=questions, last_day=pool.first_day
    )


def _invalid(where: str, why: str) -> GameInvalid:
    return GameInvalid(where=where, why=why)
