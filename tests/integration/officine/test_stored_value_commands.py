"""Stored value at the command line, on a real SQLite file."""

import csv
import json
from pathlib import Path

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD

NAMES = ("--member", "m-9", "--family-name", "Meier")


def test_a_gift_card_is_made_sold_shown_blocked_and_replaced(group: str) -> None:
    made = run_json("gift-card", "make", "--id", "gift-1")
    number = made["number"]
    sold = run_json("gift-card", "activate", number, "50.00", "--shop", "nyon", "--id", "sold-1")
    again = run_json("gift-card", "activate", number, "50.00", "--shop", "nyon", "--id", "sold-1")
    assert (sold["balance"], again) == (5000, sold)
    twice = run("gift-card", "activate", number, "50.00", "--shop", "nyon", "--json")
    assert (twice.status, twice.error["code"]) == (1, "gift_card_sold_already")
    wrong = run("gift-card", "activate", number, "50.005", "--shop", "nyon", "--json")
    assert wrong.error["code"] == "amount_does_not_fit"
    assert run_json("gift-card", "show", number)["balance_minor"] == 5000
    assert "50.00 CHF" in run("gift-card", "show", number).out
    full = run("gift-card", "convert", number, *NAMES, "--json")
    assert full.error["code"] == "gift_card_not_empty"
    run_json("gift-card", "block", "gift-1", "--reason", "lost")
    replaced = run_json("gift-card", "replace", "gift-1", "--new", "gift-2")
    assert run_json("gift-card", "show", replaced["card"]["number"])["balance_minor"] == 5000
    assert run_json("check", "ledger")["groups"][0]["is_sound"] is True


def test_a_batch_is_made_its_file_written_once_and_privately_and_activated(group: str, place: Path) -> None:
    assert "There are no batches yet" in run("gift-card", "batch", "list").out
    made = run_json("gift-card", "batch", "make", "fair", "3", "--purpose", "Fair", "--amount", "20.00")
    assert (made["state"], made["amount_minor"]) == ("made", 2000)
    (place / "taken.csv").write_text("mine")
    assert run("gift-card", "batch", "file", "fair", "taken.csv", "--json").error["code"] == "input_invalid"
    given = run_json("gift-card", "batch", "file", "fair", "cards.csv")
    assert (place / "cards.csv").stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader((place / "cards.csv").read_text().splitlines()))
    assert [row["gift_card_id"] for row in rows] == ["fair:1", "fair:2", "fair:3"]
    other = run("gift-card", "batch", "file", "fair", "more.csv", "--json")
    assert other.error["code"] == "gift_batch_handed_out"
    assert not (place / "more.csv").exists()
    run_json("gift-card", "batch", "file", "fair", "again.csv", "--id", given["handout_id"])
    assert (place / "again.csv").read_text() == (place / "cards.csv").read_text()
    assert run_json("gift-card", "batch", "activate", "fair")["state"] == "active"
    assert run_json("gift-card", "show", rows[2]["number"])["balance_minor"] == 2000
    shown = run_json("gift-card", "batch", "show", "fair", "--after", "1")
    assert [card["balance_minor"] for card in shown["cards"]] == [2000, 2000]
    assert run_json("gift-card", "batch", "list")[0]["batch_id"] == "fair"
    listed = run("gift-card", "batch", "list").out
    assert "Fair" in listed
    assert "20.00 CHF" in listed


def test_a_purse_is_topped_up_and_services_are_sold_ahead(member: str, place: Path) -> None:
    topped = run_json("purse", "top-up", CARD, "30.00", "--shop", "nyon")
    assert topped["member_id"] == member
    assert run_json("purse", "show", member)["purse_minor"] == 3000
    assert "30.00 CHF" in run("purse", "show", member).out
    refused = run("purse", "top-up", CARD, "470.01", "--shop", "nyon", "--json")
    assert refused.error["code"] == "purse_ceiling"
    assert "A purse holds 500.00 CHF at most, and 30.00 CHF is there." in refused.error["detail"]
    meals = run("purse", "load-meals", member, "10.00", "--funder", "group", "--json")
    assert meals.error["code"] == "meal_vouchers_not_here"
    services = {
        "massage": {"name": "Massage", "price_minor": 8000, "unit": "hour"},
        "injection": {"name": "Injection", "price_minor": 2500, "unit": "time"},
    }
    settings = {"stored_value": {"services": services}}
    (place / "s.json").write_text(json.dumps(settings), encoding="utf-8")
    base = ("group", "create", "leman", "--name", "L", "--country", "CH", "--currency", "CHF")
    run_json(*base, "--settings", "s.json")
    sold = run_json("service", "sell", CARD, "massage", "250", "--shop", "nyon")
    assert (sold["balance"], sold["paid_minor"]) == (250, 20000)
    half = run_json("service", "sell", CARD, "massage", "1.5", "--shop", "nyon")
    assert (half["amount"], half["balance"], half["paid_minor"]) == (150, 400, 12000)
    run_json("service", "sell", CARD, "injection", "3", "--shop", "nyon")
    shown = " ".join(run("purse", "show", member).out.split())
    assert "Massage 4.00 hours" in shown
    assert "Injection 3 times" in shown
    for service, units, told in (("massage", "1.505", "hundredths"), ("injection", "1.5", "whole number")):
        wrong = run("service", "sell", CARD, service, units, "--shop", "nyon")
        assert wrong.status == 2
        assert told in " ".join(wrong.err.split())
    drawn = ("service", "draw", "massage", "1.00", "--shop", "nyon")
    weak = run(*drawn, "--number", CARD, "--json")
    assert weak.error["code"] == "strength_too_low", "a number that was typed proves no card"
    assert "a card whose chip proves that it is no copy" in weak.error["detail"]
    assert run(*drawn, "--json").error["code"] == "input_invalid", "whose card?"
    erased = run("member", "erase", member, "--yes", "--json").error["detail"]
    assert "30.00 CHF, 4.00 hours, 3 times (injection), which was paid for" in erased
    run_json("card", "issue", "2990000000026", "--uid", "04A1B2C3D4E5F7", "--member", member)
    (place / "p.json").write_text(
        json.dumps({"rules": [], "identification": {"pay_from_purse": "nfc_uid"}}), encoding="utf-8"
    )
    run_json("group", "programme", "set", "p.json")
    rendered = ("--uid", "04A1B2C3D4E5F7", "--id", "drawn-1")
    assert run_json(*drawn, *rendered)["balance"] == 300
    assert run_json(*drawn, *rendered)["balance"] == 300, "the same again moves nothing"
    copied = run(*drawn, *rendered[:2], "--pin", "1234", "--json")
    assert copied.error["code"] == "strength_too_low", "a PIN adds to a card that proved itself alone"
    settings["stored_value"]["gift_card_expiry"] = {"policy": "months", "months": 12}  # type: ignore[assignment]
    (place / "s.json").write_text(json.dumps(settings), encoding="utf-8")
    unlawful = run(*base, "--settings", "s.json", "--json")
    assert unlawful.error["code"] == "expiry_too_early"
