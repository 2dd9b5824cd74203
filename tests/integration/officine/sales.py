"""Tickets sold through the services, as a till's would be."""

import asyncio

from central.services.core.access import operator_of
from officine.opened import opened_services
from tests.integration.officine.conftest import CARD
from wire import api, api_catalogue, api_sales


def sell(*sales: tuple[str, int], shop_id: str = "nyon", card: str | None = CARD) -> None:
    """Tickets of one article that may earn, a franc a point, for the member's card, or nobody's."""

    async def work() -> None:
        async with opened_services(None) as services:
            actor = operator_of("leman")
            article = api_catalogue.ArticleBody(
                name="Sun cream", article_class="cosmetic", codes=["2100000000012"]
            )
            await services.articles.put_article(actor, "a-1", article)
            now_ms = services.clock()
            for number, (sale_id, amount_minor) in enumerate(sales):
                line = api_sales.LineBody(
                    line_no=1, code="2100000000012", quantity=1, amount_minor=amount_minor
                )
                body = api_sales.SaleBody(
                    sale_id=sale_id,
                    business_key=sale_id,
                    occurred_ms=now_ms - 60_000 + number,
                    sent_ms=now_ms,
                    shop_id=shop_id,
                    holder=api.EvidenceBody(medium="barcode", value=card) if card else None,
                    basket=api_sales.BasketBody(currency="CHF", lines=[line]),
                )
                await services.sales.commit(actor, body)

    asyncio.run(work())
