"""The published schema is in step with what checks a programme."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from loyalty.errors import LoyaltyError
from loyalty.programme.programme import OPTIONAL, parse_programme
from loyalty.programme.schema import PAGE, programme_schema, render
from loyalty.rules.effect_table import EFFECTS
from loyalty.rules.effects import EffectName
from loyalty.rules.facts import FACTS
from loyalty.rules.validate import OPERATIONS
from tests.unit.loyalty.conftest import ROOT
from tests.unit.loyalty.rule_samples import BROKEN, EVERY_RULE, a_programme_of

VALIDATOR = Draft202012Validator(programme_schema())


def test_the_committed_schema_is_what_the_tables_say() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == render()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(programme_schema())


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule["id"])
def test_a_rule_that_is_saved_is_valid_under_the_schema(rule: dict[str, Any]) -> None:
    document = a_programme_of(rule)
    assert parse_programme(document, ruleset_version=1).rules[0].rule_id == rule["id"]
    VALIDATOR.validate(document)


@pytest.mark.parametrize(("rule", "seen_by_schema"), [(each.rule, each.in_schema) for each in BROKEN])
def test_what_the_schema_refuses_is_refused_when_saved(rule: dict[str, Any], seen_by_schema: bool) -> None:
    document = a_programme_of(rule)
    with pytest.raises(LoyaltyError):
        parse_programme(document, ruleset_version=1)
    assert VALIDATOR.is_valid(document) is not seen_by_schema


def test_the_samples_use_every_effect_and_every_setting_is_in_the_schema() -> None:
    used = {effect["effect"] for rule in EVERY_RULE for effect in rule["effects"]}
    assert used == {name.value for name in EffectName} == {name.value for name in EFFECTS}
    assert set(programme_schema()["properties"]) == {*OPTIONAL, "rules"}


@pytest.mark.parametrize("name", [*FACTS, *OPERATIONS])
def test_every_fact_and_operation_is_in_the_schema(name: str) -> None:
    assert f'"{name}"' in json.dumps(programme_schema())


@pytest.mark.parametrize(
    "expiry",
    [
        {"policy": "none"},
        {"policy": "months", "months": 3},
        {"policy": "end_of_month", "months": 0},
        {"policy": "end_of_year", "years": 1},
        {"policy": "fixed_day", "month": 6, "day": 30, "years": 0},
    ],
)
def test_every_expiry_policy_is_read_and_valid(expiry: dict[str, Any]) -> None:
    document = {"rules": [], "expiry": expiry}
    assert parse_programme(document, ruleset_version=1).expiry.kind.value == expiry["policy"]
    VALIDATOR.validate(document)
