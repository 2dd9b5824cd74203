"""Games: what a pool must be, what the law lets it be, what a drawn number wins (C-33)."""

import hashlib
import hmac
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import contest_verdict
from loyalty.programme.games.draw import DrawDiffers, DrawTold, commit, draw, verify
from loyalty.programme.games.outcome import PoolStands, is_empty, outcome_of, right_answers
from loyalty.programme.games.pool import (
    GameFixed,
    GameInvalid,
    GameKind,
    GameUnlawful,
    Pool,
    Prize,
    PrizeKind,
    Question,
    check_change,
    check_pool,
    require_lawful,
)
from tests.unit.loyalty.chance import chi_square, chi_square_p

DAY = date(2026, 11, 26)
SEED = bytes(range(32))


def a_prize(prize_id: str = "points20", **changed: object) -> Prize:
    prize = Prize(
        prize_id=prize_id,
        kind=PrizeKind.POINTS,
        names={"fr": "20 points"},
        odds=300,
        stock=100,
        cost_minor=20,
        points=20,
    )
    return replace(prize, **changed)  # type: ignore[arg-type]


def a_gift(**changed: object) -> Prize:
    gift = a_prize("bag", kind=PrizeKind.GIFT, points=0, article_class=ArticleClass.COSMETIC, odds=10)
    return replace(gift, **changed)  # type: ignore[arg-type]


def a_pool(**changed: object) -> Pool:
    pool = Pool(
        game_id="wheel",
        kind=GameKind.WHEEL,
        names={"fr": "La roue"},
        countries=frozenset({"CH"}),
        first_day=DAY,
        last_day=date(2026, 12, 24),
        out_of=1000,
        prizes=(a_gift(), a_prize()),
        fallback_id="points20",
        budget_minor=5000,
    )
    return replace(pool, **changed)  # type: ignore[arg-type]


def a_quiz(**changed: object) -> Pool:
    question = Question(text={"fr": "Combien ?"}, answers=({"fr": "un"}, {"fr": "deux"}), right=1)
    quiz = a_pool(
        kind=GameKind.QUIZ,
        questions=(question, question),
        out_of=0,
        prizes=(),
        fallback_id="",
        budget_minor=0,
    )
    return replace(quiz, **changed)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def docs_games() -> str:
    return (Path(__file__).parents[3] / "docs" / "games.md").read_text()


def stands(bag: int = 1, points: int = 10, budget: int = 5000) -> PoolStands:
    return PoolStands({"bag": bag, "points20": points}, budget)


# The draw ---------------------------------------------------------------------------------------------------


def test_a_draw_is_what_anybody_computes_from_the_seeds() -> None:
    text = b"officine-draw-1\nwheel\nplay-1\n0123456789abcdef\n0"
    expected = int.from_bytes(hmac.new(SEED, text, hashlib.sha256).digest()[:8], "big") % 1000

    assert (
        draw(SEED, client_seed="0123456789abcdef", game_id="wheel", play_id="play-1", out_of=1000) == expected
    )
    assert commit(SEED) == hashlib.sha256(SEED).hexdigest()


def test_the_lines_of_the_docs_draw_the_same(docs_games: str) -> None:
    code = docs_games.split("```python\n")[1].split("```", maxsplit=1)[0]
    asked = [SEED.hex(), "0123456789abcdef", "wheel", "play-1", "1000"]
    told = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True)

    number = draw(SEED, client_seed="0123456789abcdef", game_id="wheel", play_id="play-1", out_of=1000)
    assert told.stdout.split() == [commit(SEED), str(number)]


