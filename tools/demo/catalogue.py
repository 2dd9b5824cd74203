"""The demo group's articles and shops: read from `data/`, 300 articles of every legal class.

Names are generic (substance, strength, pack). Barcodes are in-store EAN-13 (prefix 21, restricted
circulation), because real ones belong to their makers. Swiss dispensing categories are those in force
since 2019 (A, B, D, E). ATC codes are the WHO's for the substance, or the beginning of one.
"""

import csv
from dataclasses import dataclass
from importlib.resources import files

from loyalty.money import parse_minor
from loyalty.programme.articles import ArticleClass


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article of the demo: `price_minor` in rappen, tax in; `atc`: of medicines with a substance."""

    article_id: str
    code: str
    name: str
    article_class: ArticleClass
    brand: str
    range: str
    price_minor: int
    atc: str


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop of the demo, somewhere around the lake; coordinates in 1e-7 degrees."""

    shop_id: str
    name: str
    city: str
    postcode: str
    street: str
    opening_hours: str
    latitude_e7: int
    longitude_e7: int


def in_store_code(prefix: str, number: int) -> str:
    """An EAN-13 of the restricted range: two digits of prefix, ten of number, the check digit."""
    body = f"{prefix}{number:010d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return body + str(-total % 10)


def demo_articles() -> list[DemoArticle]:
    """All articles of the demo group."""
    return [
        DemoArticle(
            article_id=row["article_id"],
            code=row["code"],
            name=row["name"],
            article_class=ArticleClass(row["article_class"]),
            brand=row["brand"],
            range=row["range"],
            price_minor=parse_minor(row["price"], 2),
            atc=row["atc"],
        )
        for row in _rows("articles.csv")
    ]


def demo_shops() -> list[DemoShop]:
    """All shops of the demo group."""
    return [
        DemoShop(
            shop_id=row["shop_id"],
            name=row["name"],
            city=row["city"],
            postcode=row["postcode"],
            street=row["street"],
            opening_hours=row["opening_hours"],
            latitude_e7=int(row["latitude_e7"]),
            longitude_e7=int(row["longitude_e7"]),
        )
        for row in _rows("shops.csv")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("tools.demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
