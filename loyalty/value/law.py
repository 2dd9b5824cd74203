"""What countries' law says of stored value, as cited data: how long it must live, how much it may hold.

What a customer paid for expires only where a source says from when on it may; a country without one: never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.lots import ExpiryKind, ExpiryPolicy
from loyalty.money import MoneyError
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance.verdict import Source, named, read_in


class ExpiryTooEarly(LoyaltyError):
    """A group wants stored value to expire earlier than its country lets it."""

    code = "expiry_too_early"
    trouble = Trouble.REFUSED
    text = "{what} may not expire like this in {country}: {why}. Choose a longer life, or none."


class AboveLegalMaximum(MoneyError):
    """A group wants more on a card or purse than its country lets it."""

    code = "above_legal_maximum"
    trouble = Trouble.REFUSED
    text = "{what} may hold {maximum_minor} at most in {country} ({source}). Choose less."


@dataclass(frozen=True, slots=True)
class ValueLaw:
    """One country's law.

    `months_min`: how long what was paid for must live, None: no source says that it may expire at all.
    `from_year_end`: those months count from the end of the year. Maxima by currency: what one anonymous card,
    one member's purse may hold. `meal_classes`: what meal vouchers may buy; `meal_per_day`: how much a day.
    """

    months_min: int | None
    expiry_source: Source | None = None
    from_year_end: bool = False
    card_max: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    purse_max: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    maximum_source: Source | None = None
    meal_classes: frozenset[ArticleClass] = frozenset()
    meal_per_day: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    meal_source: Source | None = None


_NO_SOURCE = ValueLaw(months_min=None)
LAWS: Mapping[str, ValueLaw] = MappingProxyType(
    {
        # No federal judgment; five or ten years are argued from OR 127 and 128. We take the longer.
        "CH": ValueLaw(
            months_min=120,
            expiry_source=Source(
                "CH-V1",
                "OR art. 127, as Beobachter explains it for vouchers",
                "https://beobachter.ch/beratung/rechtsratgeber/konsum/kauf-und-leasing/gutscheine/"
                "wie-lange-sind-gutscheine-gultig",
                read_in("Beobachter"),
            ),
        ),
        "DE": ValueLaw(
            months_min=36,
            from_year_end=True,
            expiry_source=Source(
                "DE-V1",
                "BGB §§ 195, 199, 807; a shorter life in standard terms is void",
                "https://webshoprecht.de/IRTexte/Rspr447.php",
                read_in("webshoprecht.de"),
            ),
        ),
        # "Il n'existe aucune reglementation" of a card's life (planet.fr): no source lets it end either.
        "FR": ValueLaw(
            months_min=None,
            meal_classes=frozenset({ArticleClass.FOOD}),
            meal_per_day=MappingProxyType({"EUR": 2500}),
            meal_source=Source(
                "FR-V1",
                "Code du travail L. 3262-1, R. 3262-10",
                "https://legal.tricoteuses.fr/articles/LEGIARTI000046346263",
                named(
                    fr="Code du travail, art. R. 3262-10",
                    de="Code du travail, art. R. 3262-10",
                    it="Code du travail, art. R. 3262-10",
                    en="Code du travail, art. R. 3262-10",
                    zh="法国劳动法典 R. 3262-10 条",
                ),
                is_law=True,
            ),
        ),
        # MOFCOM Order 9 of 2012. What is left on an expired card must be made usable again; so: never.
        "CN": ValueLaw(
            months_min=None,
            card_max=MappingProxyType({"CNY": 1_000_00}),
            purse_max=MappingProxyType({"CNY": 5_000_00}),
            maximum_source=Source(
                "CN-V1",
                "MOFCOM Order 9 of 2012 on single-purpose prepaid cards",
                "http://money.fjsen.com/2011-11/24/content_6914259_2.htm",
                read_in("money.fjsen.com"),
            ),
        ),
    }
)


def law_of(country: str) -> ValueLaw:
    """A country's law; one that we do not know lets nothing expire."""
    return LAWS.get(country, _NO_SOURCE)


def require_lawful_expiry(policy: ExpiryPolicy, country: str, *, what: str) -> None:
    """Refuse a life that is too short for what was paid for. Raises: ExpiryTooEarly."""
    if policy.kind is ExpiryKind.NONE:
        return
    law = law_of(country)
    if law.months_min is None:
        raise ExpiryTooEarly(what=what, country=country, why="no source says that it may")
    # The end of the year, of a month, or a fixed day, n years on, is at least n years away.
    years = policy.kind in (ExpiryKind.END_OF_YEAR, ExpiryKind.FIXED_DAY)
    lives = policy.count * 12 if years else policy.count
    needed = law.months_min
    if law.from_year_end and policy.kind is not ExpiryKind.END_OF_YEAR:
        needed += 12
    if lives < needed:
        raise ExpiryTooEarly(what=what, country=country, why=f"{needed} months at least, {law.expiry_source}")


def require_lawful_maximum(maximum_minor: int, currency: str, country: str, *, is_purse: bool) -> None:
    """Refuse a ceiling above the country's. Raises: AboveLegalMaximum."""
    law = law_of(country)
    most = (law.purse_max if is_purse else law.card_max).get(currency)
    if most is not None and maximum_minor > most:
        raise AboveLegalMaximum(
            what="A purse" if is_purse else "A gift card",
            maximum_minor=most,
            currency=currency,
            country=country,
            source=str(law.maximum_source),
        )
