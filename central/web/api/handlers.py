"""Thin handlers: what a decoded call asks of which service. Docstrings are the summaries in OpenAPI."""

import msgspec

from central.web.api.route import Answer, Call
from loyalty.limits.web import PAGE_ROWS_MAX
from wire import api
from wire.api_base import Body, PageSize


class ArticlesQuery(Body, frozen=True):
    """Which page of articles."""

    after: str = ""
    limit: PageSize = PAGE_ROWS_MAX


class TicketsQuery(Body, frozen=True):
    """Which page of tickets; `before` is the `next` of the page before."""

    before: str | None = None
    limit: PageSize = PAGE_ROWS_MAX


def _answer(outcome: tuple[msgspec.Struct, bool]) -> Answer:
    view, is_replay = outcome
    return Answer(view, is_replay=is_replay)


async def get_group(call: Call) -> Answer:
    """The group: its face, currency, languages; and whose token this is."""
    view = await call.services.groups.get_group(call.actor)
    return Answer(msgspec.structs.replace(view, support=call.services.visits.support.find_ask(call.actor)))


async def put_theme(call: Call) -> Answer:
    """Put the group's names and colours; terminals and members' pages show them at once."""
    view, _ = await call.services.groups.put_theme(call.actor, call.body)
    return Answer(view)


async def list_shops(call: Call) -> Answer:
    """All shops of the group."""
    return Answer(await call.services.shops.list_shops(call.actor))


async def get_shop(call: Call) -> Answer:
    """A shop."""
    return Answer(await call.services.shops.get_shop(call.actor, call.path["shop_id"]))


async def put_shop(call: Call) -> Answer:
    """Make or change a shop; the same content again changes nothing."""
    view, _ = await call.services.shops.put_shop(call.actor, call.path["shop_id"], call.body)
    return Answer(view)


async def list_articles(call: Call) -> Answer:
    """A page of articles by id."""
    query: ArticlesQuery = call.query
    return Answer(
        await call.services.articles.list_articles(call.actor, after=query.after, limit=query.limit)
    )


async def get_article(call: Call) -> Answer:
    """An article as it stands now."""
    return Answer(await call.services.articles.get_article(call.actor, call.path["article_id"]))


async def get_article_by_code(call: Call) -> Answer:
    """The article that carries a code."""
    return Answer(await call.services.articles.get_article_by_code(call.actor, call.path["code"]))


async def put_article(call: Call) -> Answer:
    """Make or change an article; the same content again changes nothing."""
    view, _ = await call.services.articles.put_article(call.actor, call.path["article_id"], call.body)
    return Answer(view)


async def classify_article(call: Call) -> Answer:
    """Give an article its legal class in a country, from now on; in any other it stays as it is."""
    path, body = call.path, call.body
    view = await call.services.articles.classify_one(
        call.actor, path["article_id"], path["country"], body.article_class
    )
    return Answer(view)


async def list_prices(call: Call) -> Answer:
    """An article's prices, newest first."""
    return Answer(await call.services.articles.list_prices(call.actor, call.path["article_id"]))


async def put_price(call: Call) -> Answer:
    """Add a price from a moment on; earlier prices stay."""
    return Answer(await call.services.articles.put_price(call.actor, call.path["article_id"], call.body))


async def identify(call: Call) -> Answer:
    """Who holds this card, as far as the evidence allows."""
    body: api.IdentifyBody = call.body
    return Answer(await call.services.identify.identify(call.actor, body.evidence, body.pin))


async def enrol(call: Call) -> Answer:
    """Enrol a member, with a card where one is given."""
    return _answer(await call.services.members.enrol(call.actor, call.body))


async def get_member(call: Call) -> Answer:
    """A member's personal data."""
    return Answer(await call.services.members.get_member(call.actor, call.path["member_id"]))


async def get_balance(call: Call) -> Answer:
    """A member's points."""
    return Answer(await call.services.members.get_balance(call.actor, call.path["member_id"]))


async def list_tickets(call: Call) -> Answer:
    """A page of a member's tickets as totals, newest first."""
    query: TicketsQuery = call.query
    return Answer(
        await call.services.members.list_tickets(
            call.actor, call.path["member_id"], before=query.before, limit=query.limit
        )
    )


async def put_card(call: Call) -> Answer:
    """Enter a card, in stock or for a member."""
    return _answer(await call.services.cards.put_card(call.actor, call.body))


async def find_card(call: Call) -> Answer:
    """A card and its state (by POST: card numbers never stand in addresses)."""
    return Answer(await call.services.cards.get_card(call.actor, call.body))


async def block_card(call: Call) -> Answer:
    """Block a card; one that is blocked stays so, with its first reason."""
    return Answer(await call.services.cards.block_card(call.actor, call.body))


async def validate_card(call: Call) -> Answer:
    """Make a card active, for a member where it had none."""
    return Answer(await call.services.cards.validate_card(call.actor, call.body))


async def renew_card(call: Call) -> Answer:
    """Renew a card: the account and the PIN go with the new one."""
    view, is_replay = await call.services.cards.renew_card(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def replace_card(call: Call) -> Answer:
    """Replace a card; balance and history stay with the member. The answer is the new card."""
    return Answer(await call.services.cards.replace_card(call.actor, call.body))


async def quote(call: Call) -> Answer:
    """What a basket costs this member and what it earns; nothing is written."""
    return Answer(await call.services.quotes.quote(call.actor, call.body))


async def reserve(call: Call) -> Answer:
    """Hold a quote's terms until the member has paid."""
    return _answer(await call.services.reservations.reserve(call.actor, call.body))


async def release_reservation(call: Call) -> Answer:
    """Let a reservation go before its time: the member does not pay, or pays otherwise."""
    return Answer(await call.services.reservations.release(call.actor, call.path["reservation_id"]))


async def commit(call: Call) -> Answer:
    """Record a paid ticket once: prices, points earned, balance, profile, and why."""
    view, is_replay = await call.services.sales.commit(call.actor, call.body)
    if not is_replay:
        call.metrics.sales.inc()
        call.metrics.points_accrued.inc(view.points)
    return Answer(view, is_replay=is_replay)


async def get_sale(call: Call) -> Answer:
    """A recorded sale; its lines need lines.read as well, and every such read is logged."""
    return Answer(await call.services.sales.get_sale(call.actor, call.path["sale_id"]))


async def record_return(call: Call) -> Answer:
    """Record units that come back: exactly the points they earned go back."""
    sale_id = call.path["sale_id"]
    view, is_replay = await call.services.returns.record_return(call.actor, sale_id, call.body)
    if not is_replay:
        call.metrics.returns.inc()
        call.metrics.points_reversed.inc(view.points)
    return Answer(view, is_replay=is_replay)
