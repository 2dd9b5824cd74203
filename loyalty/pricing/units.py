"""Units of lines by price, dearest first: which of them are bought, which are free; never one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loyalty.pricing.apportion import apportion
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class Run:
    """`count` units of a line that cost `price_minor` each."""

    at: int
    price_minor: int
    count: int


@quick
@dataclass(frozen=True, slots=True)
class Taken:
    """What an effect took: its discount per line, and the lines it used."""

    shares: dict[int, int]
    used: frozenset[int]


NOTHING = Taken({}, frozenset())


def units_of(ats: Iterable[int], amounts: Sequence[int], quantities: Sequence[int]) -> list[Run]:
    """The units of some lines, dearest first, equal ones by line.

    A line's amount is split over its units without loss: the first `amount % quantity` cost one more.
    """
    runs: list[Run] = []
    for at in ats:
        price, dearer = divmod(amounts[at], quantities[at])
        if dearer:
            runs.append(Run(at, price + 1, dearer))
        runs.append(Run(at, price, quantities[at] - dearer))
    return sorted(runs, key=lambda run: (-run.price_minor, run.at))


def count_of(runs: Sequence[Run]) -> int:
    """How many units."""
    return sum(run.count for run in runs)


def rewarded_in(position: int, buy: int, get: int) -> int:
    """How many of the first `position` units are rewarded when each group is `buy` units, then `get`."""
    groups, rest = divmod(position, buy + get)
    return groups * get + max(0, rest - buy)


def group_rewards(runs: Sequence[Run], buy: int, get: int, times_max: int | None) -> Taken:
    """Groups of `buy` + `get` units, dearest first: what each group's cheapest `get` units cost, per line."""
    groups = count_of(runs) // (buy + get)
    if times_max is not None:
        groups = min(groups, times_max)
    end = groups * (buy + get)
    values: dict[int, int] = {}
    used: set[int] = set()
    start = 0
    for run in runs:
        stop = start + run.count
        if start < end:
            used.add(run.at)
        free = rewarded_in(min(stop, end), buy, get) - rewarded_in(min(start, end), buy, get)
        if free:
            values[run.at] = values.get(run.at, 0) + free * run.price_minor
        start = stop
    return Taken(values, frozenset(used))


def first(runs: Sequence[Run], count: int) -> list[Run]:
    """The first `count` units, fewer when there are not so many."""
    taken: list[Run] = []
    for run in runs:
        if count <= 0:
            break
        part = min(run.count, count)
        taken.append(Run(run.at, run.price_minor, part))
        count -= part
    return taken


def without(runs: Sequence[Run], gone: Sequence[Run]) -> list[Run]:
    """The units that are left when some are gone."""
    counts: dict[tuple[int, int], int] = {}
    for run in gone:
        key = (run.at, run.price_minor)
        counts[key] = counts.get(key, 0) + run.count
    left: list[Run] = []
    for run in runs:
        taken = counts.get((run.at, run.price_minor), 0)
        if run.count > taken:
            left.append(Run(run.at, run.price_minor, run.count - taken))
    return left


def values_of(runs: Iterable[Run]) -> dict[int, int]:
    """What the units cost, per line."""
    values: dict[int, int] = {}
    for run in runs:
        values[run.at] = values.get(run.at, 0) + run.count * run.price_minor
    return values


def split(whole: int, weights: dict[int, int]) -> dict[int, int]:
    """Split a whole over lines by weight, losing nothing; equal remainders favour the earlier line."""
    if not whole:
        return {}
    if len(weights) == 1 and all(weights.values()):
        return dict.fromkeys(weights, whole)
    ats = sorted(weights)
    shares = apportion(whole, [weights[at] for at in ats])
    return dict(zip(ats, shares, strict=True))
