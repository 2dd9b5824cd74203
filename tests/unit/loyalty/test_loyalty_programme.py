from datetime import date
from typing import Any

import pytest

from loyalty.ledger.lots import ExpiryKind, ExpiryPolicy
from loyalty.ledger.reversal import SpentPoints
from loyalty.programme.compliance import ShopOnlyProgrammeRefused
from loyalty.programme.identification import Act, Allowance, Strength
from loyalty.programme.programme import (
    Milestone,
    VoucherStep,
    next_milestone,
    parse_programme,
    worth_minor,
)
from loyalty.programme.publication import require_publishable
from loyalty.rules.reading import ProgrammeInvalid

RULE: dict[str, Any] = {
    "id": "base",
    "version": 3,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}


def test_a_full_programme_is_read() -> None:
    programme = parse_programme(
        {
            "rules": [RULE],
            "expiry": {"policy": "months", "months": 24},
            "voucher_step": {"points": 500, "worth_minor": 1000},
            "points_base": "paid_tax_included",
            "benefits_valid_in": "one_shop",
            "spent_points": "forgiven",
            "identification": {"redeem": "card_and_pin", "play": None},
            "funder": "shop",
        },
        ruleset_version=7,
    )
    assert programme.ruleset_version == 7
    assert [rule.rule_id for rule in programme.rules] == ["base"]
    assert programme.expiry == ExpiryPolicy(ExpiryKind.MONTHS, 24)
    assert programme.voucher_step == VoucherStep(500, 1000)
    assert programme.spent_points is SpentPoints.FORGIVEN
    assert programme.strength_table[Act.REDEEM] == (Allowance(Strength.CARD_AND_PIN),)
    assert Act.PLAY not in programme.strength_table
    with pytest.raises(ShopOnlyProgrammeRefused):
        require_publishable(programme, countries=frozenset({"FR"}), day=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"rules": "none"}, "programme.rules"),
        ({"rules": [RULE, RULE]}, "programme.rules.1.id"),
        ({"rules": [{**RULE, "kind": "price"}]}, "programme.rules.0.effects.0.effect"),
        ({"rules": [{**RULE, "kind": "offer"}]}, "programme.rules.0.kind"),
        ({"rules": [{**RULE, "version": 0}]}, "programme.rules.0.version"),
        ({"rules": [{**RULE, "version": True}]}, "programme.rules.0.version"),
        ({"rules": [{**RULE, "effects": []}]}, "programme.rules.0.effects"),
        (
            {"rules": [{**RULE, "effects": [{**RULE["effects"][0], "per_minor": 0}]}]},
            "programme.rules.0.effects.0.per_minor",
        ),
        (
            {"rules": [{**RULE, "effects": [{**RULE["effects"][0], "points": 1.0}]}]},
            "programme.rules.0.effects.0.points",
        ),
        (
            {"rules": [{**RULE, "effects": [{**RULE["effects"][0], "rounding": "nearest"}]}]},
            "programme.rules.0.effects.0.rounding",
        ),
        ({"rules": [{name: RULE[name] for name in RULE if name != "when"}]}, "programme.rules.0.when"),
        ({"expiry": {"policy": "months"}}, "programme.expiry.months"),
        ({"expiry": {"policy": "months", "months": 0}}, "programme.expiry.months"),
        ({"expiry": {"policy": "none", "months": 3}}, "programme.expiry.months"),
        ({"voucher_step": {"points": 0, "worth_minor": 5}}, "programme.voucher_step.points"),
        ({"points_base": "before_discounts"}, "programme.points_base"),
        ({"identification": {"fly": "name"}}, "programme.identification.fly"),
        ({"identification": {"redeem": "strong"}}, "programme.identification.redeem"),
        ({"colour": "red"}, "programme.colour"),
    ],
)
def test_a_wrong_programme_is_refused_naming_the_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        parse_programme({"rules": [RULE], **change}, ruleset_version=1)
    assert caught.value.params["path"] == path


@pytest.mark.parametrize(
    ("points", "worth", "milestone"),
    [
        (0, 0, Milestone(500, 1000)),
        (499, 0, Milestone(500, 1000)),
        (500, 1000, Milestone(1000, 2000)),
        (1234, 2000, Milestone(1500, 3000)),
    ],
)
def test_points_are_worth_whole_vouchers_and_the_next_one_is_named(
    points: int, worth: int, milestone: Milestone
) -> None:
    programme = parse_programme(
        {"rules": [], "voucher_step": {"points": 500, "worth_minor": 1000}}, ruleset_version=1
    )
    assert worth_minor(programme, points) == worth
    assert next_milestone(programme, points) == milestone


def test_without_vouchers_points_have_no_worth() -> None:
    programme = parse_programme({"rules": []}, ruleset_version=1)
    assert (worth_minor(programme, 900), next_milestone(programme, 900)) == (0, None)
