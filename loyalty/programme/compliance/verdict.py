"""What a country's law says of one article class and one act: sourced cells, and the verdict over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from loyalty.programme.articles import ArticleClass


class LegalAct(StrEnum):
    """What a programme may do with an article; countries are strict on different ones."""

    EARN = "earn"
    REDEEM_ON = "redeem_on"
    COUPON_TRIGGER = "coupon_trigger"
    BE_A_GIFT = "be_a_gift"
    BE_ADVERTISED = "be_advertised"
    BE_IN_A_CONTEST = "be_in_a_contest"
    BE_A_PRIZE = "be_a_prize"
    """To be given to the winner of a contest that is tied to no purchase."""
    SHOP_ONLY_BENEFIT = "shop_only_benefit"
    COUNTS_TOWARD_THRESHOLD = "counts_toward_threshold"
    BE_DISCOUNTED = "be_discounted"
    """A lower price as a benefit of the programme; a shop's ordinary price is none."""


class VerdictCode(StrEnum):
    """Why a verdict is what it is; shown on quotes and receipts."""

    ALLOWED = "allowed"
    DENIED_BY_LAW = "denied_by_law"
    UNSOURCED = "unsourced"
    UNKNOWN_ARTICLE = "unknown_article"
    NO_COUNTRY_PACK = "no_country_pack"


class Condition(StrEnum):
    """What an allowed cell asks of the programme."""

    NONE = ""
    NOT_PRODUCT_BOUND = "not_product_bound"
    """The benefit may not be tied to a particular article, brand or range."""


Names = Mapping[str, str]
"""By language."""


def named(*, fr: str, de: str, it: str, en: str, zh: str) -> Names:
    """How people of each language cite a law or ruling.

    Its name stays in an official language of its country, in the reader's own where it has one there; what
    surrounds it is in the reader's language. No Chinese characters but in `zh`: most printers have none.
    """
    return MappingProxyType({"fr": fr, "de": de, "it": it, "en": en, "zh": zh})


def read_in(publisher: str) -> Names:
    """How a source that is neither law nor ruling is told: by who published it."""
    return named(
        fr=f"source : {publisher}",
        de=f"Quelle: {publisher}",
        it=f"fonte: {publisher}",
        en=f"source: {publisher}",
        zh=f"来源：{publisher}",
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement was read. `source_id` is the fact sheet's reference, e.g. `FR-2`.

    `title` is how explanations keep it: change it, and tickets of before are told by what they kept.
    `names`: as paper tells it. `is_law`: a law or a ruling, told before what others wrote about it.
    """

    source_id: str
    title: str
    url: str
    names: Names
    is_law: bool = False

    def __str__(self) -> str:
        return f"{self.source_id}: {self.title} {self.url}"


def titles_of(citation: str) -> list[str]:
    """The titles of the sources a verdict cites: of `CH-3: OPuM/AWV art. 21 https://…` `OPuM/AWV art. 21`."""
    told = (line.partition(": ")[2] or line for line in citation.split("\n"))
    return [title for title in (each.partition(" http")[0].strip() for each in told) if title]


@dataclass(frozen=True, slots=True)
class Cell:
    """One sourced statement, true from `valid_from` to `valid_to`, both days included.

    `valid_from` None: the source names no first day.
    """

    is_allowed: bool
    sources: tuple[Source, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    condition: Condition = Condition.NONE

    def __post_init__(self) -> None:
        assert self.sources, "a cell without a source must not exist: an absent cell denies"

    def covers(self, day: date) -> bool:
        """Whether the statement speaks about this day."""
        is_begun = self.valid_from is None or self.valid_from <= day
        return is_begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one (country, class, act, day). `citation` names the sources, one per line."""

    is_allowed: bool
    code: VerdictCode
    citation: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    condition: Condition = Condition.NONE


CellKey = tuple[ArticleClass, LegalAct]


@dataclass(frozen=True, slots=True)
class CountryPack:
    """What we know of one country's law. `shop_only_programme`: benefits that hold in one shop only.

    `contests`: games for prizes that ask for no stake and no purchase.
    """

    country: str
    version: int
    cells: Mapping[CellKey, tuple[Cell, ...]]
    shop_only_programme: tuple[Cell, ...] = ()
    contests: tuple[Cell, ...] = ()


UNSOURCED = Verdict(False, VerdictCode.UNSOURCED)
UNKNOWN_ARTICLE = Verdict(False, VerdictCode.UNKNOWN_ARTICLE)
NO_COUNTRY_PACK = Verdict(False, VerdictCode.NO_COUNTRY_PACK)


def judge_cells(cells: tuple[Cell, ...], day: date) -> Verdict:
    """The verdict of overlapping statements on a day: deny wins, silence denies."""
    spoken = [cell for cell in cells if cell.covers(day)]
    if not spoken:
        return UNSOURCED
    cell = next((cell for cell in spoken if not cell.is_allowed), spoken[0])
    return Verdict(
        is_allowed=cell.is_allowed,
        code=VerdictCode.ALLOWED if cell.is_allowed else VerdictCode.DENIED_BY_LAW,
        citation="\n".join(str(source) for source in cell.sources),
        valid_from=cell.valid_from,
        valid_to=cell.valid_to,
        condition=cell.condition,
    )


def table(
    *rows: tuple[tuple[ArticleClass, ...], tuple[LegalAct, ...], Cell],
) -> dict[CellKey, tuple[Cell, ...]]:
    """Spread rows of (classes, acts, cell) over their cells; a cell may gather several statements."""
    cells: dict[CellKey, tuple[Cell, ...]] = {}
    for classes, acts, cell in rows:
        for article_class in classes:
            for act in acts:
                key = (article_class, act)
                cells[key] = (*cells.get(key, ()), cell)
    return cells
