"""The products that a rule names: by class, by article, by brand or range. What stands under `not` is not.

Pure. Of an article only its id is known here; whoever asks looks up the class it has in a shop's country.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from loyalty.programme.articles import ArticleClass
from loyalty.rules import language as lang
from loyalty.rules.effects import BundlePrice, BuyGet, FreeArticle, NextPurchaseVoucher
from loyalty.rules.language import CompareOp, Node
from loyalty.rules.rule import Rule

_CLASS, _ARTICLE = "line.article_class", "line.article_id"
_BY_BRAND = frozenset({"line.brand", "line.range"})


@dataclass(frozen=True, slots=True)
class ProductsNamed:
    """What a rule's conditions name."""

    classes: frozenset[ArticleClass]
    article_ids: frozenset[str]
    is_by_brand_alone: bool
    """A brand or a range is named with no class and no article beside it: it may be of any class."""


def products_named(rule: Rule) -> ProductsNamed:
    """What its conditions name, those of its effects included."""
    nodes = list(_conditions(rule))
    named = [each for node in nodes for each in _named(node, is_asked=True)]
    return ProductsNamed(
        frozenset(ArticleClass(text) for fact, text in named if fact == _CLASS),
        frozenset(text for fact, text in named if fact == _ARTICLE),
        any(_is_by_brand_alone(node, is_asked=True) for node in nodes),
    )


def classes_given(rule: Rule) -> frozenset[ArticleClass]:
    """The classes that its effects speak of: a gift's, and those that a voucher is spent on."""
    found: set[ArticleClass] = set()
    for effect in rule.effects:
        if isinstance(effect, FreeArticle):
            found.add(effect.article_class)
        elif isinstance(effect, NextPurchaseVoucher):
            found.update(effect.redeem_on)
    return frozenset(found)


def _conditions(rule: Rule) -> Iterator[Node]:
    yield rule.when
    if rule.lines is not None:
        yield rule.lines
    for effect in rule.effects:
        if isinstance(effect, BundlePrice):
            yield from (part.lines for part in effect.parts)
        elif isinstance(effect, BuyGet) and effect.get_lines is not None:
            yield effect.get_lines


def _named(node: Node, *, is_asked: bool) -> Iterator[tuple[str, str]]:
    """Every fact and text that must be equal; `is_asked`: not under a `not`, or under two."""
    if isinstance(node, lang.Not):
        yield from _named(node.arg, is_asked=not is_asked)
        return
    if (own := _own(node, is_asked=is_asked)) is not None:
        yield from own
        return
    if isinstance(node, lang.Compare):
        is_asked = True  # how many lines, or their sum: these are the lines it is about, whatever is compared
    for each in lang.children(node):
        yield from _named(each, is_asked=is_asked)


def _own(node: Node, *, is_asked: bool) -> list[tuple[str, str]] | None:
    """What a comparison of a fact with texts names; None: it is no such comparison."""
    match node:
        case (
            lang.Compare(op=op, left=lang.FactRef(name=name), right=lang.Literal(value=value))
            | lang.Compare(op=op, left=lang.Literal(value=value), right=lang.FactRef(name=name))
        ):
            return [(name, str(value))] if op is (CompareOp.EQ if is_asked else CompareOp.NE) else []
        case lang.In(item=lang.FactRef(name=name), options=options):
            return [(name, str(option)) for option in options] if is_asked else []
        case _:
            return None


def _is_by_brand_alone(node: Node, *, is_asked: bool) -> bool:
    if isinstance(node, lang.Not):
        return _is_by_brand_alone(node.arg, is_asked=not is_asked)
    if (own := _own(node, is_asked=is_asked)) is not None:
        return any(fact in _BY_BRAND for fact, _ in own)
    if isinstance(node, lang.And) and is_asked and any(_is_bound(each) for each in node.args):
        return False
    is_asked = is_asked or isinstance(node, lang.Compare)
    return any(_is_by_brand_alone(each, is_asked=is_asked) for each in lang.children(node))


def _is_bound(node: Node) -> bool:
    """Whether the line that meets it is of a class or an article that it names."""
    if isinstance(node, lang.And):
        return any(_is_bound(each) for each in node.args)
    if isinstance(node, lang.Or):
        return all(_is_bound(each) for each in node.args)
    own = _own(node, is_asked=True) or []
    return any(fact in (_CLASS, _ARTICLE) for fact, _ in own)
