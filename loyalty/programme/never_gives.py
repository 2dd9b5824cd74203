"""Rules that can be proved to give nothing, and settings that meet no rule: slips that nobody would notice.

Programmes saved before stay readable: this is asked of new ones only.
"""

import json
from collections.abc import Mapping

from loyalty.programme.rule_set import Stack
from loyalty.rules.apart import are_apart, texts_allowed
from loyalty.rules.effect_names import EffectName
from loyalty.rules.effects import BuyGet, PointsMultiplier
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Node
from loyalty.rules.reading import invalid, propose
from loyalty.rules.rule import Rule

_NAMED_MAX = 10
"""So many texts are named in a proposal; more would not be read."""


def require_groups_met(stacking: Mapping[str, Stack], rules: tuple[Rule, ...]) -> None:
    """Every stacking group that the settings name has a rule.

    Raises: ProgrammeInvalid: proposes the nearest group that has one.
    """
    stacked = (RuleKind.PROMOTION, RuleKind.CAMPAIGN)
    groups = sorted({rule.stacking.group for rule in rules if rule.kind in stacked})
    for name in stacking:
        if name not in groups:
            expected = "a stacking group that a rule is in: " + (
                ", ".join(groups[:_NAMED_MAX]) or "there is none"
            )
            proposal = propose(name, groups)
            raise invalid(
                f"programme.stacking.{name}", expected, name, f"No rule is in group {name}. {proposal}"
            )


def require_rules_give(rules: tuple[Rule, ...]) -> None:
    """No rule has a reward or a multiplier that can reach no line.

    Raises: ProgrammeInvalid: names the place and what to write.
    """
    for at, rule in enumerate(rules):
        path = f"programme.rules.{at}"
        for index, effect in enumerate(rule.effects):
            if isinstance(effect, BuyGet) and rule.lines is not None and effect.get_lines is not None:
                _require_rewards(rule.lines, effect.get_lines, path, f"{path}.effects.{index}.get_lines")
            if isinstance(effect, PointsMultiplier) and rule.stacking.exclusive:
                expected = "left out of a rule with points_multiplier"
                proposal = (
                    "Lines that earned are closed to an exclusive rule, others have no points to multiply. "
                    "For the better of several multipliers put them in one group and set it to best_of."
                )
                raise invalid(f"{path}.stacking.exclusive", expected, True, proposal)
        if rule.kind is RuleKind.PRICE:
            _require_prices_act(rule, path)


def _require_prices_act(rule: Rule, path: str) -> None:
    """The first price of a rule that can be worked out counts: one after it that needs no less never does."""
    seen: set[EffectName] = set()
    for index, effect in enumerate(rule.effects):
        if EffectName.UNIT_PRICE in seen or effect.name in seen:
            proposal = "Only the first counts. Keep one, or make a rule for each with lines of its own."
            raise invalid(
                f"{path}.effects.{index}", "left out: a price stands before it", effect.name, proposal
            )
        seen.add(effect.name)


def _require_rewards(lines: Node, get_lines: Node, path: str, at: str) -> None:
    """What is bought and what is got both lie in the rule's `lines`, and they are not the same."""
    if lines == get_lines:
        proposal = (
            "Every line would be a reward and none bought: leave get_lines out, or let lines hold both."
        )
        raise invalid(at, f"some of the lines in {path}.lines, not all", "the same condition", proposal)
    if are_apart(lines, get_lines):
        expected = f"lines that {path}.lines reaches as well"
        raise invalid(
            at, expected, "lines outside them", f"Let lines hold both: {_joined(lines, get_lines)}."
        )


def _joined(lines: Node, get_lines: Node) -> str:
    """A condition that holds for both, as it is written where it is short."""
    bought, got = texts_allowed(lines), texts_allowed(get_lines)
    for fact in sorted(bought.keys() & got.keys()):
        texts = sorted(str(text) for text in bought[fact] | got[fact])
        if bought[fact].isdisjoint(got[fact]) and len(texts) <= _NAMED_MAX:
            return json.dumps({"in": [{"fact": fact}, texts]}, ensure_ascii=False)
    return '{"or": [lines, get_lines]} with both written out'
