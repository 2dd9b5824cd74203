"""One article, a legal class per country: the shop's decides, and none there denies (P-21, K-05)."""

from pathlib import Path
from typing import Any

import pytest

from central.services.core.clock import system_clock
from tests.central_fixture import SUN_CREAM, CentralUnderTest, a_basket, a_central, a_sale, by_uid
from tests.integration.central.test_known import _another_worker
from tests.movable_clock import MovableClock
from wire import api_catalogue

FR_SHOP = "annecy-1"
LINE = [(SUN_CREAM, 1, 2000)]
CLASSES = "articles/sun-cream/classes"


@pytest.fixture
async def french(central: CentralUnderTest) -> CentralUnderTest:
    return await with_a_french_shop(central)


async def with_a_french_shop(central: CentralUnderTest) -> CentralUnderTest:
    shop = api_catalogue.ShopBody(name="Annecy", country="FR", time_zone="Europe/Paris")
    await central.services.shops.put_shop(central.operator, FR_SHOP, shop)
    issued = await central.services.access.issue_token(
        central.operator, role="terminal", label="FR", shop_id=FR_SHOP, terminal_id="t-fr"
    )
    central.tokens["french"] = issued.token
    return central


async def sell(central: CentralUnderTest, token: str, **fields: Any) -> dict[str, Any]:
    sold = await central.post("sales", a_sale(central, LINE, **fields), token=token)
    assert sold.status == 200, sold.body
    return sold.body


async def classify(central: CentralUnderTest, article_class: str, country: str = "FR") -> Any:
    return await central.put(f"{CLASSES}/{country}", {"article_class": article_class})


def codes_of(sold: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in sold["lines"][0]["reasons"]]


async def test_an_article_without_a_class_in_the_shops_country_earns_nothing_there(
    french: CentralUnderTest,
) -> None:
    at_home, abroad = await sell(french, "terminal"), await sell(french, "french")
    assert (at_home["points"], abroad["points"]) == (20, 0)
    assert codes_of(abroad) == ["unknown_article"]
    assert [warning["code"] for warning in abroad["warnings"]] == ["unclassified_article"]


async def test_each_shop_judges_by_the_class_of_its_country(french: CentralUnderTest) -> None:
    put = await classify(french, "medicine_otc")
    assert (put.body["article_class"], put.body["country_classes"]) == ("cosmetic", {"FR": "medicine_otc"})
    at_home, abroad = await sell(french, "terminal"), await sell(french, "french")
    assert (at_home["points"], abroad["points"]) == (20, 0)
    assert codes_of(abroad) == ["denied_by_law"]
    assert abroad["lines"][0]["reasons"][0]["article_class"] == "medicine_otc"
    await classify(french, "cosmetic")
    assert (await sell(french, "french"))["points"] == 20


async def test_a_ticket_keeps_the_class_it_was_judged_by(french: CentralUnderTest) -> None:
    await classify(french, "cosmetic")
    sold = await sell(french, "french")
    await classify(french, "medicine_rx")
    again = (await french.get(f"sales/{sold['sale_id']}", token="reader")).body
    assert (again["points"], again["lines"][0]["points"]) == (20, 20)
    back = {"line_no": 1, "quantity": 1}
    body = {
        "return_id": "r-1",
        "business_key": "r-1",
        "occurred_ms": french.clock(),
        "sent_ms": french.clock(),
        "lines": [back],
    }
    returned = await french.post(f"sales/{sold['sale_id']}/returns", body, token="french")
    assert (returned.status, returned.body["points"]) == (200, 20)


async def test_a_class_counts_from_the_moment_it_is_given(tmp_path: Path) -> None:
    clock = MovableClock(system_clock())
    async with a_central(tmp_path, clock) as central:
        await with_a_french_shop(central)
        await classify(central, "cosmetic")
        clock.now_ms += 10_000
        await classify(central, "medicine_rx")
        now = await sell(central, "french")
        late = await sell(central, "french", occurred_ms=clock() - 1)
    assert (now["points"], late["points"]) == (0, 20)


async def test_a_class_given_by_another_worker_counts_for_the_next_ticket(
    french: CentralUnderTest, tmp_path: Path
) -> None:
    assert (await sell(french, "french"))["points"] == 0
    async with _another_worker(tmp_path) as other:
        await other.articles.classify(french.operator, "FR", {"sun-cream": "cosmetic"})
    assert (await sell(french, "french"))["points"] == 20


async def test_a_quote_and_its_discounts_follow_the_shops_country_too(french: CentralUnderTest) -> None:
    await classify(french, "cosmetic")
    for token, points in (("terminal", 20), ("french", 20)):
        quoted = await french.post("quotes", {"basket": a_basket(LINE), "holder": by_uid()}, token=token)
        assert quoted.body["points"] == points


async def test_the_class_in_the_groups_own_country_is_the_articles(french: CentralUnderTest) -> None:
    put = await classify(french, "medicine_ch_d", country="CH")
    assert (put.body["article_class"], put.body["country_classes"]) == ("medicine_ch_d", {})
    body = {"name": "x", "article_class": "cosmetic", "codes": [SUN_CREAM], "country_classes": {"CH": "book"}}
    refused = await french.put("articles/sun-cream", body)
    assert (refused.status, refused.code) == (422, "own_country_class")


async def test_putting_the_article_again_keeps_its_classes_elsewhere(french: CentralUnderTest) -> None:
    await classify(french, "cosmetic")
    body = {"name": "Sun cream", "article_class": "cosmetic", "codes": [SUN_CREAM]}
    assert (await french.put("articles/sun-cream", body)).body["country_classes"] == {"FR": "cosmetic"}
    put = await french.put("articles/sun-cream", body | {"country_classes": {"DE": "cosmetic"}})
    assert put.body["country_classes"] == {"DE": "cosmetic"}


@pytest.mark.parametrize(
    ("path", "article_class", "status", "code"),
    [
        (f"{CLASSES}/FR", "cake", 422, "unknown_article_class"),
        (f"{CLASSES}/France", "cosmetic", 422, "country_unknown"),
        ("articles/none/classes/FR", "cosmetic", 404, "article_not_found"),
    ],
)
async def test_what_cannot_be_is_refused(
    french: CentralUnderTest, path: str, article_class: str, status: int, code: str
) -> None:
    refused = await french.put(path, {"article_class": article_class})
    assert (refused.status, refused.code) == (status, code)
