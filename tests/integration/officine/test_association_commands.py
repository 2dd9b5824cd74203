"""A member's gift to an association, and what head office sees of it, at the command line."""

import json
from pathlib import Path

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD

PROGRAMME = {
    "rules": [],
    "voucher_step": {"points": 100, "worth_minor": 200},
    "identification": {"donate": "barcode"},
}


def test_points_are_donated_and_the_association_is_shown(member: str, place: Path) -> None:
    (place / "programme.json").write_text(json.dumps(PROGRAMME))
    run_json("group", "programme", "set", "programme.json")
    run_json("party", "put", "association", "club", "--name", "FC Nyon")
    run_json("party", "deal", "club", "--share-bp", "200")
    run_json("party", "join", member, "club")
    empty = run_json("party", "panel", "club")
    assert (empty["members"], empty["points"], empty["paid"]) == (1, 0, [])
    run_json("ledger", "correct", member, "+200", "--reason", "welcome")
    gift = ("party", "donate", "club", "150", "--number", CARD, "--id", "gift-1")
    given = run_json(*gift)
    assert (given["points"], given["balance_points"]) == (150, 50)
    assert run_json(*gift) == given, "the same again moves nothing"
    too_much = run("party", "donate", "club", "51", "--number", CARD, "--json")
    assert (too_much.status, too_much.error["code"]) == (1, "balance_too_low")
    nobody = run("party", "donate", "other", "10", "--number", CARD, "--json")
    assert nobody.error["code"] == "association_not_found"
    shown = run_json("party", "panel", "club")
    assert (shown["points"], shown["points_minor"], shown["share_minor"]) == (150, 300, 0)
    text = run("party", "panel", "club").out
    assert "150 points, 3.00 CHF" in text
    assert "2.00 % (every other shop)" in text
    assert run("party", "donate", "club", "1", "--json").error["code"] == "input_invalid", "whose card?"
