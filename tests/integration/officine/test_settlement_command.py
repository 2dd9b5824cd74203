"""`officine party` and `officine settlement` on a real file: from a supplier's rule to its statement."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from officine.shown import moment
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.sales import sell

THIS_MONTH = datetime.now(UTC).strftime("%Y-%m")
RULE = {
    "id": "third",
    "version": 1,
    "kind": "promotion",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "percent_off", "rate_bp": 3000, "rounding": "floor"}],
    "funder": "supplier/sol",
}


@pytest.fixture
def sold(member: str, place: Path) -> str:
    """Two tickets of which the supplier Sol pays a third; the month they are in."""
    run_json(
        "party", "put", "supplier", "sol", "--name", "=Sol SA", "--bank-account", "CH9300762011623852957"
    )
    document = run_json("group", "programme", "show")["programme"]
    document["rules"].append(RULE)
    (place / "p.json").write_text(json.dumps(document), encoding="utf-8")
    run_json("group", "programme", "set", "p.json")
    sell(("s-1", 1000), ("s-2", 2500))
    assert member == "m-1"
    return THIS_MONTH


def test_a_party_is_put_shown_and_a_slip_in_its_account_refused(group: str) -> None:
    put = ("party", "put", "association", "club", "--name", "FC Nyon", "--bank-account")
    assert run_json(*put, "CH93 0076 2011 6238 5295 7")["change"] == "created"
    assert run_json("party", "show", "association", "club")["bank_account"] == "CH9300762011623852957"
    assert [each["party"] for each in run_json("party", "list")["parties"]] == ["association/club"]
    refused = run(*put, "CH9300762011623852958", "--json")
    assert (refused.status, refused.error["code"]) == (1, "bank_account_invalid")
    assert group == "leman"


def test_a_supplier_gets_figures_csv_and_pdf_and_no_file_is_written_over(sold: str, place: Path) -> None:
    command = ("settlement", "supplier", "sol", "--month", sold)
    view = run_json(*command, "--csv", "sol.csv", "--pdf", "sol.pdf")
    assert (view["amount_minor"], view["lines"], view["name"]) == (1050, 2, "=Sol SA")
    with (place / "sol.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(int(row["amount_minor"]) for row in rows) == [300, 750]
    assert {row["day"] for row in rows} == {sold}, "a shop with two tickets tells no days"
    assert not any("m-1" in value or "s-1" in value for row in rows for value in row.values())
    assert (place / "sol.pdf").read_bytes().startswith(b"%PDF-")
    for option, name in (("--csv", "sol.csv"), ("--pdf", "sol.pdf")):
        assert run(*command, option, name, "--json").error["code"] == "input_invalid"
    shown = run(*command)
    assert shown.status == 0
    assert "10.50 CHF" in shown.out


def test_a_line_is_traced_and_the_month_is_cleared_but_not_closed_before_its_end(
    sold: str, place: Path
) -> None:
    view = run_json("settlement", "clearing", "--month", sold, "--csv", "dues.csv", "--pdf", "month.pdf")
    (net,) = view["nets"]
    assert (net["debtor"], net["creditor"], net["amount_minor"]) == ("supplier/sol", "shop/nyon", 1050)
    assert (place / "dues.csv").read_text(encoding="utf-8").splitlines()[0].startswith("debtor,creditor,what")
    assert (place / "month.pdf").read_bytes().startswith(b"%PDF-")
    refused = run("settlement", "close", "--month", sold, "--json")
    assert refused.error["code"] == "month_not_over"
    run_json("party", "put", "association", "club", "--name", "FC Nyon")
    statement = run_json("settlement", "association", "club", "--month", sold, "--pdf", "club.pdf")
    assert (statement["shares"], statement["due_minor"]) == ([], 0)
    unpaid = run("settlement", "pay", "club", "--month", sold, "--json")
    assert unpaid.error["code"] == "month_open"
    assert run("settlement", "clearing", "--month", sold).status == 0
    nothing = run("settlement", "trace", "sol", "0/1", "--month", sold, "--json")
    assert nothing.error["code"] == "entry_not_found"


def test_deals_and_memberships_and_a_ticket_of_before_the_member_joined_does_not_count(member: str) -> None:
    run_json("party", "put", "association", "club", "--name", "FC Nyon")
    deal = run_json("party", "deal", "club", "--share-bp", "250")
    assert deal["deals"] == [{"shop_id": None, "share_bp": 250}]
    joined = run_json("party", "join", member, "club")
    assert [each["association_id"] for each in joined["memberships"]] == ["club"]
    sell(("s-1", 10_000))  # a minute ago
    assert run_json("settlement", "association", "club", "--month", THIS_MONTH)["shares"] == []
    left = run_json("party", "join", member)
    assert left["memberships"][0]["to_ms"] is not None
    refused = run("party", "deal", "nobody", "--share-bp", "250", "--json")
    assert refused.error["code"] == "party_not_found"
    assert run("party", "deal", "club", "--share-bp", "10001", "--json").error["code"] == "input_invalid"


def test_every_entry_that_trace_takes_is_printed_and_so_are_the_moves_of_the_journal(
    sold: str, place: Path
) -> None:
    lines = run_json("settlement", "lines", "sol", "--month", sold, "--csv", "lines.csv")
    with (place / "lines.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["entry"] for row in rows] == [each["entry"] for each in lines]
    shown = run("settlement", "lines", "sol", "--month", sold)
    assert all(each["entry"] in shown.out for each in lines)
    traced = [
        run_json("settlement", "trace", "sol", each["entry"], "--month", sold)["sale_id"] for each in lines
    ]
    assert sorted(traced) == ["s-1", "s-2"]
    assert run_json("settlement", "moves", "--month", sold) == [], "nothing paid with value yet"
    assert run("settlement", "moves", "--month", sold).status == 0
    again = run("settlement", "lines", "sol", "--month", sold, "--csv", "lines.csv", "--json")
    assert again.error["code"] == "input_invalid"


@pytest.mark.parametrize("columns", ["80", "100", "160"])
def test_lines_stay_a_table_and_nothing_in_it_is_broken_in_two(
    sold: str, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    entries = [each["entry"] for each in run_json("settlement", "lines", "sol", "--month", sold)]
    shown = run("settlement", "lines", "sol", "--month", sold).out.splitlines()
    figures = [line for line in shown if "Discount" in line]
    assert sum("shop/nyon" in line and line.count(" CHF") == 1 for line in figures) == 2
    assert [entry for entry in entries if any(entry in line for line in shown)] == entries
    assert all(len(line) <= int(columns) for line in shown)


def test_what_is_out_is_told_in_its_own_units_and_never_in_names_of_the_books(sold: str) -> None:
    for command in ("liability", "clearing"):
        shown = run("settlement", command, "--month", sold).out
        assert "24 points" in shown
        assert "PTS/0" not in shown


def test_a_month_closed_twice_says_when_it_was_closed_and_that_nothing_changed(group: str) -> None:
    year, number = (int(part) for part in THIS_MONTH.split("-"))
    before = f"{year - (number == 1)}-{(number - 2) % 12 + 1:02}"
    first = run("settlement", "close", "--month", before)
    assert f"Clearing of {before}" in first.out
    closed_ms = run_json("settlement", "clearing", "--month", before)["closed_ms"]
    again = run("settlement", "close", "--month", before)
    assert f"{before} was closed already, on {moment(closed_ms)}: nothing changed." in again.out
    assert "Clearing of" not in again.out
    assert run_json("settlement", "close", "--month", before)["closed_ms"] == closed_ms
    assert run_json("settlement", "clearing", "--month", THIS_MONTH)["closed_ms"] is None
    assert group == "leman"


def test_the_tickets_behind_an_associations_share_are_listed(member: str) -> None:
    run_json("party", "put", "association", "club", "--name", "FC Nyon")
    run_json("party", "deal", "club", "--share-bp", "250")
    assert run_json("settlement", "tickets", "club", "--month", THIS_MONTH) == []
    assert run("settlement", "tickets", "nobody", "--month", THIS_MONTH, "--json").error["code"] == (
        "party_not_found"
    )
    assert member
