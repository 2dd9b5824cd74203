"""Tiers at the command line, on a real SQLite file."""

import json
from pathlib import Path

from tests.integration.officine.cli import run, run_json

STEPS = [{"tier": "silver", "at": 5_000}, {"tier": "gold", "at": 20_000}]
TIERS = {"count": "spent", "period": "rolling", "months": 12, "steps": STEPS}


def test_tiers_are_listed_shown_and_given_until_a_day(member: str, place: Path) -> None:
    none = run("tier", "list", "--json")
    assert (none.status, none.error["code"]) == (1, "no_tiers")
    (place / "tiers.json").write_text(json.dumps({"rules": [], "tiers": TIERS}))
    run_json("group", "programme", "set", "tiers.json")
    given = run_json("member", "traits", member, "--tier", "gold", "--tier-until", "2099-12-31")
    assert (given["tier"], given["tier_until"]) == ("gold", "2099-12-31")
    listed = run_json("tier", "list")
    assert [(each["tier"], each["members"]) for each in listed["tiers"]] == [("silver", 0), ("gold", 1)]
    shown = run("tier", "list").out
    assert "rolling, 12 months; down when the period is over" in shown
    assert "200.00 CHF" in shown
    page = run_json("tier", "members", "gold")["members"]
    assert [(each["member_id"], each["by"], each["until"]) for each in page] == [
        (member, "hand", "2099-12-31")
    ]
    assert member in run("tier", "members", "gold").out
    told = run_json("tier", "show", member)
    assert (told["tier"], told["by"], told["by_purchases"], told["missing"]) == ("gold", "hand", None, 5_000)
    assert "silver, 50.00 CHF more" in run("tier", "show", member).out
    unknown = run("tier", "members", "golld", "--json")
    assert unknown.error["code"] == "tier_unknown"
    assert run("member", "traits", member, "--tier", "golld", "--json").error["code"] == "tier_unknown"
    ended = run_json("member", "traits", member, "--tier", "")
    assert (ended["tier"], [each["by"] for each in ended["history"]]) == (None, ["hand"])
