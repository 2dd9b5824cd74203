"""Country packs: what the law of the shop's country lets a programme do with an article (docs/compliance.md).

Deny wins; an unknown class, a country without a pack and a cell without a source deny.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import ch, cn, de, fr
from loyalty.programme.compliance.verdict import (
    NO_COUNTRY_PACK,
    UNKNOWN_ARTICLE,
    Condition,
    LegalAct,
    Source,
    Verdict,
    VerdictCode,
    judge_cells,
    titles_of,
)

__all__ = [
    "PACKS",
    "Condition",
    "LegalAct",
    "ShopOnlyProgrammeRefused",
    "Verdict",
    "VerdictCode",
    "contest_verdict",
    "law_name",
    "pack_version",
    "require_lawful_reach",
    "shop_only_verdict",
    "titles_of",
    "verdict",
]

PACKS = MappingProxyType({pack.country: pack for pack in (ch.PACK, fr.PACK, de.PACK, cn.PACK)})


class ShopOnlyProgrammeRefused(LoyaltyError):
    """The country does not let a programme's benefits hold in one shop only."""

    code = "shop_only_programme_refused"
    trouble = Trouble.REFUSED
    text = (
        "In {country} this programme cannot be published: its benefits must be valid in every shop of the"
        " group ({reason}). Set `benefits_valid_in` to `every_shop`. {citation}"
    )


# A basket asks the same few questions again and again; the key space is small and the answer never changes.
@lru_cache(maxsize=8192)
def verdict(country: str, article_class: ArticleClass, act: LegalAct, day: date) -> Verdict:
    """What the law of `country` says of this class and act on `day`, the shop's local day."""
    pack = PACKS.get(country)
    if pack is None:
        return NO_COUNTRY_PACK
    if article_class is ArticleClass.UNKNOWN:
        return UNKNOWN_ARTICLE
    return judge_cells(pack.cells.get((article_class, act), ()), day)


def shop_only_verdict(country: str, day: date) -> Verdict:
    """Whether a programme whose benefits hold in one shop only may be run in `country` on `day`."""
    pack = PACKS.get(country)
    return NO_COUNTRY_PACK if pack is None else judge_cells(pack.shop_only_programme, day)


def contest_verdict(country: str, day: date) -> Verdict:
    """Whether a game for prizes that asks for no stake and no purchase may be run in `country` on `day`."""
    pack = PACKS.get(country)
    return NO_COUNTRY_PACK if pack is None else judge_cells(pack.contests, day)


def require_lawful_reach(countries: frozenset[str], *, is_every_shop: bool, day: date) -> None:
    """Check at publication that a programme reaches as far as the law of each country asks.

    Raises: ShopOnlyProgrammeRefused: benefits of one shop only, where no source allows it.
    """
    if is_every_shop:
        return
    for country in sorted(countries):
        answer = shop_only_verdict(country, day)
        if not answer.is_allowed:
            raise ShopOnlyProgrammeRefused(country=country, reason=answer.code, citation=answer.citation)


def _sources() -> Iterator[Source]:
    for pack in PACKS.values():
        for cells in (*pack.cells.values(), pack.shop_only_programme, pack.contests):
            for cell in cells:
                yield from cell.sources


_BY_TITLE = MappingProxyType({source.title: source for source in _sources()})


def law_name(citation: str, language: str) -> str:
    """A verdict's citation as people of a language cite it: the law or ruling where one is cited.

    What no pack knows (any more) is told by its title as it was kept; "" where nothing is cited.
    """
    titles = titles_of(citation)
    known = [_BY_TITLE[title] for title in titles if title in _BY_TITLE]
    if not known:
        return titles[0] if titles else ""
    told = next((source for source in known if source.is_law), known[0])
    return told.names.get(language, told.names["en"])


def pack_version(country: str) -> int:
    """The version of a country's pack, 0 where there is none; it stands on every legal reason."""
    pack = PACKS.get(country)
    return 0 if pack is None else pack.version