def test_the_draw_that_the_docs_show_holds(docs_games: str) -> None:
    asked, answered = (
        docs_games.split("$ python3 draw.py ")[1].split("\n    ```", maxsplit=1)[0].split("200\n")[:2]
    )
    server_seed, client_seed, game_id, play_id = asked.replace("\\", "").split()
    commitment, number = answered.split(maxsplit=2)[:2]

    verify(
        DrawTold(
            commitment=commitment,
            server_seed=server_seed,
            client_seed=client_seed,
            game_id=game_id,
            play_id=play_id,
            out_of=200,
            number=int(number),
        )
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"server_seed": "00" * 32}, "not the commitment"),
        ({"commitment": "ab" * 32}, "not the commitment"),
        ({"server_seed": "xy"}, "not 64 hex digits"),
        ({"client_seed": "fedcba9876543210"}, "draw"),
        ({"play_id": "play-2"}, "draw"),
        ({"game_id": "other"}, "draw"),
        ({"out_of": 999}, "draw"),
        ({"out_of": 0}, "none"),
        ({"number": 1000}, "draw"),
    ],
)
def test_a_draw_that_was_changed_anywhere_does_not_verify(changed: dict[str, object], words: str) -> None:
    seed = "0123456789abcdef"
    number = draw(SEED, client_seed=seed, game_id="wheel", play_id="play-1", out_of=1000)
    told = DrawTold(
        commitment=commit(SEED),
        server_seed=SEED.hex(),
        client_seed=seed,
        game_id="wheel",
        play_id="play-1",
        out_of=1000,
        number=number,
    )
    verify(told)

    with pytest.raises(DrawDiffers, match=words):
        verify(replace(told, **changed))  # type: ignore[arg-type]


# What a number wins -----------------------------------------------------------------------------------------


def test_numbers_lie_in_the_order_of_the_prizes_and_the_rest_wins_nothing() -> None:
    pool = a_pool()
    drawn = [outcome_of(pool, number, stands()).prize for number in range(1000)]

    assert [prize and prize.prize_id for prize in drawn[:10]] == ["bag"] * 10
    assert [prize and prize.prize_id for prize in drawn[10:310]] == ["points20"] * 300
    assert drawn[310:] == [None] * 690


@pytest.mark.parametrize(
    ("left", "given"),
    [
        (stands(), "bag"),
        (stands(bag=0), "points20"),
        (stands(bag=0, points=0), None),
        (stands(budget=19), None),
        (stands(bag=0, budget=19), None),
    ],
)
def test_what_is_used_up_gives_the_fallback_and_then_nothing(left: PoolStands, given: str | None) -> None:
    outcome = outcome_of(a_pool(), 3, left)

    assert outcome.drawn is not None
    assert outcome.drawn.prize_id == "bag"
    assert (outcome.prize and outcome.prize.prize_id) == given


def test_without_a_fallback_what_is_used_up_gives_nothing() -> None:
    assert outcome_of(a_pool(fallback_id=""), 3, stands(bag=0)).prize is None


def test_a_pool_is_empty_when_nothing_can_be_given_and_a_pastime_never_is() -> None:
    assert is_empty(a_pool(), stands(bag=0, points=0))
    assert is_empty(a_pool(), stands(budget=0))
    assert not is_empty(a_pool(), stands(bag=0))
    assert not is_empty(a_quiz(), PoolStands({}, 0))


def test_missing_and_wrong_answers_of_a_quiz_are_not_right() -> None:
    assert [right_answers(a_quiz(), given) for given in ([1, 1], [1, 0], [1], [])] == [2, 1, 1, 0]


# Publication ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pool", [a_pool(), a_quiz(), a_quiz(prizes=(a_prize(),), out_of=300, budget_minor=20)]
)
def test_a_game_that_can_be_played_may_be_published(pool: Pool) -> None:
    check_pool(pool)


@pytest.mark.parametrize(
    ("pool", "where"),
    [
        (a_pool(game_id="The Wheel"), "game_id"),
        (a_pool(last_day=date(2026, 11, 1)), "last_day"),
        (a_pool(last_day=date(2028, 1, 1)), "last_day"),
        (a_pool(out_of=309), "out_of"),
        (a_pool(budget_minor=19), "budget_minor"),
        (a_pool(fallback_id="car"), "fallback_id"),
        (a_pool(prizes=(a_prize(), a_prize())), "prizes"),
        (a_pool(prizes=(a_prize(points=0),), fallback_id=""), "prizes.points20.points"),
        (a_pool(prizes=(a_prize(voucher="v5"),), fallback_id=""), "prizes.points20.voucher"),
        (a_pool(prizes=(a_gift(cost_minor=0),), fallback_id=""), "prizes.bag.cost_minor"),
        (a_pool(prizes=(a_gift(article_class=ArticleClass.UNKNOWN),), fallback_id=""), "article_class"),
        (a_pool(prizes=(), out_of=0, budget_minor=0, fallback_id=""), "prizes"),
        (a_pool(right_needed=1), "questions"),
        (a_quiz(questions=()), "questions"),
        (a_quiz(prizes=(a_prize(),), out_of=300, budget_minor=20, right_needed=3), "right_needed"),
        (a_quiz(budget_minor=5), "prizes"),
        (a_quiz(questions=(Question(text={"fr": "?"}, answers=({"fr": "1"},), right=1),)), "right"),
    ],
)
def test_a_game_that_cannot_is_refused_with_where(pool: Pool, where: str) -> None:
    with pytest.raises(GameInvalid) as caught:
        check_pool(pool)
    assert where in str(caught.value.params["where"])


