"""What the API says of the group itself: its shops, its articles and their prices."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits import texts as limits
from wire.api_base import (
    Amount,
    Body,
    Code,
    Country,
    LanguageKey,
    Millis,
    Name,
    TaxRate,
    View,
)
from wire.api_support import SupportAskView
from wire.face import Font

NoticeDay = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class NoticeView(View, frozen=True):
    """A line of news by language. `from_day`, `to_day`: its first and last day; empty: always."""

    title: dict[str, str]
    text: dict[str, str]
    from_day: NoticeDay = ""
    to_day: NoticeDay = ""


class GroupView(View, frozen=True):
    """The group: face, currency, languages, and whose token this is. `logo`: hash of its file, or empty."""

    group_id: str
    name: str
    names: dict[str, str]
    country: str
    currency: str
    currency_scale: int
    languages: list[str]
    brand: str
    brand_tint: str
    notices: list[NoticeView]
    ruleset_version: int
    shop: "ShopView | None"
    terminal_id: str | None
    now_ms: int
    rule_names: dict[str, dict[str, str]] = {}
    font: str = "inter"
    support: SupportAskView | None = None
    """Of the terminal that asks: head office would see its screen, or may."""
    logo: str = ""
    """These an older release does not tell, nor has a terminal that was renewed kept them."""


class ThemeBody(Body, frozen=True):
    """The group's face. `brand_tint`: a pale ground for its texts; empty: one made of the brand."""

    name: Name
    brand: Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}(?!\n)$")]
    names: dict[LanguageKey, Name] = {}
    brand_tint: Annotated[str, Meta(pattern=r"^(#[0-9A-Fa-f]{6})?(?!\n)$")] = ""
    font: Font = "inter"


class ThemeView(View, frozen=True):
    """The group's face as terminals and members' pages show it; colours as #RRGGBB."""

    name: str
    names: dict[str, str]
    brand: str
    brand_tint: str
    font: str


class ShopBody(Body, frozen=True):
    """A shop of the group. `opening_hours` in OpenStreetMap's notation."""

    name: Name
    country: Country
    time_zone: Annotated[str, Meta(max_length=64)]
    external_id: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = ""
    street: Annotated[str, Meta(max_length=limits.NAME_CHARS_MAX)] = ""
    postcode: Annotated[str, Meta(max_length=16)] = ""
    city: Annotated[str, Meta(max_length=limits.NAME_CHARS_MAX)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    opening_hours: Annotated[str, Meta(max_length=500)] = ""
    website: Annotated[str, Meta(max_length=254)] = ""
    latitude_e7: Annotated[int, Meta(ge=-900_000_000, le=900_000_000)] | None = None
    longitude_e7: Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)] | None = None


class ShopView(View, frozen=True):
    """A shop."""

    shop_id: str
    name: str
    country: str
    time_zone: str
    external_id: str
    street: str
    postcode: str
    city: str
    phone: str
    opening_hours: str
    website: str
    latitude_e7: int | None
    longitude_e7: int | None


class ShopListView(View, frozen=True):
    """All shops of the group."""

    shops: list[ShopView]


Atc = Annotated[str, Meta(pattern=r"^([A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?)?(?!\n)$")]


class ArticleBody(Body, frozen=True):
    """An article of the group's own file (P-21, P-27): codes are GTINs, national or in-store codes.

    `tax_rate_bp`: the tax in its price, basis points; null: not known (points without tax then pass it by).
    `atc`: a medicine's code in the WHO's classification, or its beginning; left out, it stays as it is.
    `article_class` is the legal class in the group's country, `country_classes` that of other countries the
    group has shops in; left out, those that stand stay. Without one there the law of that country denies.
    """

    name: Name
    article_class: str
    codes: Annotated[list[Code], Meta(min_length=1, max_length=20)]
    brand: Annotated[str, Meta(max_length=limits.NAME_CHARS_MAX)] = ""
    range: Annotated[str, Meta(max_length=limits.NAME_CHARS_MAX)] = ""
    price_minor: Amount | None = None
    source: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = "api"
    tax_rate_bp: TaxRate | None = None
    atc: Atc | None = None
    country_classes: Annotated[dict[Country, str], Meta(max_length=50)] | None = None


class ArticleClassBody(Body, frozen=True):
    """The legal class of an article in a country, from now on."""

    article_class: str


class ArticleView(View, frozen=True):
    """An article as it stands now; `version` rises with every change, old versions are kept."""

    article_id: str
    version: int
    name: str
    article_class: str
    codes: list[str]
    brand: str
    range: str
    price_minor: int | None
    source: str
    recorded_ms: int
    tax_rate_bp: int | None = None
    atc: str = ""
    country_classes: dict[str, str] = {}


class ArticleListView(View, frozen=True):
    """A page of articles by id; `next` is the cursor of the next page, null at the end."""

    articles: list[ArticleView]
    next: str | None


class PriceBody(Body, frozen=True):
    """A price from a moment on (P-28); earlier prices stay in the history."""

    price_minor: Amount
    valid_from_ms: Millis


class PriceView(View, frozen=True):
    """One entry of an article's price history."""

    price_minor: int
    valid_from_ms: int
    recorded_ms: int


class PriceHistoryView(View, frozen=True):
    """An article's prices, newest first."""

    article_id: str
    prices: list[PriceView]
