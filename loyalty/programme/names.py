"""The articles, brands, ranges and currencies that rules name one by one: held against what a group has."""

from collections.abc import Iterator

from loyalty.programme.programme import Programme
from loyalty.rules import language as lang
from loyalty.rules.effects import BuyGet, FreeArticle
from loyalty.rules.rule import Rule

ARTICLE, BRAND, RANGE, CURRENCY = "line.article_id", "line.brand", "line.range", "basket.currency"
_NAMING = frozenset({ARTICLE, BRAND, RANGE, CURRENCY})

Named = dict[str, dict[str, str]]
"""By fact: each name and the first rule that has it."""


def names_in(programme: Programme) -> Named:
    """All of them, in the order of the rules."""
    found: Named = {fact: {} for fact in sorted(_NAMING)}
    for rule in programme.rules:
        for fact, name in _of_rule(rule):
            found[fact].setdefault(name, rule.rule_id)
    return found


def _of_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from _of_node(rule.when)
    if rule.lines is not None:
        yield from _of_node(rule.lines)
    for effect in rule.effects:
        if isinstance(effect, BuyGet) and effect.get_lines is not None:
            yield from _of_node(effect.get_lines)
        if isinstance(effect, FreeArticle):
            yield ARTICLE, effect.article_id


def _of_node(node: lang.Node) -> Iterator[tuple[str, str]]:
    match node:
        case lang.Compare(op=lang.CompareOp.EQ | lang.CompareOp.NE, left=left, right=right):
            for fact, value in ((left, right), (right, left)):
                if isinstance(fact, lang.FactRef) and isinstance(value, lang.Literal):
                    yield from _named(fact, value.value)
        case lang.In(item=lang.FactRef() as fact, options=options):
            for option in sorted(options, key=str):
                yield from _named(fact, option)
    for child in lang.children(node):
        yield from _of_node(child)


def _named(fact: lang.FactRef, value: object) -> Iterator[tuple[str, str]]:
    if fact.name in _NAMING and isinstance(value, str):
        yield fact.name, value
