from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import RULE_DEPTH_MAX
from loyalty.rules.evaluate import Facts, compile_condition
from loyalty.rules.explain import describe
from loyalty.rules.language import FACTS, Truth
from loyalty.rules.reading import ProgrammeInvalid
from loyalty.rules.validate import (
    OPERATIONS,
    KindsDoNotMix,
    NoOrder,
    RuleTooCostly,
    RuleTooDeep,
    UnknownFact,
    UnknownOperation,
    parse_condition,
)

KNOWN = {"fact": "member.is_known"}
GRADE = {"eq": [{"fact": "member.grade"}, "gold"]}  # unknown in FACTS_AT_HAND
TOTAL = {"fact": "basket.total_minor"}
DAY = {"fact": "basket.local_day"}
BRAND_A = {"eq": [{"fact": "line.brand"}, "A"]}
BRAND_B = {"eq": [{"fact": "line.brand"}, "B"]}
FACTS_AT_HAND = Facts(
    {"member.is_known": True, "basket.total_minor": 1000, "basket.local_day": "2026-11-22"},
    (
        {"line.brand": "A", "line.amount_minor": 400, "line.quantity": 2},
        {"line.brand": None, "line.amount_minor": 600, "line.quantity": 1},
    ),
)


@pytest.mark.parametrize(
    ("tree", "answer"),
    [
        (True, True),
        (False, False),
        (KNOWN, True),
        ({"not": KNOWN}, False),
        ({"not": GRADE}, None),
        ({"and": [KNOWN, GRADE]}, None),
        ({"and": [GRADE, False]}, False),
        ({"and": [KNOWN, True]}, True),
        ({"or": [GRADE, True]}, True),
        ({"or": [GRADE, False]}, None),
        ({"or": [False, {"not": KNOWN}]}, False),
        ({"eq": [TOTAL, 1000]}, True),
        ({"ne": [TOTAL, 1000]}, False),
        ({"lt": [TOTAL, 1001]}, True),
        ({"le": [TOTAL, 1000]}, True),
        ({"gt": [1000, TOTAL]}, False),
        ({"ge": [TOTAL, 1001]}, False),
        ({"eq": [KNOWN, True]}, True),
        ({"ge": [DAY, "2026-11-22"]}, True),
        ({"lt": [DAY, "2026-02-01"]}, False),
        ({"in": [TOTAL, [1, 1000]]}, True),
        ({"in": [DAY, ["2026-12-24"]]}, False),
        ({"in": [{"fact": "member.grade"}, ["gold"]]}, None),
        ({"any_line": BRAND_A}, True),
        ({"any_line": BRAND_B}, None),
        ({"all_lines": BRAND_A}, None),
        ({"all_lines": BRAND_B}, False),
        ({"all_lines": {"ge": [{"fact": "line.quantity"}, 1]}}, True),
        ({"eq": [{"count": {"where": {"gt": [{"fact": "line.quantity"}, 1]}}}, 1]}, True),
        ({"eq": [{"count": {"where": BRAND_A}}, 1]}, None),
        ({"ge": [{"sum": {"of": {"fact": "line.amount_minor"}, "where": True}}, 1000]}, True),
        ({"ge": [{"sum": {"of": {"fact": "line.amount_minor"}, "where": BRAND_A}}, 400]}, None),
    ],
)
def test_condition_has_its_three_valued_answer(tree: Any, answer: Truth) -> None:
    assert compile_condition(parse_condition(tree))(FACTS_AT_HAND) is answer


@pytest.mark.parametrize(("any_line", "all_lines"), [(False, True)])
def test_over_no_lines_any_is_false_and_all_is_true(any_line: bool, all_lines: bool) -> None:
    assert compile_condition(parse_condition({"any_line": BRAND_A}))(Facts({})) is any_line
    assert compile_condition(parse_condition({"all_lines": BRAND_A}))(Facts({})) is all_lines


