"""Cards renewed by a list: a report, and a second run that goes on where the first stopped (P-38)."""

import csv
from pathlib import Path

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD

HEAD = "card_number,new_card_number\n"


def outcomes(path: Path) -> list[str]:
    return [row["outcome"] for row in csv.DictReader(path.read_text().splitlines())]


def test_a_batch_is_renewed_told_and_run_again(member: str, place: Path) -> None:
    run_json("member", "enrol", "--id", "m-2", "--family-name", "Rossi", "--card", "2990000000088")
    run_json("card", "block", "2990000000088", "--reason", "stolen")
    batch, report = place / "renewals.csv", place / "outcome.csv"
    batch.write_text(
        f"{HEAD}{CARD},2990000000101\n2990000000088,2990000000118\n2990000000095,2990000000125\n"
    )
    options = ("card", "renew", "--batch", str(batch), "--report", str(report))
    first = run(*options, "--json")
    assert first.status == 1
    assert outcomes(report) == ["renewed", "blocked_card", "unknown_card"]
    assert CARD not in report.read_text(), "the report names no whole number"
    assert run_json("card", "show", "2990000000101")["member_id"] == member

    run_json("member", "enrol", "--id", "m-3", "--family-name", "Weber", "--card", "2990000000095")
    run(*options, "--json")
    assert outcomes(report) == ["already", "blocked_card", "renewed"], "it goes on where it stopped"


def test_a_list_with_other_columns_or_a_card_twice_renews_nothing(member: str, place: Path) -> None:
    assert member
    for text in (f"old,new\n{CARD},1\n", f"{HEAD}{CARD},2990000000101\n{CARD},2990000000118\n"):
        batch = place / "renewals.csv"
        batch.write_text(text)
        refused = run("card", "renew", "--batch", str(batch), "--json")
        assert refused.error["code"] == "input_invalid"
    assert run_json("card", "show", CARD)["state"] == "active"
