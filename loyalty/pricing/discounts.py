"""What each discount effect takes off the lines it reaches: amounts in, discounts per line out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.pricing import units
from loyalty.pricing.matching import matched
from loyalty.pricing.units import NOTHING, Run, Taken
from loyalty.rules import effects as fx
from loyalty.rules.effect_names import Measure, Per
from loyalty.rules.language import Node
from loyalty.rules.rounding import divide
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class Reach:
    """The lines a rule reaches, and what there is to know of them.

    Args:
        ats: positions of the lines that are reached.
        amounts: what every line of the basket costs now.
        quantities: units of every line.
        articles: article id of every line, "" where there is none.
        thresholds: positions that count toward thresholds by law.
        picks: whether a line meets another condition of the effect.
    """

    ats: tuple[int, ...]
    amounts: Sequence[int]
    quantities: Sequence[int]
    articles: Sequence[str]
    thresholds: frozenset[int]
    picks: Callable[[Node, int], bool]

    def values(self) -> dict[int, int]:
        """What the reached lines cost."""
        return {at: self.amounts[at] for at in self.ats}

    def runs(self, ats: Sequence[int]) -> list[Run]:
        """The units of some lines, dearest first."""
        return units.units_of(ats, self.amounts, self.quantities)


def discount_of(effect: fx.Discount, reach: Reach) -> Taken:
    """What the effect takes off; never more than a line costs."""
    match effect:
        case fx.PercentOff(rate_bp=rate_bp, rounding=rounding):
            values = reach.values()
            return _spread(divide(sum(values.values()) * rate_bp, RATE_BP_MAX, rounding), values)
        case fx.AmountOff():
            return _amount_off(effect, reach)
        case fx.SpecialPrice(unit_price_minor=price):
            return _capped({at: reach.amounts[at] - price * reach.quantities[at] for at in reach.ats})
        case fx.BuyGet():
            return _buy_get(effect, reach)
        case fx.NthUnit():
            return _nth_unit(effect, reach)
        case fx.CheapestFree(of=of):
            return _cheapest_free(of, reach)
        case fx.BundlePrice():
            return _bundle(effect, reach)
        case fx.StepPercentOff() | fx.StepAmountOff():
            return _step(effect, reach)
        case fx.FreeArticle(article_id=article_id, quantity=quantity):
            ats = [at for at in reach.ats if reach.articles[at] == article_id]
            values = units.values_of(units.first(reach.runs(ats), quantity))
            return Taken(values, frozenset(values))
        case _:
            assert_never(effect)


def _spread(whole: int, values: dict[int, int]) -> Taken:
    shares = units.split(whole, values)
    return Taken(shares, frozenset([at for at, share in shares.items() if share]))


def _capped(wanted: dict[int, int]) -> Taken:
    """Discounts below 0 are none."""
    shares = {at: share for at, share in wanted.items() if share > 0}
    return Taken(shares, frozenset(shares))


def _amount_off(effect: fx.AmountOff, reach: Reach) -> Taken:
    if effect.per is Per.UNIT:
        off = {at: effect.off_minor * reach.quantities[at] for at in reach.ats}
        return _capped({at: min(off[at], reach.amounts[at]) for at in reach.ats})
    values = reach.values()
    return _spread(min(effect.off_minor, sum(values.values())), values)


def _rated(taken: Taken, effect: fx.BuyGet | fx.NthUnit) -> Taken:
    """The share of the rewarded units' value that is off, rounded once."""
    off = divide(sum(taken.shares.values()) * effect.rate_bp, RATE_BP_MAX, effect.rounding)
    return Taken(units.split(off, taken.shares), taken.used)


