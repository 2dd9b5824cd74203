"""Draws and outcomes: every number can fall, nothing is given that is not there, any change is found."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.games import GAME_OUT_OF_MAX
from loyalty.programme.games.draw import draw
from loyalty.programme.games.outcome import PoolStands, outcome_of
from loyalty.programme.games.pool import Pool
from tests.unit.loyalty.test_games import a_pool, a_prize

SEEDS = st.binary(min_size=32, max_size=32)
TEXTS = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)


@given(SEEDS, TEXTS, st.integers(1, GAME_OUT_OF_MAX))
def test_a_draw_lies_within_its_numbers_and_is_the_same_again(seed: bytes, text: str, out_of: int) -> None:
    told = {"client_seed": text, "game_id": "wheel", "play_id": "p", "out_of": out_of}
    number = draw(seed, **told)  # type: ignore[arg-type]

    assert 0 <= number < out_of
    assert draw(seed, **told) == number  # type: ignore[arg-type]


@st.composite
def pools(make: st.DrawFn) -> Pool:
    odds = make(st.lists(st.integers(1, 50), min_size=1, max_size=6))
    prizes = tuple(
        a_prize(f"p{at}", odds=each, cost_minor=make(st.integers(0, 500))) for at, each in enumerate(odds)
    )
    fallback = make(st.sampled_from(["", *(each.prize_id for each in prizes)]))
    return a_pool(prizes=prizes, out_of=sum(odds) + make(st.integers(0, 100)), fallback_id=fallback)


@given(pools(), st.data())
def test_plays_in_any_order_never_give_more_than_stock_and_budget(pool: Pool, data: st.DataObject) -> None:
    left = {each.prize_id: data.draw(st.integers(0, 4)) for each in pool.prizes}
    budget = data.draw(st.integers(0, 2000))
    for number in data.draw(st.lists(st.integers(0, pool.out_of - 1), max_size=60)):
        outcome = outcome_of(pool, number, PoolStands(left, budget))
        if outcome.prize is None:
            continue
        assert outcome.prize in (outcome.drawn, pool.prize(pool.fallback_id))
        left[outcome.prize.prize_id] -= 1
        budget -= outcome.prize.cost_minor
        assert min(left.values()) >= 0
        assert budget >= 0


@given(pools())
def test_each_prize_has_as_many_numbers_as_its_odds(pool: Pool) -> None:
    drawn = [pool.drawn(number) for number in range(pool.out_of)]

    assert {each.prize_id: drawn.count(each) for each in pool.prizes} == {
        each.prize_id: each.odds for each in pool.prizes
    }
