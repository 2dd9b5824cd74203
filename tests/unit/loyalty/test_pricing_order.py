"""The order in which stages and rules acted, as explanations tell it: vectors for any implementation."""

import json
from pathlib import Path
from typing import Any

import pytest

from loyalty.pricing.outcome import PipelineStage
from tests.unit.loyalty.vector_basket import acts_of, quote_of
from tests.vectors import evaluator

ORDERS: list[dict[str, Any]] = json.loads(
    (Path(evaluator.__file__).parent / "order" / "acts.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", ORDERS, ids=lambda case: case["name"])
def test_acts_are_told_in_the_order_in_which_they_happened(case: dict[str, Any]) -> None:
    assert acts_of(quote_of(case)) == case["acts"]


@pytest.mark.parametrize("case", ORDERS, ids=lambda case: case["name"])
def test_the_arithmetic_of_the_acts_is_recomputed_by_another_evaluator(case: dict[str, Any]) -> None:
    assert evaluator.faults_of(case) == []
    steps = {name: value for name, _, value in case["steps"]}
    quote = quote_of(case)
    assert (steps["total_minor"], steps["points"]) == (quote.total_minor, quote.points)
    for _, rule_id, _, _, minor, points, _, _ in case["acts"]:
        name = rule_id.rpartition(".")[2]
        if minor:
            assert steps[f"{name}_minor"] == -minor
        if points:
            assert steps[f"{name}_points"] == points


def test_the_evaluator_says_that_a_folder_has_no_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(evaluator.__file__).parent
    assert evaluator.main(folder / "order") == 0
    assert evaluator.main(folder / "rules") == 2
    assert "cases have no steps to recompute" in capsys.readouterr().err


def test_the_vectors_meet_every_stage_of_a_quote() -> None:
    met = {act[0] for case in ORDERS for act in case["acts"]}
    assert met == {*PipelineStage} - {PipelineStage.TENDER}, "the tender is no part of a quote"