def _buy_get(effect: fx.BuyGet, reach: Reach) -> Taken:
    if effect.get_lines is None:
        runs = reach.runs(reach.ats)
        return _rated(units.group_rewards(runs, effect.buy, effect.get, effect.times_max), effect)
    rewards = [at for at in reach.ats if reach.picks(effect.get_lines, at)]
    bought = reach.runs([at for at in reach.ats if at not in rewards])
    times = units.count_of(bought) // effect.buy
    if effect.times_max is not None:
        times = min(times, effect.times_max)
    cheapest_first = reach.runs(rewards)[::-1]
    given = units.first(cheapest_first, times * effect.get)
    times_used = -(-units.count_of(given) // effect.get)
    used = units.first(bought, times_used * effect.buy)
    return _rated(Taken(units.values_of(given), frozenset(run.at for run in (*given, *used))), effect)


def _nth_unit(effect: fx.NthUnit, reach: Reach) -> Taken:
    by_article: dict[str, list[int]] = {}
    for at in reach.ats:
        by_article.setdefault(reach.articles[at], []).append(at)
    values: dict[int, int] = {}
    used: frozenset[int] = frozenset()
    for ats in by_article.values():
        taken = units.group_rewards(reach.runs(ats), effect.nth - 1, 1, None)
        values.update(taken.shares)
        used |= taken.used
    return _rated(Taken(values, used), effect)


def _cheapest_free(of: int, reach: Reach) -> Taken:
    runs = reach.runs(reach.ats)
    free = units.count_of(runs) // of
    if not free:
        return NOTHING
    return Taken(units.values_of(units.first(runs[::-1], free)), frozenset(reach.ats))


def _bundle(effect: fx.BundlePrice, reach: Reach) -> Taken:
    """As many sets as are complete and cost more than the price, dearest units first."""
    matching = [reach.runs([at for at in reach.ats if reach.picks(part.lines, at)]) for part in effect.parts]
    pairs = list(zip(effect.parts, matching, strict=True))
    most = min(units.count_of(runs) // part.quantity for part, runs in pairs)
    if effect.times_max is not None:
        most = min(most, effect.times_max)
    low, high = 0, most
    while low < high:  # sets get cheaper: the last one that is complete and worth it
        middle = (low + high + 1) // 2
        one_less = _set_value(_sets(pairs, middle - 1))
        value = _set_value(_sets(pairs, middle))
        is_worth_it = None not in (value, one_less) and (value or 0) - (one_less or 0) > effect.price_minor
        low, high = (middle, high) if is_worth_it else (low, middle - 1)
    taken = _sets(pairs, low)
    if not low or taken is None:
        return NOTHING
    values = units.values_of(taken)
    off = sum(values.values()) - low * effect.price_minor
    if off <= 0:  # parts that gave way to each other for one set more may have left dearer units
        return NOTHING
    return Taken(units.split(off, values), frozenset(values))


def _sets(pairs: Sequence[tuple[fx.BundlePart, list[Run]]], times: int) -> list[Run] | None:
    """The units of so many sets, None when there are not enough; parts choose in their order.

    Where a part finds too few left that others could do without, the parts give way to each other.
    """
    taken: list[Run] = []
    for part, runs in pairs:
        wanted = part.quantity * times
        chosen = units.first(units.without(runs, taken), wanted)
        if units.count_of(chosen) < wanted:
            return matched([(part.quantity * times, runs) for part, runs in pairs])
        taken += chosen
    return taken


def _set_value(runs: list[Run] | None) -> int | None:
    return None if runs is None else sum(run.count * run.price_minor for run in runs)


def _step(effect: fx.StepPercentOff | fx.StepAmountOff, reach: Reach) -> Taken:
    counted = [at for at in reach.ats if at in reach.thresholds]
    source = reach.amounts if effect.by is Measure.AMOUNT else reach.quantities
    measured = sum(source[at] for at in counted)
    values = reach.values()
    total = sum(values.values())
    if isinstance(effect, fx.StepPercentOff):
        rates = [step.rate_bp for step in effect.steps if step.reach <= measured]
        return _spread(divide(total * rates[-1], RATE_BP_MAX, effect.rounding), values) if rates else NOTHING
    reached = [step.off_minor for step in effect.steps if step.reach <= measured]
    return _spread(min(reached[-1], total), values) if reached else NOTHING
