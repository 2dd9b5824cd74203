"""The demo group's games are ones that central publishes, lawful where its shops are, in every language."""

import pytest

from central.services.games.definition import encoded, pool_of
from loyalty.programme.games.pool import require_lawful
from tools.demo.games import demo_games
from wire.api_games import GameBody

NOW_MS = 1_795_680_000_000
LANGUAGES = {"fr", "de", "it", "en", "zh"}


def test_there_is_one_of_each_kind() -> None:
    assert sorted(game.kind for game in demo_games(NOW_MS).values()) == ["memory", "quiz", "scratch", "wheel"]


@pytest.mark.parametrize(("game_id", "game"), demo_games(NOW_MS).items())
def test_a_demo_game_may_be_published_in_switzerland(game_id: str, game: GameBody) -> None:
    pool = pool_of(game_id, game)

    require_lawful(pool, "CH", pool.first_day)
    assert encoded(game)
    texts = [game.names, *(each.names for each in game.prizes)]
    for question in game.questions:
        texts += [question.text, *question.answers, question.why]
        assert question.source
    assert all(set(each) == LANGUAGES for each in texts)
