"""Vectors of the rules language that any other implementation could run."""

import json
from pathlib import Path
from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.programme.programme import parse_programme
from loyalty.programme.voucher_circles import require_vouchers_end
from loyalty.rules.evaluate import Facts, compile_condition
from loyalty.rules.facts import FACTS
from loyalty.rules.validate import OPERATIONS, parse_condition
from tests.vectors import evaluator

FOLDER = Path(evaluator.__file__).parent / "rules"


def vectors(name: str) -> list[Any]:
    return list(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in facts.items()}


@pytest.mark.parametrize("vector", vectors("conditions"), ids=lambda vector: json.dumps(vector["when"]))
def test_condition_has_the_answer_of_its_vector(vector: dict[str, Any]) -> None:
    facts = Facts(known(vector["facts"]), tuple(known(line) for line in vector["lines"]))
    assert compile_condition(parse_condition(vector["when"]))(facts) is vector["answer"]


def save(rule: object) -> None:
    """As a group would save it in its programme. Raises: LoyaltyError."""
    document = {"rules": [rule], "segments": ["gold"]}
    require_vouchers_end(parse_programme(document, ruleset_version=1).rules)


@pytest.mark.parametrize("vector", vectors("refused"), ids=lambda vector: vector["path"])
def test_rule_is_refused_at_the_path_of_its_vector(vector: dict[str, Any]) -> None:
    with pytest.raises(LoyaltyError) as caught:
        save(vector["rule"])
    assert caught.value.params["path"] == vector["path"]


@pytest.mark.parametrize("rule", vectors("accepted"), ids=lambda rule: rule["id"])
def test_rule_of_a_vector_is_accepted(rule: dict[str, Any]) -> None:
    assert parse_programme({"rules": [rule], "segments": ["gold"]}, ruleset_version=1).rules


def test_every_operation_has_a_vector_with_each_answer() -> None:
    conditions = vectors("conditions")
    for operation in OPERATIONS:
        answers = {v["answer"] for v in conditions if f'"{operation}"' in json.dumps(v["when"])}
        assert answers == {True, False, None}, operation
    assert set(FACTS) >= {name for vector in conditions for name in vector["facts"]}
