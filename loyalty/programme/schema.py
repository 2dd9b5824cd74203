"""The JSON Schema of a programme document: docs/generated/rules.schema.json."""

import json
from enum import StrEnum

from loyalty.ledger.reversal import SpentPoints
from loyalty.limits.my_value import CONVERTED_VOUCHER_DAYS_MAX
from loyalty.limits.rules import RULE_LIST_ITEMS_MAX, RULES_PER_GROUP_MAX, SEGMENTS_PER_GROUP_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.programme.expiry import EXPIRY_MEMBERS
from loyalty.programme.grades import GRADES_SHAPE
from loyalty.programme.identification import NO_LIMIT, UNITS, Act, Strength
from loyalty.programme.latitude import LATITUDE_SHAPE
from loyalty.programme.offline import LEASE_SHAPE
from loyalty.programme.profiles import PROFILES_SHAPE
from loyalty.programme.programme import (
    CASH_ROUNDING_MINOR_MAX,
    VOUCHER_POINTS_MAX,
    BenefitsReach,
    PointsBase,
)
from loyalty.programme.rule_set import Stack
from loyalty.programme.tiers import TIERS_SHAPE
from loyalty.rules.schema import rule_definitions
from loyalty.rules.shape import Choice, Funder, Items, Record, Schema, Text, Whole

PAGE = "docs/generated/rules.schema.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def programme_schema() -> Schema:
    """The whole schema."""
    strengths = [None, *(strength.name.lower() for strength in Strength)]
    settings: dict[str, Schema] = {
        "rules": {
            "type": "array",
            "items": {"$ref": "#/$defs/rule"},
            "minItems": 0,
            "maxItems": RULES_PER_GROUP_MAX,
        },
        "expiry": _expiry(),
        "voucher_step": {
            "anyOf": [
                {"type": "null"},
                Record(
                    {"points": Whole(1, VOUCHER_POINTS_MAX), "worth_minor": Whole(1, LINE_AMOUNT_MINOR_MAX)},
                    {"valid_days": Whole(1, CONVERTED_VOUCHER_DAYS_MAX)},
                ).schema(),
            ]
        },
        "points_base": Choice(PointsBase).schema(),
        "benefits_valid_in": Choice(BenefitsReach).schema(),
        "spent_points": Choice(SpentPoints).schema(),
        "identification": {
            "type": "object",
            "properties": {act.value: _allowed(act, strengths) for act in Act},
            "additionalProperties": False,
        },
        "funder": Funder().schema(),
        "segments": Items(Text(), at_most=SEGMENTS_PER_GROUP_MAX, at_least=0).schema(),
        "stacking": {
            "type": "object",
            "additionalProperties": _enum(Stack),
            "maxProperties": RULE_LIST_ITEMS_MAX,
        },
        "latitude": {
            "type": "object",
            "additionalProperties": LATITUDE_SHAPE.schema(),
            "maxProperties": RULE_LIST_ITEMS_MAX,
        },
        "profiles": PROFILES_SHAPE.schema(),
        "offline": {
            "type": "object",
            "properties": {
                "lease": {"anyOf": [{"type": "null"}, LEASE_SHAPE.schema()]},
                "acts": {
                    "type": "object",
                    "properties": {Act.REDEEM.value: {"enum": strengths}},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
        "grades": {"anyOf": [{"type": "null"}, GRADES_SHAPE.schema()]},
        "tiers": {"anyOf": [{"type": "null"}, TIERS_SHAPE.schema()]},
        "cash_rounding_minor": Whole(1, CASH_ROUNDING_MINOR_MAX).schema(),
    }
    return {
        "$schema": DRAFT,
        "title": "Officine programme",
        "description": (
            "Written from the tables that check a programme; see docs/rules.md. JSON Schema takes 10.0 for an"
            " integer; a programme does not: write whole numbers without a point."
        ),
        "type": "object",
        "properties": settings,
        "required": ["rules"],
        "additionalProperties": False,
        "$defs": rule_definitions(),
    }


def render() -> str:
    """The schema as the committed file."""
    return json.dumps(programme_schema(), indent=1, sort_keys=True) + "\n"


def _enum(choices: type[StrEnum]) -> Schema:
    return {"enum": [choice.value for choice in choices]}


def _allowed(act: Act, strengths: list[str | None]) -> Schema:
    """From which strength on; for acts of value also up to how much, by strength."""
    least: Schema = {"enum": strengths}
    if act not in UNITS:
        return least
    most = {"anyOf": [{"type": "null"}, Whole(1, NO_LIMIT - 1).schema()]}
    by_strength: Schema = {
        "type": "object",
        "properties": {strength.name.lower(): most for strength in Strength},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [least, by_strength]}


def _expiry() -> Schema:
    shapes = []
    for kind, members in EXPIRY_MEMBERS.items():
        schema = Record(members, {}).schema()
        schema["properties"]["policy"] = {"const": kind.value}
        schema["required"] = sorted(("policy", *schema["required"]))
        shapes.append(schema)
    return {"oneOf": shapes}
