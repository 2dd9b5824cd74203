"""`officine games` on a real SQLite file: published, played, verified, handed over."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from terminal.clock import wall_clock
from tests.helpers import shops_day
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD

BAG = {
    "prize_id": "bag",
    "kind": "gift",
    "names": {"fr": "Une trousse"},
    "odds": 10,
    "stock": 5,
    "cost_minor": 300,
    "article_class": "cosmetic",
}


def a_game(**changed: Any) -> dict[str, Any]:
    today = shops_day(wall_clock())
    game = {
        "kind": "wheel",
        "names": {"fr": "La roue"},
        "countries": ["CH"],
        "first_day": (today - timedelta(days=1)).isoformat(),
        "last_day": (today + timedelta(days=30)).isoformat(),
        "plays_per_day": 5,
        "out_of": 10,
        "prizes": [BAG],
        "budget_minor": 1500,
    }
    return game | changed


@pytest.fixture
def wheel(place: Path, member: str) -> str:
    """A published wheel, in a group that trusts a card's number with plays."""
    programme = {"rules": [], "identification": {"play": "barcode"}}
    (place / "programme.json").write_text(json.dumps(programme))
    run_json("group", "programme", "set", "programme.json")
    (place / "wheel.json").write_text(json.dumps(a_game()))
    assert run_json("games", "publish", "wheel", "wheel.json")["prizes"][0]["left"] == 5
    return member


def told(played: dict[str, Any], **changed: Any) -> list[str]:
    """What a slip says, as options of `verify`."""
    draw = played["play"]["draw"]
    facts = {
        "commitment": played["commitment"],
        "server-seed": draw["server_seed"],
        "client-seed": draw["client_seed"],
        "game": draw["game_id"],
        "play": draw["play_id"],
        "out-of": draw["out_of"],
        "number": draw["number"],
    }
    return [part for name, value in (facts | changed).items() for part in (f"--{name}", str(value))]


def a_play(*more: str) -> dict[str, Any]:
    return dict(run_json("games", "play", "wheel", "--shop", "nyon", "--number", CARD, *more))


def test_a_play_at_the_command_line_verifies_and_a_changed_one_does_not(wheel: str) -> None:
    played = a_play("--id", "play-1")
    assert (played["play"]["outcome"], played["play"]["plays_left"]) == ("won", 4)

    assert run_json("games", "verify", *told(played)) == {
        "holds": True,
        "number": played["play"]["draw"]["number"],
    }
    wrong = run(
        "games", "verify", *told(played, number=(played["play"]["draw"]["number"] + 1) % 10), "--json"
    )
    assert (wrong.status, wrong.error["code"]) == (1, "draw_differs")
    lacking = run("games", "verify", "--game", "wheel")
    assert lacking.status == 2
    assert "--server-seed" in lacking.err
    assert run_json("games", "verify", "--plays-of", "wheel")["draws_that_hold"] == 1
    assert "1 draws hold" in run("games", "verify", "--plays-of", "wheel").out


def test_what_was_won_is_handed_over_once_and_shown(wheel: str) -> None:
    code = a_play()["play"]["prize"]["code"]
    handed = run_json("games", "hand-over", code, "--shop", "nyon", "--id", "h-1")
    again = run_json("games", "hand-over", code, "--shop", "nyon", "--id", "h-1")
    refused = run("games", "hand-over", code, "--shop", "nyon", "--json")

    assert (handed["is_replay"], again["is_replay"]) == (False, True)
    assert refused.error["code"] == "prize_handed_over"
    shown = run("games", "show", "wheel").out
    assert "10 in 10" in shown
    assert "12.00 CHF" in shown
    (prize,) = run_json("games", "show", "wheel")["prizes"]
    assert (prize["left"], prize["won"], prize["handed_over"]) == (4, 1, 1)
    assert "wheel" in run("games", "list").out
    assert "bag" in run("games", "plays", "wheel").out
    assert run_json("check", "ledger")


def test_what_the_law_does_not_let_and_what_is_no_game_is_refused(wheel: str, place: Path) -> None:
    (place / "french.json").write_text(json.dumps(a_game(countries=["CH", "FR"])))
    french = run("games", "publish", "french", "french.json", "--json")
    assert french.error["code"] == "game_unlawful"
    (place / "wrong.json").write_text(json.dumps(a_game(odds=3)))
    wrong = run("games", "publish", "wrong", "wrong.json", "--json")
    assert wrong.error["code"] == "input_invalid"
    assert [each["game_id"] for each in run_json("games", "list")["games"]] == ["wheel"]
