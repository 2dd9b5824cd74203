"""Groups that take the best: what is asked of them when a programme is saved.

Programmes saved before stay readable: this is asked of new ones only.
"""

from collections.abc import Mapping

from loyalty.limits.rules import BEST_OF_TRIED_MAX
from loyalty.programme.rule_set import Stack
from loyalty.rules.effects import (
    Accrual,
    NextPurchaseVoucher,
    PointsMultiplier,
    PointsSponsor,
    PointsThreshold,
)
from loyalty.rules.kinds import RuleKind
from loyalty.rules.reading import invalid
from loyalty.rules.rule import Rule

_OF_ONE_STEP = (frozenset({"base"}), frozenset({"multiplier"}), frozenset({"threshold"}))
"""Groups that are decided at their turn; what is promised comes after all steps and is always tried."""


def require_comparable(
    stacking: Mapping[str, Stack], rules: tuple[Rule, ...], *, points_have_worth: bool
) -> None:
    """Campaigns of a group that takes the best can be compared, and not too many are tried on each ticket.

    Points against vouchers need what points are worth: nothing is assumed.

    Args:
        points_have_worth: whether the programme has a `voucher_step`.
    Raises: ProgrammeInvalid: says what to set or how many to leave.
    """
    for name, how in stacking.items():
        if how is not Stack.BEST_OF:
            continue
        group = [rule for rule in rules if rule.kind is RuleKind.CAMPAIGN and rule.stacking.group == name]
        if not points_have_worth and _gives_points(group) and _gives_vouchers(group):
            expected = f"given: the group {name} takes the best of points and vouchers"
            proposal = "Say what points are worth, or put points and vouchers into groups of their own."
            raise invalid("programme.voucher_step", expected, "missing", proposal)
        if len(group) > BEST_OF_TRIED_MAX and _steps_of(group) not in _OF_ONE_STEP:
            expected = f"all, or a group of at most {BEST_OF_TRIED_MAX} campaigns that give in several steps"
            proposal = "Each is tried on every ticket. Split the group, or keep multipliers in their own."
            raise invalid(f"programme.stacking.{name}", expected, len(group), proposal)


def _gives_points(group: list[Rule]) -> bool:
    return any(isinstance(effect, Accrual | PointsSponsor) for rule in group for effect in rule.effects)


def _gives_vouchers(group: list[Rule]) -> bool:
    return any(isinstance(effect, NextPurchaseVoucher) for rule in group for effect in rule.effects)


def _steps_of(group: list[Rule]) -> frozenset[str]:
    """In which steps of the accrual the group gives."""
    return frozenset(
        "multiplier"
        if isinstance(effect, PointsMultiplier)
        else "threshold"
        if isinstance(effect, PointsThreshold)
        else "base"
        if isinstance(effect, Accrual)
        else "promise"
        for rule in group
        for effect in rule.effects
    )
