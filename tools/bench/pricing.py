"""What a quote costs when the programme grows: 5 lines, 5 promotions that touch them, up to 10,000 in all.

The others never touch the basket: in one world because of what they are for (brand, range, article, segment),
in others because of the tier, a period that is over, a total that is not reached, or another weekday.
Processor time of the thread that quotes.

python -m tools.bench.pricing
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine
from loyalty.pricing.quote import Quote, quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import Programme, parse_programme
from loyalty.rules.language import Value

SIZES: Final = (10, 100, 1_000, 10_000)
TOUCHING: Final = 5
RATIO_GOAL: Final = 2.0
WORLD_ROUNDS: Final = 9
QUOTES_PER_WORLD_ROUND: Final = 10
ROUNDS: Final = 25
QUOTES_PER_ROUND: Final = 40
_NEEDS: Final = ("line.brand", "line.range", "line.article_id", "member.segments")
FACTS: Final[dict[str, Value | None]] = {
    "member.segments": frozenset({"hers"}),
    "member.visits": 3,
    "member.tier": "gold",
    "member.grade": "A",
    "member.is_first_purchase": False,
}

WORLDS: Final[dict[str, dict[str, Any]]] = {
    "another tier": {"when": {"eq": [{"fact": "member.tier"}, "silver"]}},
    "another grade": {"when": {"eq": [{"fact": "member.grade"}, "B"]}},
    "the first purchase": {"when": {"fact": "member.is_first_purchase"}},
    "a period that is over": {"period": {"from": "2026-10-01", "to": "2026-10-31"}},
    "a total not reached": {"when": {"ge": [{"fact": "basket.total_minor"}, 90_000]}},
    "another weekday": {"hours": {"from": "08:00", "to": "20:00", "weekdays": ["monday"]}},
    "a total above it": {"when": {"le": [{"fact": "basket.total_minor"}, 1]}},
    "a language not known": {"when": {"eq": [{"fact": "member.language"}, "fr"]}},
}
"""What keeps the others from the basket. The last two are not filed apart: each rule is looked at."""


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """Quotes against one number of promotions: how many touched the basket, and what one quote took."""

    promotions: int
    touching: int
    median_us: float
    minimum_us: float
    rounds_us: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WorldFigures:
    """What keeps the others from the basket, and what a quote takes beside 100 and 10,000 of them."""

    kept_apart_by: str
    small_us: tuple[float, ...]
    large_us: tuple[float, ...]
    """Round by round."""
    first_us: float
    """The first quote beside 10,000: the rules of its moment are put on a shelf of the index."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """How much dearer 10,000 are than 100, round by round."""
        return tuple(dear / cheap for dear, cheap in zip(self.large_us, self.small_us, strict=True))


@dataclass(frozen=True, slots=True)
class PricingFigures:
    """All sizes, how much dearer 10,000 promotions are than 100, and that in the other worlds."""

    sizes: tuple[SizeFigures, ...]
    ratio: float
    ratios: tuple[float, ...]
    worlds: tuple[WorldFigures, ...] = ()


def measure() -> PricingFigures:
    """Quote the same basket against every size; sizes take turns, so that a busy machine is fair to all."""
    basket = a_basket()
    programmes = [promotions(size) for size in SIZES]
    quotes = [quote(basket, programme) for programme in programmes]
    samples = _samples(basket, programmes, ROUNDS, QUOTES_PER_ROUND)
    sizes = tuple(
        SizeFigures(size, _touching(quote), statistics.median(sample), min(sample), tuple(sample))
        for size, quote, sample in zip(SIZES, quotes, samples, strict=True)
    )
    by_size = {figures.promotions: figures for figures in sizes}
    most, few = by_size[SIZES[-1]], by_size[100]
    ratios = tuple(dear / cheap for dear, cheap in zip(most.rounds_us, few.rounds_us, strict=True))
    worlds = tuple(measure_world(name) for name in WORLDS)
    return PricingFigures(sizes, most.median_us / few.median_us, ratios, worlds)


def measure_world(name: str) -> WorldFigures:
    """The same basket where the others are kept from it by something else."""
    basket, small, large = a_basket(), promotions(100, WORLDS[name]), promotions(SIZES[-1], WORLDS[name])
    begun = time.thread_time_ns()
    quote(basket, large)
    first_us = (time.thread_time_ns() - begun) / 1000
    of_small, of_large = _samples(basket, [small, large], WORLD_ROUNDS, QUOTES_PER_WORLD_ROUND)
    return WorldFigures(name, tuple(of_small), tuple(of_large), first_us)


def _samples(
    basket: Basket, programmes: Sequence[Programme], rounds: int, quotes_per_round: int
) -> list[list[float]]:
    """Microseconds of processor time of a quote, by programme, round by round."""
    samples: list[list[float]] = [[] for _ in programmes]
    for _ in range(rounds):
        for at, programme in enumerate(programmes):
            begun = time.thread_time_ns()
            for _ in range(quotes_per_round):
                quote(basket, programme)
            samples[at].append((time.thread_time_ns() - begun) / 1000 / quotes_per_round)
    return samples


def table(figures: PricingFigures) -> Table:
    """The figures for a person."""
    made = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("promotions", "touch the basket", "median µs", "min µs"):
        made.add_column(name, justify="right")
    for each in figures.sizes:
        made.add_row(
            f"{each.promotions:,}", str(each.touching), f"{each.median_us:.0f}", f"{each.minimum_us:.0f}"
        )
    return made


def tell(figures: PricingFigures, console: Console) -> None:
    """Print the figures and the goal."""
    console.print(table(figures))
    console.print(f"goal: 10,000 promotions cost at most {RATIO_GOAL:g} times 100: {figures.ratio:.2f} times")
    console.print(_world_table(figures.worlds))


def _world_table(worlds: Sequence[WorldFigures]) -> Table:
    made = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    made.add_column("the others are kept apart by")
    for name in ("100, µs", "10,000, µs", "times", "first quote, µs"):
        made.add_column(name, justify="right")
    for each in worlds:
        small, large = statistics.median(each.small_us), statistics.median(each.large_us)
        figures = (f"{small:.0f}", f"{large:.0f}", f"{large / small:.2f}", f"{each.first_us:.0f}")
        made.add_row(each.kept_apart_by, *figures)
    return made


def quote(basket: Basket, programme: Programme) -> Quote:
    """One quote for a member."""
    return quote_basket(basket, programme, is_member=True, member_facts=FACTS)


def _touching(quote: Quote) -> int:
    """How many promotions gave a reason to any line."""
    return len({reason.rule_id for line in quote.lines for reason in line.reasons})


def a_basket() -> Basket:
    """Five lines of two units."""
    lines = tuple(
        BasketLine(
            line_no=at,
            code=f"code{at}",
            article=ArticleFacts(f"a{at}", ArticleClass.COSMETIC, f"brand{at}", f"range{at}", 1990),
            quantity=2,
            amount_minor=3980,
        )
        for at in range(TOUCHING)
    )
    return Basket(lines, "CHF", "shop", "CH", date(2026, 11, 22), "17:30")


def promotions(size: int, apart: dict[str, Any] | None = None) -> Programme:
    """Five promotions touch the basket: by brand, range, article, and two by segment; the others never do.

    Args:
        apart: members of a rule that keep the others from the basket; None: things that are not in it.
    """
    touching = [_promotion(at, 0 if at == TOUCHING - 1 else at, "hers", at) for at in range(TOUCHING)]
    if apart is None:
        others = [_promotion(at, at, f"other{at}", at) for at in range(TOUCHING, size)]
    else:
        others = [_promotion_of_all(at) | apart for at in range(TOUCHING, size)]
    segments = [f"other{at}" for at in range(TOUCHING, min(size, 190))]
    return parse_programme(
        {"rules": [*touching, *others], "segments": ["hers", *segments]}, ruleset_version=1
    )


def _promotion(number: int, item: int, segment: str, at: int) -> dict[str, Any]:
    need = _NEEDS[at % len(_NEEDS)] if at < 190 or at % len(_NEEDS) != 3 else "line.brand"
    text = {"line.brand": f"brand{item}", "line.range": f"range{item}", "line.article_id": f"a{item}"}
    promotion = _promotion_of_all(number)
    if need == "member.segments":
        return {**promotion, "when": {"has": [{"fact": need}, segment]}}
    return {**promotion, "lines": {"eq": [{"fact": need}, text[need]]}}


def _promotion_of_all(number: int) -> dict[str, Any]:
    return {
        "id": f"promotion{number}",
        "version": 1,
        "kind": "promotion",
        "when": {"fact": "member.is_known"},
        "effects": [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}],
        "period": {"from": "2026-11-01", "to": "2026-11-30"},
    }


def main() -> None:
    """Measure and print."""
    tell(measure(), Console(highlight=False))


if __name__ == "__main__":
    main()
