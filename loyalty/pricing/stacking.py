"""How rules of one stage meet: priority, groups, best of, exclusive, lines used up (docs/rules.md)."""

from collections.abc import Mapping, Sequence

from loyalty.programme.rule_set import Stack
from loyalty.rules.rule import Rule


def in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Higher priority first; equal ones in the order of the document."""
    return sorted(rules, key=lambda rule: -rule.stacking.priority)


def groups_in_order(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Stacking groups, each in order; a group's turn is that of its first rule."""
    groups: dict[str, list[Rule]] = {}
    for rule in in_order(rules):
        groups.setdefault(rule.stacking.group, []).append(rule)
    return list(groups.values())


def is_best_of(group: Sequence[Rule], stacking: Mapping[str, Stack]) -> bool:
    """Whether only the best of the group is taken."""
    return stacking.get(group[0].stacking.group, Stack.ALL) is Stack.BEST_OF
