"""Which rules can touch a basket at all: rules by article, brand, range, segment and shop.

A rule that can only be true of baskets with a certain text (brand `Sol`, segment `gold`) is filed under that
text and looked at only when it is there. A rule without such a need is looked at for every basket.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from loyalty.rules import language as lang
from loyalty.rules.effects import Segment
from loyalty.rules.evaluate import Condition
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import CompareOp, Node
from loyalty.rules.rule import Rule

Key = tuple[str, str]
"""A fact's name and the text it must have, or hold."""

_NARROWEST = MappingProxyType(
    {
        name: rank
        for rank, name in enumerate(
            (
                "line.article_id",
                "basket.vouchers",
                "line.brand",
                "line.range",
                "member.segments",
                "shop.id",
                "line.article_class",
            )
        )
    }
)
"""Facts rules are filed under; the first leaves the fewest rules to look at."""

INDEXED_LINE_FACTS = tuple(name for name in _NARROWEST if name.startswith("line."))
INDEXED_HEAD_FACTS = tuple(name for name in _NARROWEST if not name.startswith("line."))


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """Rules by what they need, as positions in the programme's order."""

    always: tuple[int, ...]
    by_key: Mapping[Key, tuple[int, ...]]
    segments: tuple[tuple[str, Condition], ...] = ()
    """The segments that rules define, each with its condition."""
    names: tuple[str, ...] = field(init=False)
    """The facts that some rule is filed under."""

    def __post_init__(self) -> None:
        used = {name for name, _ in self.by_key}
        object.__setattr__(self, "names", tuple(name for name in _NARROWEST if name in used))

    def find(self, keys: Iterable[Key]) -> list[int]:
        """Positions of the rules that may touch a basket with these keys, in order, each once."""
        found = set(self.always)
        for key in keys:
            found.update(self.by_key.get(key, ()))
        return sorted(found)


def build_index(rules: Sequence[Rule]) -> RuleIndex:
    """File each rule under what it needs."""
    always: list[int] = []
    by_key: dict[Key, list[int]] = {}
    segments: list[tuple[str, Condition]] = []
    for at, rule in enumerate(rules):
        if rule.kind is RuleKind.SEGMENT:
            segments += [(fx.segment, rule.is_met) for fx in rule.effects if isinstance(fx, Segment)]
            continue
        # What forbids holds while it is unknown as well, so nothing needs to be there for it.
        keys = None if rule.kind is RuleKind.RESTRICTION else keys_of(rule)
        if keys is None:
            always.append(at)
            continue
        for key in keys:
            by_key.setdefault(key, []).append(at)
    filed = MappingProxyType({key: tuple(ats) for key, ats in by_key.items()})
    return RuleIndex(tuple(always), filed, tuple(segments))


def keys_of(rule: Rule) -> frozenset[Key] | None:
    """What a basket must have one of so that the rule can be true; None: nothing in particular."""
    needs = [_needs(rule.when)]
    if rule.lines is not None:
        needs.append(_needs(rule.lines))
    return _narrowest(need for need in needs if need is not None)


def _needs(node: Node) -> frozenset[Key] | None:
    """Texts of which one must be there for the condition to be true; in a line condition: in some line."""
    match node:
        case lang.And(args=args):
            return _narrowest(need for need in map(_needs, args) if need is not None)
        case lang.Or(args=args):
            return _any_of(args)
        case lang.AnyLine(where=where):
            return _needs(where)
        case lang.Compare():
            return _needs_of_compare(node)
        case lang.In(item=lang.FactRef(name=name), options=options) if name in _NARROWEST:
            return frozenset((name, str(option)) for option in options)
        case lang.Has(item=lang.FactRef(name=name), text=text) if name in _NARROWEST:
            return frozenset({(name, text)})
        case lang.InSegment(name=name):
            return frozenset({("member.segments", name)})
        case _:
            return None


def _any_of(args: tuple[Node, ...]) -> frozenset[Key] | None:
    union: frozenset[Key] = frozenset()
    for need in map(_needs, args):
        if need is None:
            return None
        union |= need
    return union


def _needs_of_compare(node: lang.Compare) -> frozenset[Key] | None:
    match node:
        case lang.Compare(op=CompareOp.EQ, left=lang.FactRef(name=name), right=lang.Literal(value=value)) | (
            lang.Compare(op=CompareOp.EQ, left=lang.Literal(value=value), right=lang.FactRef(name=name))
        ) if name in _NARROWEST:
            return frozenset({(name, str(value))})
        case lang.Compare(
            op=CompareOp.GE | CompareOp.GT | CompareOp.EQ as op,
            left=lang.Count(where=where) | lang.Sum(where=where),
            right=lang.Literal(value=int(least)),
        ) if least > 0 or (least == 0 and op is CompareOp.GT):
            return _needs(where)
        case _:
            return None


def _narrowest(needs: Iterable[frozenset[Key]]) -> frozenset[Key] | None:
    """The need that leaves the fewest rules: the narrowest kind of fact first, then the fewest texts."""

    def width(need: frozenset[Key]) -> tuple[int, int, list[Key]]:
        return max((_NARROWEST[name] for name, _ in need), default=-1), len(need), sorted(need)

    return min(needs, key=width, default=None)
