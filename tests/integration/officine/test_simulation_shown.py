"""What a person reads of a simulation at the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import SHOP
from tests.integration.officine.sales import sell


def percent(rule_id: str, rate_bp: int, **more: Any) -> dict[str, Any]:
    effect = {"effect": "percent_off", "rate_bp": rate_bp, "rounding": "floor"}
    return {"id": rule_id, "version": 1, "kind": "promotion", "when": True, "effects": [effect]} | more


def test_pairs_that_met_a_budget_that_ran_out_and_points_without_a_worth_are_told(
    member: str, place: Path
) -> None:
    assert member
    sell(("s-1", 2000), ("s-2", 1000), ("s-3", 3000))
    today = datetime.now(UTC)
    days = ("--from", f"{today - timedelta(days=1):%Y-%m-%d}", "--to", f"{today:%Y-%m-%d}")
    base = run_json("group", "programme", "show")["programme"]["rules"][0]
    old = {"from": "2020-01-01", "to": "2020-01-31"}
    rules = [percent("ten", 1000, budget=250), percent("five", 500), percent("old", 500, period=old), base]
    (place / "spring.json").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    view = run_json("rules", "simulate", "spring.json", *days)
    (pair,) = view["stacked"]
    assert (pair["rule_id"], pair["other_rule_id"], pair["tickets"]) == ("five", "ten", 2)
    told = {each["rule_id"]: each for each in view["rules"]}
    assert (told["ten"]["budget_used"], told["ten"]["budget_refused"]) == (250, 350)
    shown = run("rules", "simulate", "spring.json", *days).out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "The budget of ten ran out" in shown
    assert "3.50 CHF more would have been given on 2 tickets." in shown
    assert "five ten 2 0 3.87" in lines, "200 + 90 and 50 + 47 off where they met"
    assert "Points are not valued (draft" in shown
    assert "Set its voucher_step to value them." in shown
    assert "ten 2 1 0 2.50 2.50/2.50" in lines
    assert "draft 54 – 5.37 0.00 5.37 + points 1 3" in lines
    assert "1 finding" in lines
    assert "period_past" in shown


def test_a_ticket_of_nobody_is_not_told_as_undecided(member: str, place: Path) -> None:
    assert member
    sell(("s-1", 2000))
    gold = percent("gold", 1000, when={"eq": [{"fact": "member.tier"}, "gold"]})
    (place / "gold.json").write_text(json.dumps({"rules": [gold]}), encoding="utf-8")
    today = datetime.now(UTC)
    days = ("--from", f"{today - timedelta(days=1):%Y-%m-%d}", "--to", f"{today:%Y-%m-%d}")
    assert "1 ticket is undecided" in run("rules", "simulate", "gold.json", *days).out


def test_rows_that_round_points_down_say_so_and_nothing_is_broken_in_a_narrow_terminal(
    member: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert member
    run_json("shop", "put", "a-shop-with-a-rather-long-name", *SHOP)
    sell(("s-1", 1500))
    sell(("s-2", 1500), shop_id="a-shop-with-a-rather-long-name")
    base = run_json("group", "programme", "show")["programme"]["rules"][0]
    step = {"points": 10, "worth_minor": 100}
    (place / "step.json").write_text(json.dumps({"rules": [base], "voucher_step": step}), encoding="utf-8")
    today = datetime.now(UTC)
    days = ("--from", f"{today - timedelta(days=1):%Y-%m-%d}", "--to", f"{today:%Y-%m-%d}")
    shown = run("rules", "simulate", "step.json", *days).out
    assert "the costs of the rows come to less" in shown
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "draft 30 3.00 0.00 0.00 3.00 1 2" in lines
    monkeypatch.setenv("COLUMNS", "40")
    narrow = run("rules", "simulate", "step.json", *days).out.splitlines()
    assert "a-shop-with-a-rather-long-name" in [line.strip() for line in narrow]
    assert "Cost 1.00" in [line.strip() for line in narrow]
