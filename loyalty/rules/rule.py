"""A rule: under one condition, some effects. Checked and compiled once, when it is read."""

from dataclasses import dataclass, field
from enum import StrEnum

from loyalty.rules.effects import Effect, parse_effect
from loyalty.rules.evaluate import Condition, compile_condition
from loyalty.rules.language import PRODUCT_FACTS, Node, facts_read
from loyalty.rules.reading import invalid, read_choice, read_int, read_list, read_object, read_text
from loyalty.rules.validate import parse_condition

EFFECTS_PER_RULE_MAX = 10
RULE_VERSION_MAX = 2**31 - 1


class RuleKind(StrEnum):
    """The five kinds, in the order of the pipeline they serve; they share `when` and differ in effects."""

    RESTRICTION = "restriction"
    PRICE = "price"
    PROMOTION = "promotion"
    SEGMENT = "segment"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. `is_product_bound`: its condition looks at class, brand or range of articles."""

    rule_id: str
    version: int
    kind: RuleKind
    when: Node
    effects: tuple[Effect, ...]
    is_product_bound: bool
    is_met: Condition = field(compare=False, repr=False)


def parse_rule(document: object, path: str = "rule") -> Rule:
    """Check one rule of the form {id, version, kind, when, effects}.

    Raises: the errors of `parse_condition`, and ProgrammeInvalid.
    """
    members = read_object(document, path, required=frozenset({"id", "version", "kind", "when", "effects"}))
    kind = read_choice(members["kind"], f"{path}.kind", RuleKind)
    if kind is not RuleKind.CAMPAIGN:
        raise invalid(f"{path}.kind", "campaign, the only kind with effects so far", kind.value)
    when = parse_condition(members["when"], f"{path}.when")
    effects = read_list(members["effects"], f"{path}.effects", at_least=1, at_most=EFFECTS_PER_RULE_MAX)
    return Rule(
        rule_id=read_text(members["id"], f"{path}.id"),
        version=read_int(members["version"], f"{path}.version", low=1, high=RULE_VERSION_MAX),
        kind=kind,
        when=when,
        effects=tuple(parse_effect(each, f"{path}.effects.{i}") for i, each in enumerate(effects)),
        is_product_bound=bool(facts_read(when) & PRODUCT_FACTS),
        is_met=compile_condition(when),
    )