def test_a_published_game_gets_more_and_never_less_and_its_odds_stay() -> None:
    before = a_pool()
    more = a_pool(
        budget_minor=9000,
        prizes=(a_gift(stock=200, names={"de": "Tasche"}), a_prize()),
        last_day=date(2026, 12, 31),
        names={"fr": "La grande roue"},
    )
    check_change(before, more)

    for changed in (
        {"budget_minor": 4999},
        {"prizes": (a_gift(stock=99), a_prize())},
        {"prizes": (a_gift(odds=11), a_prize())},
        {"prizes": (a_prize(), a_gift())},
        {"prizes": (a_gift(),), "fallback_id": ""},
        {"out_of": 2000},
        {"fallback_id": ""},
        {"plays_per_day": 2},
        {"countries": frozenset({"CH", "FR"})},
    ):
        with pytest.raises(GameFixed):
            check_change(before, a_pool(**changed))


# The law ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "source"), [("FR", "R. 5125-28"), ("DE", ""), ("CN", ""), ("IT", ""), ("", "")]
)
def test_where_the_law_forbids_a_contest_or_no_source_allows_it_there_is_none(
    country: str, source: str
) -> None:
    with pytest.raises(GameUnlawful) as caught:
        require_lawful(a_pool(), country, DAY)
    assert source in str(caught.value.params["citation"])
    assert contest_verdict(country, DAY).is_allowed is False


def test_a_swiss_contest_asks_no_stake_and_gives_no_medicine() -> None:
    require_lawful(a_pool(), "CH", DAY)
    assert "LJAr/BGS art. 3" in contest_verdict("CH", DAY).citation

    for medicine in (ArticleClass.MEDICINE_CH_A, ArticleClass.MEDICINE_CH_D, ArticleClass.MEDICINE_RX):
        with pytest.raises(GameUnlawful, match=r"let\. h"):
            require_lawful(a_pool(prizes=(a_gift(article_class=medicine),)), "CH", DAY)
    with pytest.raises(GameUnlawful, match="no source"):
        require_lawful(a_pool(prizes=(a_gift(article_class=ArticleClass.BOOK),)), "CH", DAY)


@pytest.mark.parametrize("country", ["CH", "FR", "DE", "CN", "IT"])
def test_a_quiz_without_prizes_is_no_contest_anywhere(country: str) -> None:
    require_lawful(a_quiz(), country, DAY)


# A million plays --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed_text", ["officine-1", "officine-2", "officine-3"])
def test_a_third_of_a_million_draws_has_the_published_odds(seed_text: str) -> None:
    """Three seeds, 333,334 draws each: a million in all. The seeds of players and plays are counted up."""
    pool = a_pool()
    server = hashlib.sha256(seed_text.encode()).digest()
    found = {"bag": 0, "points20": 0, "": 0}
    plays = 333_334
    for number in range(plays):
        drawn = pool.drawn(
            draw(server, client_seed=f"{number:016x}", game_id="wheel", play_id=f"p{number}", out_of=1000)
        )
        found["" if drawn is None else drawn.prize_id] += 1
    expected = {"bag": 10, "points20": 300, "": 690}

    statistic = chi_square(list(found.values()), [expected[name] for name in found], 1000)
    assert chi_square_p(statistic, degrees=2) > 0.001, found