@pytest.mark.parametrize(
    ("tree", "error", "path"),
    [
        ({"xor": [True, True]}, UnknownOperation, "when"),
        ({"and": [True, {"like": ["a", "b"]}]}, UnknownOperation, "when.and.1"),
        ({"fact": "member.diagnosis"}, UnknownFact, "when"),
        ({"fact": ["member.is_known"]}, UnknownFact, "when"),
        (BRAND_A, UnknownFact, "when.eq.0"),
        ({"eq": [TOTAL, "1000"]}, KindsDoNotMix, "when.eq"),
        ({"eq": [TOTAL, True]}, KindsDoNotMix, "when.eq"),
        ({"eq": [KNOWN, 1]}, KindsDoNotMix, "when.eq"),
        ({"lt": [{"fact": "member.grade"}, "gold"]}, NoOrder, "when.lt.0"),
        ({"ge": [{"fact": "member.tier"}, 5]}, NoOrder, "when.ge.0"),
        ({"ge": [True, False]}, NoOrder, "when.ge"),
        ({"in": [TOTAL, [1, True]]}, KindsDoNotMix, "when.in.1.1"),
        ({"not": TOTAL}, KindsDoNotMix, "when.not"),
        ({"ge": [{"sum": {"of": KNOWN, "where": True}}, 1]}, KindsDoNotMix, "when.ge.0.sum.of"),
        (TOTAL, KindsDoNotMix, "when"),
        (1, KindsDoNotMix, "when"),
        ({"eq": [TOTAL, 1.5]}, ProgrammeInvalid, "when.eq.1"),
        ({"eq": [TOTAL, None]}, ProgrammeInvalid, "when.eq.1"),
        ({"eq": [TOTAL, 2**63]}, ProgrammeInvalid, "when.eq.1"),
        ({"eq": [TOTAL]}, ProgrammeInvalid, "when.eq"),
        ({"and": []}, ProgrammeInvalid, "when.and"),
        ({"and": True}, ProgrammeInvalid, "when.and"),
        ({"in": [TOTAL, []]}, ProgrammeInvalid, "when.in.1"),
        ({"in": [DAY, ["24.12.2026"]]}, ProgrammeInvalid, "when.in.1.0"),
        ({"ge": [DAY, "20261224"]}, ProgrammeInvalid, "when.ge.1"),
        ({"ge": [DAY, "2026-02-30"]}, ProgrammeInvalid, "when.ge.1"),
        ({}, ProgrammeInvalid, "when"),
        ({"and": [True], "or": [True]}, ProgrammeInvalid, "when"),
        ({"fact": "member.is_known", "or": [True]}, ProgrammeInvalid, "when.or"),
        ({"any_line": {"any_line": BRAND_A}}, ProgrammeInvalid, "when.any_line.any_line"),
        (
            {"any_line": {"eq": [{"fact": "line.article_class"}, "medicin_rx"]}},
            ProgrammeInvalid,
            "when.any_line.eq",
        ),
        ({"count": {"of": 1}}, ProgrammeInvalid, "when.count.of"),
    ],
)
def test_a_wrong_condition_is_refused_naming_the_place(
    tree: Any, error: type[LoyaltyError], path: str
) -> None:
    with pytest.raises(error) as caught:
        parse_condition(tree)
    assert caught.value.params["path"] == path


def test_unknown_operation_names_what_there_is() -> None:
    with pytest.raises(UnknownOperation, match="any_line"):
        parse_condition({"xor": [True]})


def nested(depth: int) -> Any:
    tree: Any = KNOWN
    for _ in range(depth):
        tree = {"not": tree}
    return tree


def test_depth_is_limited() -> None:
    parse_condition(nested(RULE_DEPTH_MAX))
    with pytest.raises(RuleTooDeep):
        parse_condition(nested(RULE_DEPTH_MAX + 1))
    with pytest.raises(RuleTooDeep):
        parse_condition(nested(900))


def test_steps_on_the_largest_basket_are_limited_when_the_rule_is_saved() -> None:
    parse_condition({"any_line": {"or": [BRAND_A] * 20}})
    with pytest.raises(RuleTooCostly):
        parse_condition({"any_line": {"or": [BRAND_A] * 200}})


def test_a_condition_can_be_read_as_a_sentence() -> None:
    tree = {"and": [KNOWN, {"any_line": {"in": [{"fact": "line.range"}, ["sun", "baby"]]}}]}
    sentence = "(member.is_known) and (any line with (line.range in baby, sun))"
    assert describe(parse_condition(tree)) == sentence


@pytest.mark.parametrize("name", [*OPERATIONS, *FACTS])
def test_every_operation_and_fact_is_documented(name: str, docs_rules: str) -> None:
    assert f"`{name}`" in docs_rules
