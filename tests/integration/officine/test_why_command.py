"""`officine why` on a real SQLite file."""

import asyncio

from officine.opened import actor_for, opened_services
from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD
from wire import api, api_catalogue

SALE = "sale-why"


async def sell() -> None:
    """One line of a known article, one of an unknown one."""
    async with opened_services(None) as services:
        actor = await actor_for(services, None)
        cream = api_catalogue.ArticleBody(
            name="sun cream", article_class="cosmetic", codes=["c1"], price_minor=1990
        )
        await services.articles.put_articles(actor, [("cream", cream)])
        lines = [
            api.LineBody(line_no=1, code="c1", quantity=1, amount_minor=1990),
            api.LineBody(line_no=2, code="nobody-knows", quantity=1, amount_minor=500),
        ]
        now_ms = services.clock()
        body = api.SaleBody(
            sale_id=SALE,
            business_key="key",
            occurred_ms=now_ms,
            sent_ms=now_ms,
            basket=api.BasketBody(currency="CHF", lines=lines),
            holder=api.EvidenceBody(medium="typed", value=CARD),
            shop_id="nyon",
        )
        view, _ = await services.sales.commit(actor, body)
        assert view.points == 19


def test_a_ticket_is_told_rule_by_rule_and_line_by_line_on_demand(member: str) -> None:
    assert member
    asyncio.run(sell())
    view = run_json("why", SALE)
    assert (view["points"], view["sent_minor"], view["lines"]) == (19, 2490, [])
    assert [(step["stage"], step["points_after"]) for step in view["steps"]] == [("accrual", 19)]
    assert [line["points"] for line in run_json("why", SALE, "--lines")["lines"]] == [19, 0]
    shown = run("why", SALE, "--lines")
    reads = run_json("member", "reads", member)["reads"]
    assert [(read["actor"], read["purpose"]) for read in reads] == [("operator", "why")] * 2
    assert "Reads (2)" in run("member", "reads", member).out
    for said in ("Why 19 points", "started at", "24.90 CHF", "Line 2: 5.00 CHF, 0 points", "unknown_article"):
        assert said in shown.out
    assert "Line 2" not in run("why", SALE).out


def test_a_sale_nobody_knows_is_said_to_be_unknown(group: str) -> None:
    assert group
    outcome = run("why", "none", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "sale_not_found")
