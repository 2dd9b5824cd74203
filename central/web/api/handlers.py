"""Thin handlers: what a decoded call asks of which service."""

import msgspec

from central.web.api.route import Answer, Call
from loyalty.limits import PAGE_ROWS_MAX
from wire import api


class ArticlesQuery(api.Body, frozen=True):
    """Which page of articles."""

    after: str = ""
    limit: api.PageSize = PAGE_ROWS_MAX


class TicketsQuery(api.Body, frozen=True):
    """Which page of tickets; `before` is the `next` of the page before."""

    before: str | None = None
    limit: api.PageSize = PAGE_ROWS_MAX


def _answer(outcome: tuple[msgspec.Struct, bool]) -> Answer:
    view, is_replay = outcome
    return Answer(view, is_replay=is_replay)


async def get_group(call: Call) -> Answer:
    return Answer(await call.services.groups.get_group(call.actor))


async def list_shops(call: Call) -> Answer:
    return Answer(await call.services.shops.list_shops(call.actor))


async def get_shop(call: Call) -> Answer:
    return Answer(await call.services.shops.get_shop(call.actor, call.path["shop_id"]))


async def put_shop(call: Call) -> Answer:
    view, _ = await call.services.shops.put_shop(call.actor, call.path["shop_id"], call.body)
    return Answer(view)


async def list_articles(call: Call) -> Answer:
    query: ArticlesQuery = call.query
    return Answer(
        await call.services.articles.list_articles(call.actor, after=query.after, limit=query.limit)
    )


async def get_article(call: Call) -> Answer:
    return Answer(await call.services.articles.get_article(call.actor, call.path["article_id"]))


async def get_article_by_code(call: Call) -> Answer:
    return Answer(await call.services.articles.get_article_by_code(call.actor, call.path["code"]))


async def put_article(call: Call) -> Answer:
    view, _ = await call.services.articles.put_article(call.actor, call.path["article_id"], call.body)
    return Answer(view)


async def list_prices(call: Call) -> Answer:
    return Answer(await call.services.articles.list_prices(call.actor, call.path["article_id"]))


async def put_price(call: Call) -> Answer:
    return Answer(await call.services.articles.put_price(call.actor, call.path["article_id"], call.body))


async def identify(call: Call) -> Answer:
    body: api.IdentifyBody = call.body
    return Answer(await call.services.identify.identify(call.actor, body.evidence))


async def enrol(call: Call) -> Answer:
    return _answer(await call.services.members.enrol(call.actor, call.body))


async def get_member(call: Call) -> Answer:
    return Answer(await call.services.members.get_member(call.actor, call.path["member_id"]))


async def get_balance(call: Call) -> Answer:
    return Answer(await call.services.members.get_balance(call.actor, call.path["member_id"]))


async def list_tickets(call: Call) -> Answer:
    query: TicketsQuery = call.query
    return Answer(
        await call.services.members.list_tickets(
            call.actor, call.path["member_id"], before=query.before, limit=query.limit
        )
    )


async def put_card(call: Call) -> Answer:
    return _answer(await call.services.cards.put_card(call.actor, call.body))


async def find_card(call: Call) -> Answer:
    return Answer(await call.services.cards.get_card(call.actor, call.body))


async def block_card(call: Call) -> Answer:
    return Answer(await call.services.cards.block_card(call.actor, call.body))


async def validate_card(call: Call) -> Answer:
    return Answer(await call.services.cards.validate_card(call.actor, call.body))


async def replace_card(call: Call) -> Answer:
    return Answer(await call.services.cards.replace_card(call.actor, call.body))


async def quote(call: Call) -> Answer:
    return Answer(await call.services.quotes.quote(call.actor, call.body))


async def reserve(call: Call) -> Answer:
    return _answer(await call.services.quotes.reserve(call.actor, call.body))


async def commit(call: Call) -> Answer:
    view, is_replay = await call.services.sales.commit(call.actor, call.body)
    if not is_replay:
        call.metrics.sales.inc()
        call.metrics.points_accrued.inc(view.points)
    return Answer(view, is_replay=is_replay)


async def get_sale(call: Call) -> Answer:
    return Answer(await call.services.sales.get_sale(call.actor, call.path["sale_id"]))


async def record_return(call: Call) -> Answer:
    sale_id = call.path["sale_id"]
    view, is_replay = await call.services.returns.record_return(call.actor, sale_id, call.body)
    if not is_replay:
        call.metrics.returns.inc()
        call.metrics.points_reversed.inc(view.points)
    return Answer(view, is_replay=is_replay)
