"""The demo's articles: codes of medicines are ATC codes, and they feed as many classes as the page says."""

import re
from pathlib import Path

import msgspec

from loyalty.programme.health_classes import CLASSES
from tools.demo.catalogue import demo_articles
from wire.api_catalogue import Atc

PAGE = (Path(__file__).parents[3] / "docs/members.md").read_text(encoding="utf-8")


def test_medicines_of_the_demo_feed_the_classes_that_the_page_counts() -> None:
    codes = {each.atc for each in demo_articles() if each.atc}
    for code in codes:
        msgspec.convert(code, Atc)
    assert all(each.article_class.startswith("medicine") for each in demo_articles() if each.atc)
    fed = sum(any(map(each.holds, codes)) for each in CLASSES.values())
    told = re.search(r"(\d+) of the (\d+) are fed there", PAGE)
    assert told is not None
    assert (str(fed), str(len(CLASSES))) == told.groups()
