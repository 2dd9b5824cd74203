"""What a quote costs when the programme grows: 5 lines, 5 promotions that touch them, up to 10,000 in all.

python -m tools.bench.pricing
"""

import statistics
import time
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
ROUNDS: Final = 25
QUOTES_PER_ROUND: Final = 40
_NEEDS: Final = ("line.brand", "line.range", "line.article_id", "member.segments")
_FACTS: Final[dict[str, Value | None]] = {"member.segments": frozenset({"hers"}), "member.visits": 3}


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """Quotes against one number of promotions: how many touched the basket, and what one quote took."""

    promotions: int
    touching: int
    median_us: float
    minimum_us: float
    rounds_us: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PricingFigures:
    """All sizes, and how much dearer 10,000 promotions are than 100."""

    sizes: tuple[SizeFigures, ...]
    ratio: float
    ratios: tuple[float, ...]


def measure() -> PricingFigures:
    """Quote the same basket against every size; sizes take turns, so that a busy machine is fair to all."""
    basket = a_basket()
    programmes = [promotions(size) for size in SIZES]
    quotes = [quote(basket, programme) for programme in programmes]
    samples: list[list[float]] = [[] for _ in SIZES]
    for _ in range(ROUNDS):
        for at, programme in enumerate(programmes):
            begun = time.perf_counter_ns()
            for _ in range(QUOTES_PER_ROUND):
                quote(basket, programme)
            samples[at].append((time.perf_counter_ns() - begun) / 1000 / QUOTES_PER_ROUND)
    sizes = tuple(
        SizeFigures(size, _touching(quote), statistics.median(sample), min(sample), tuple(sample))
        for size, quote, sample in zip(SIZES, quotes, samples, strict=True)
    )
    by_size = {figures.promotions: figures for figures in sizes}
    most, few = by_size[SIZES[-1]], by_size[100]
    ratios = tuple(dear / cheap for dear, cheap in zip(most.rounds_us, few.rounds_us, strict=True))
    return PricingFigures(sizes, most.median_us / few.median_us, ratios)


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


def quote(basket: Basket, programme: Programme) -> Quote:
    """One quote for a member."""
    return quote_basket(basket, programme, is_member=True, member_facts=_FACTS)


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


def promotions(size: int) -> Programme:
    """Five promotions touch the basket: by brand, range, article, and two by segment; the others never do."""
    touching = [_promotion(at, 0 if at == TOUCHING - 1 else at, "hers", at) for at in range(TOUCHING)]
    others = [_promotion(at, at, f"other{at}", at) for at in range(TOUCHING, size)]
    segments = [f"other{at}" for at in range(TOUCHING, min(size, 190))]
    return parse_programme(
        {"rules": [*touching, *others], "segments": ["hers", *segments]}, ruleset_version=1
    )


def _promotion(number: int, item: int, segment: str, at: int) -> dict[str, Any]:
    need = _NEEDS[at % len(_NEEDS)] if at < 190 or at % len(_NEEDS) != 3 else "line.brand"
    text = {"line.brand": f"brand{item}", "line.range": f"range{item}", "line.article_id": f"a{item}"}
    promotion: dict[str, Any] = {
        "id": f"promotion{number}",
        "version": 1,
        "kind": "promotion",
        "when": {"fact": "member.is_known"},
        "effects": [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}],
        "period": {"from": "2026-11-01", "to": "2026-11-30"},
    }
    if need == "member.segments":
        return {**promotion, "when": {"has": [{"fact": need}, segment]}}
    return {**promotion, "lines": {"eq": [{"fact": need}, text[need]]}}


def main() -> None:
    """Measure and print."""
    tell(measure(), Console(highlight=False))


if __name__ == "__main__":
    main()
