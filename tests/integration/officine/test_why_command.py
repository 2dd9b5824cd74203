"""`officine why` on a real SQLite file."""

import asyncio

from officine.opened import actor_for, opened_services
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD
from wire import api, api_catalogue, api_sales

SALE = "sale-why"


async def sell() -> None:
    """A line of a known article, one of an unknown one, and two that the law keeps from earning."""
    async with opened_services(None) as services:
        actor = await actor_for(services, None)
        evian = api_catalogue.ShopBody(name="Evian", country="FR", time_zone="Europe/Paris")
        await services.shops.put_shop(actor, "evian", evian)
        cream = api_catalogue.ArticleBody(
            name="sun cream",
            article_class="cosmetic",
            codes=["c1"],
            price_minor=1990,
            country_classes={"FR": "cosmetic"},
        )
        await services.articles.put_articles(actor, [("cream", cream)])
        pills = api_catalogue.ArticleBody(
            name="pills",
            article_class="medicine_ch_b",
            codes=["c2"],
            price_minor=500,
            country_classes={"FR": "medicine_rx"},
        )
        await services.articles.put_articles(actor, [("pills", pills)])
        lines = [
            api_sales.LineBody(line_no=1, code="c1", quantity=1, amount_minor=1990),
            api_sales.LineBody(line_no=2, code="nobody-knows", quantity=1, amount_minor=500),
            api_sales.LineBody(line_no=3, code="c2", quantity=1, amount_minor=500),
            api_sales.LineBody(line_no=4, code="c2", quantity=2, amount_minor=1000),
        ]
        now_ms = services.clock()
        body = api_sales.SaleBody(
            sale_id=SALE,
            business_key="key",
            occurred_ms=now_ms,
            sent_ms=now_ms,
            basket=api_sales.BasketBody(currency="CHF", lines=lines),
            holder=api.EvidenceBody(medium="typed", value=CARD),
            shop_id="evian",
        )
        view, _ = await services.sales.commit(actor, body)
        assert view.points == 19


def test_a_ticket_is_told_rule_by_rule_and_line_by_line_on_demand(member: str) -> None:
    assert member
    asyncio.run(sell())
    view = run_json("why", SALE)
    assert (view["points"], view["sent_minor"], view["lines"]) == (19, 3990, [])
    assert [(step["stage"], step["points_after"]) for step in view["steps"]] == [("accrual", 19)]
    assert [line["points"] for line in run_json("why", SALE, "--lines")["lines"]] == [19, 0, 0, 0]
    shown = run("why", SALE, "--lines")
    reads = run_json("member", "reads", member)["reads"]
    assert [(read["actor"], read["purpose"]) for read in reads] == [("operator", "why")] * 2
    assert "Reads (2)" in run("member", "reads", member).out
    for said in ("Why 19 points", "started at", "39.90 CHF", "Line 2: 5.00 CHF, 0 points", "unknown_article"):
        assert said in shown.out
    assert "lines 3, 4 (medicine_rx): " in shown.out
    reason = run_json("why", SALE, "--lines")["lines"][2]["reasons"][0]
    addresses = [word for word in reason["citation"].split() if word.startswith("http")]
    assert addresses
    for address in addresses:
        assert shown.out.split().count(address) == 1, "the law is told once, its address unfolded"
    assert "Line 2" not in run("why", SALE).out


def test_a_sale_nobody_knows_is_said_to_be_unknown(group: str) -> None:
    assert group
    outcome = run("why", "none", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "sale_not_found")
