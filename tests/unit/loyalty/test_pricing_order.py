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


def test_the_vectors_meet_every_stage_of_a_quote() -> None:
    met = {act[0] for case in ORDERS for act in case["acts"]}
    assert met == {*PipelineStage} - {PipelineStage.TENDER}, "the tender is no part of a quote"
