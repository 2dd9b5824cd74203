"""The rules of a programme together: segments first, ids unique."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from loyalty.limits.rules import RULE_LIST_ITEMS_MAX, RULES_PER_GROUP_MAX, SEGMENTS_PER_GROUP_MAX
from loyalty.rules.effects import Segment
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Node
from loyalty.rules.reading import invalid, read_choice, read_list, read_text
from loyalty.rules.rule import Rule, parse_rule
from loyalty.rules.shape import Context


class Stack(StrEnum):
    """How the rules of one stacking group meet."""

    ALL = "all"
    """One after the other, each on what the one before left."""
    BEST_OF = "best_of"
    """Only the one that gives the member most; equal ones: the earlier."""


def parse_rules(document: object, by_hand: object) -> tuple[Rule, ...]:
    """Check the rules of a programme, in their order.

    Args:
        document: the list of rules.
        by_hand: the names of segments that people or other systems fill.
    Raises: ProgrammeInvalid and the errors of `parse_rule`, each naming the place.
    """
    listed = read_list(document, "programme.rules", at_least=0, at_most=RULES_PER_GROUP_MAX)
    segments: dict[str, Node | None] = dict.fromkeys(read_names(by_hand))
    context = Context(segments=segments)
    parsed: dict[int, Rule] = {}
    for at in _segments_first(listed):
        path = f"programme.rules.{at}"
        rule = parsed[at] = parse_rule(listed[at], path, context)
        for effect in rule.effects:
            if isinstance(effect, Segment):
                _define(segments, effect.segment, rule.when, f"{path}.effects.0.segment")
    rules = tuple(parsed[at] for at in range(len(listed)))
    _check_unique(rules)
    return rules


def parse_stacking(document: object) -> Mapping[str, Stack]:
    """How stacking groups meet: {group: all or best_of}.

    Raises: ProgrammeInvalid.
    """
    path = "programme.stacking"
    if not isinstance(document, Mapping) or len(document) > RULE_LIST_ITEMS_MAX:
        raise invalid(path, "an object of stacking groups", document)
    groups = {str(name): read_choice(value, f"{path}.{name}", Stack) for name, value in document.items()}
    return MappingProxyType(groups)


def read_names(document: object) -> list[str]:
    """The names of segments that are filled by hand. Raises: ProgrammeInvalid."""
    path = "programme.segments"
    names = read_list(document, path, at_least=0, at_most=SEGMENTS_PER_GROUP_MAX)
    return [read_text(name, f"{path}.{at}") for at, name in enumerate(names)]


def _segments_first(listed: list[object]) -> Iterator[int]:
    """Segments are known before the rules that name them, wherever they stand."""
    is_segment = [isinstance(each, Mapping) and each.get("kind") == RuleKind.SEGMENT.value for each in listed]
    yield from (at for at, is_one in enumerate(is_segment) if is_one)
    yield from (at for at, is_one in enumerate(is_segment) if not is_one)


def _define(segments: dict[str, Node | None], name: str, definition: Node, path: str) -> None:
    """A segment names only segments before it, so that none defines itself."""
    if name in segments:
        raise invalid(path, "unlike every other segment's name", name, "Join the two with or.")
    if len(segments) >= SEGMENTS_PER_GROUP_MAX:
        raise invalid(path, f"one of at most {SEGMENTS_PER_GROUP_MAX} segments", name, "Remove one.")
    segments[name] = definition


def _check_unique(rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for at, rule in enumerate(rules):
        if rule.rule_id in seen:
            proposal = f"Call it {rule.rule_id}-2, or raise the version of the first."
            path = f"programme.rules.{at}.id"
            raise invalid(path, "unlike every other rule's id", rule.rule_id, proposal)
        seen.add(rule.rule_id)
