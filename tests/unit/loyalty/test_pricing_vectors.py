"""Pricing cases with their arithmetic spelled out: a separate evaluator recomputes it, the quote agrees."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from loyalty.ledger.reversal import returned_share
from loyalty.pricing.promises import worth_minor
from loyalty.pricing.quote import Quote
from tests.unit.loyalty.vector_basket import quote_of
from tests.vectors import evaluator

VECTORS = Path(evaluator.__file__).parent


def cases_of(folder: str) -> list[dict[str, Any]]:
    files = sorted((VECTORS / folder).glob("*.json"))
    return [case for path in files for case in json.loads(path.read_text("utf-8"))]


CASES = cases_of("pricing")
OUTPUTS = {
    "total_minor": lambda quote: quote.total_minor,
    "cash_total_minor": lambda quote: quote.cash_total_minor,
    "eligible_minor": lambda quote: quote.eligible_minor,
    "points": lambda quote: quote.points,
    "amounts": lambda quote: [line.amount_minor for line in quote.lines],
    "line_points": lambda quote: [line.points for line in quote.lines],
    "promised_minor": lambda quote: sum(worth_minor(each.effect) for each in quote.promises),
    "used_vouchers": lambda quote: [used.used_minor for used in quote.vouchers],
}


def returned(case: dict[str, Any], quote: Quote, what: str) -> list[int]:
    """What each return of a case gives back, in their order."""
    lines = {line.line_no: line for line in quote.lines}
    back: dict[int, int] = {}
    shares = []
    for line_no, units in case["returns"]:
        line = lines[line_no]
        whole = line.points if what == "returned_points" else line.amount_minor
        already = back.get(line_no, 0)
        shares.append(
            returned_share(whole, quantity=line.quantity, already_returned=already, returning=units)
        )
        back[line_no] = already + units
    return shares


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_quote_is_what_the_arithmetic_says(case: dict[str, Any]) -> None:
    quote = quote_of(case)
    expected = {name: value for name, _, value in case["steps"] if name in OUTPUTS}
    assert {name: OUTPUTS[name](quote) for name in expected} == expected
    for name, _, value in case["steps"]:
        if name.startswith("returned_"):
            assert returned(case, quote, name) == value
    assert all(line.points == sum(reason.points for reason in line.reasons) for line in quote.lines)
    assert all(
        line.amount_minor - line.sent_minor == sum(reason.amount_minor for reason in line.reasons)
        for line in quote.lines
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_case_says_something_and_its_steps_add_up(case: dict[str, Any]) -> None:
    assert evaluator.faults_of(case) == []
    names = [name for name, _, _ in case["steps"]]
    assert any(name in OUTPUTS or name.startswith("returned_") for name in names)
    assert len(names) == len(set(names))


def test_there_are_at_least_150_cases_and_half_of_them_are_awkward() -> None:
    assert len(CASES) >= 150
    assert sum(bool(case["awkward"]) for case in CASES) * 2 >= len(CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {"rounding", "tie", "cap", "zero price", "quantity", "currency", "tax", "return", "law"} <= {
        case["awkward"] for case in CASES
    }
    assert {"CHF", "EUR", "JPY", "KWD", "GBP", "CNY"} <= {case["basket"]["currency"] for case in CASES}


def isolated(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python that sees the standard library and nothing else."""
    command = [sys.executable, "-I", "-S", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=VECTORS, timeout=60, check=False)


@pytest.mark.parametrize("folder", ["pricing", "histories"])
def test_the_evaluator_recomputes_all_cases_where_loyalty_cannot_be_imported(folder: str) -> None:
    assert "No module named 'loyalty'" in isolated("-c", "import loyalty").stderr
    ran = isolated(str(VECTORS / "evaluator.py"), str(VECTORS / folder))
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert (report["cases"], report["faults"]) == (len(cases_of(folder)), [])
    assert not [name for name in report["modules"] if name.split(".")[0] in ("loyalty", "central", "wire")]


def test_the_evaluator_notices_a_wrong_step() -> None:
    steps = [["off", "floor(1999 * 1500, 10000)", 300]]
    assert evaluator.faults_of({"name": "x", "steps": steps}) == [
        "x: off = floor(1999 * 1500, 10000) is 299, not 300"
    ]


@pytest.mark.parametrize(
    "expression", ["1 / 2", "1.5", "open(1)", "[1][0].real", "x", "True", "max(1, key=2)"]
)
def test_the_evaluator_takes_arithmetic_only(expression: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        evaluator.evaluate(expression, {})
