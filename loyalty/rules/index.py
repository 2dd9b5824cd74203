"""Which rules can touch a basket at all: each is filed under one thing that it needs (`gates.py`).

Rules that cannot hold at the ticket's moment are left out first: those that hold together stand on one shelf,
made when a ticket of such a moment comes. On it a rule is found by its text, its value or its least amount.
A rule that needs nothing in particular is looked at for every basket.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from loyalty.limits.rules import INDEX_SHELVES_MAX
from loyalty.rules.apart import FIRST, LAST
from loyalty.rules.effects import Segment
from loyalty.rules.evaluate import Condition, Scope
from loyalty.rules.gates import TEXT_FACTS, VALUE_FACTS, Key, Least, Moment, Need, moment_of, need_of
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import Value
from loyalty.rules.rule import Rule

INDEXED_LINE_FACTS = tuple(name for name in TEXT_FACTS if name.startswith("line."))

_When = tuple[str, str, str | None, str | None, Value | None]
"""Moments between which no rule begins or ends: the last begin, the first end, of days, then of times.

Times are None while the time is unknown, the weekday is None where no rule asks for it.
"""


@dataclass(frozen=True, slots=True)
class Filing:
    """A rule's position in the programme's order, what it needs, and when it may hold (None: always)."""

    at: int
    need: Need | None = None
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rules of one moment by what they need, as positions in the programme's order."""

    always: tuple[int, ...]
    by_key: Mapping[Key, tuple[int, ...]]
    by_name: Mapping[str, tuple[int, ...]]
    """By the name of a fact of `VALUE_FACTS`: the rules to look at while it is unknown."""
    by_least: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    """By the name of a whole number: bounds in order, and the position of each one's rule."""

    def find(self, texts: Iterable[Key], head: Scope) -> list[int]:
        """Positions of the rules that may touch a basket with these texts and facts, in order, each once."""
        found, by_key = set(self.always), self.by_key
        for key in texts:
            found.update(by_key.get(key, ()))
        for name, rules in self.by_name.items():
            value = head.get(name)
            if value is None:
                found.update(rules)
            elif isinstance(value, frozenset):
                for text in value:
                    found.update(by_key.get((name, text), ()))
            else:
                found.update(by_key.get((name, value), ()))
        for name, (bounds, ats) in self.by_least.items():
            value = head.get(name)
            found.update(ats[: bisect_right(bounds, value)] if isinstance(value, int) else ats)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """All rules of a programme by what they need and when they may hold."""

    filings: tuple[Filing, ...]
    segments: tuple[tuple[str, Condition], ...] = ()
    """The segments that rules define, each with its condition."""
    names: tuple[str, ...] = field(init=False)
    """The facts with a text that some rule is filed under."""
    _days: tuple[list[str], list[str]] = field(init=False, compare=False, repr=False)
    """The first days of the rules, and their last days, each in order."""
    _times: tuple[list[str], list[str]] = field(init=False, compare=False, repr=False)
    _asks_weekday: bool = field(init=False, compare=False, repr=False)
    _shelf_of: Callable[[_When], Shelf] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        needs = [each.need for each in self.filings]
        used = {name for need in needs if isinstance(need, frozenset) for name, _ in need}
        moments = [each.moment for each in self.filings if each.moment is not None]
        object.__setattr__(self, "names", tuple(name for name in TEXT_FACTS if name in used))
        object.__setattr__(self, "_days", _edges(moment.days for moment in moments))
        object.__setattr__(self, "_times", _edges(moment.times for moment in moments))
        object.__setattr__(self, "_asks_weekday", any(each.weekdays is not None for each in moments))
        object.__setattr__(self, "_shelf_of", lru_cache(INDEX_SHELVES_MAX)(self._make_shelf))

    def at(self, day: str, time: str | None, weekday: Value) -> Shelf:
        """The rules that may hold at a shop's local moment; `time` None: unknown."""
        times = (None, None) if time is None else _between(self._times, time)
        return self._shelf_of((*_between(self._days, day), *times, weekday if self._asks_weekday else None))

    def _make_shelf(self, when: _When) -> Shelf:
        always: list[int] = []
        by_key: dict[Key, list[int]] = {}
        by_name: dict[str, list[int]] = {}
        by_least: dict[str, list[tuple[int, int]]] = {}
        for filing in self.filings:
            need, at = filing.need, filing.at
            if filing.moment is not None and not _may_hold(filing.moment, when):
                continue
            if need is None:
                always.append(at)
            elif isinstance(need, Least):
                by_least.setdefault(need.name, []).append((need.bound, at))
            else:
                for key in need:
                    by_key.setdefault(key, []).append(at)
                for name in {name for name, _ in need}.intersection(VALUE_FACTS):
                    by_name.setdefault(name, []).append(at)
        return Shelf(
            tuple(always),
            {key: tuple(ats) for key, ats in by_key.items()},
            {name: tuple(ats) for name, ats in by_name.items()},
            {name: _in_order(pairs) for name, pairs in by_least.items()},
        )


def build_index(rules: Sequence[Rule]) -> RuleIndex:
    """File each rule under what it needs and when it may hold."""
    filings: list[Filing] = []
    segments: list[tuple[str, Condition]] = []
    for at, rule in enumerate(rules):
        if rule.kind is RuleKind.SEGMENT:
            segments += [(fx.segment, rule.is_met) for fx in rule.effects if isinstance(fx, Segment)]
        else:
            filings.append(Filing(at, need_of(rule), moment_of(rule)))
    return RuleIndex(tuple(filings), tuple(segments))


def _edges(spans: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    pairs = list(spans)
    return sorted({since for since, _ in pairs}), sorted({until for _, until in pairs})


def _between(edges: tuple[list[str], list[str]], at: str) -> tuple[str, str]:
    """The last begin that is not after `at`, and the first end that is not before it."""
    begins, ends = edges
    begun, to_come = bisect_right(begins, at), bisect_left(ends, at)
    return begins[begun - 1] if begun else FIRST, ends[to_come] if to_come < len(ends) else LAST


def _may_hold(moment: Moment, when: _When) -> bool:
    since_day, until_day, since_time, until_time, weekday = when
    if moment.days[0] > since_day or moment.days[1] < until_day:
        return False
    if since_time is not None and moment.times[0] > since_time:
        return False
    if until_time is not None and moment.times[1] < until_time:
        return False
    return moment.weekdays is None or weekday in moment.weekdays


def _in_order(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    pairs.sort()
    return tuple(bound for bound, _ in pairs), tuple(at for _, at in pairs)
