"""A pack is scanned at a kiosk: what it is, what it costs here and for whoever asks, how many lie there.

The price is that of a ticket with this one line, by the same quote. Nothing of the question is kept: what
somebody looked at is nobody's business. What tells of health is not named beside a member's card without the
PIN: others in the shop read along.
"""

from typing import Final

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.article_classes import class_in
from central.services.group.articles import ArticleNotFound
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.tickets.explanations import StoredReason, StoredWhy, nothing_of
from central.services.tickets.quotes import QuotesService
from central.storage.base import Change
from central.storage.interface.packs import ArticleTextRow, PackFacts, StockRow
from central.storage.interface.rows import ArticleRow, ShopRow
from loyalty.programme.articles import NAMED_WITHOUT_PIN, ArticleClass
from loyalty.programme.compliance import LegalAct, VerdictCode, verdict
from loyalty.programme.identification import Act
from wire import api_packs, api_sales

_TEXTS: Final = msgspec.json.Decoder(dict[str, str])


class PacksService:
    """Tells of packs; keeps what the group says of articles, and what its shops have."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        quotes: QuotesService,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._quotes = quotes

    async def ask(self, actor: Actor, body: api_packs.AskPackBody) -> api_packs.PackView:
        """What a pack is, what it costs and earns whoever asks. Writes nothing.

        Raises: ArticleNotFound, ShopMissing, ShopNotYours, ShopNotFound; the refusals of a card.
        """
        access.require(actor, access.SALES_TELL)
        shop_id = access.shop_of(actor, body.shop_id)
        group, shop = (
            await self._groups.get(actor.group_id),
            await self._shops.get_row(actor.group_id, shop_id),
        )
        now_ms = self._clock()
        found = await self._store.find_articles_by_code(actor.group_id, [body.code], now_ms)
        if body.code not in found:
            raise ArticleNotFound(article=body.code)
        row = found[body.code]
        kind = class_in(row, shop.country, group.row.country)
        is_named = kind in NAMED_WITHOUT_PIN or body.holder is None
        if body.holder is not None:
            holder = await self._identify.get_earner(actor, group, body.holder, now_ms)
            is_named |= Act.SEE_PURCHASE_LINES in holder.may
        quoted = None if row.price_minor is None else await self._quote(actor, group, body, shop_id)
        facts = await self._store.find_pack_facts(actor.group_id, shop_id, row.article_id)
        may_be_told = is_named and await self._may_be_advertised(shop, kind, now_ms)
        return _view(row, group, facts, quoted, is_named=is_named, may_be_told=may_be_told)

    async def put_text(
        self, actor: Actor, article_id: str, body: api_packs.ArticleTextBody
    ) -> tuple[api_packs.ArticleTextView, Change]:
        """Say what a kiosk tells of an article. Raises: ArticleNotFound."""
        access.require(actor, access.ARTICLES_WRITE)
        now_ms = self._clock()
        if await self._store.find_article(actor.group_id, article_id, now_ms) is None:
            raise ArticleNotFound(article=article_id)
        texts = {language: body.texts[language].strip() for language in sorted(body.texts)}
        row = ArticleTextRow(
            group_id=actor.group_id,
            article_id=article_id,
            texts=msgspec.json.encode(texts).decode(),
            changed_ms=now_ms,
        )
        change = await self._store.put_article_text(row)
        return api_packs.ArticleTextView(article_id=article_id, texts=texts), change

    async def put_stock(
        self, actor: Actor, shop_id: str, body: api_packs.StockBody
    ) -> api_packs.StockTakenView:
        """Take what a shop's stock system says; what is known of a later moment stays.

        Raises: ShopNotFound, ShopNotYours.
        """
        access.require(actor, access.ARTICLES_WRITE)
        shop_id = access.shop_of(actor, shop_id)
        await self._shops.get_row(actor.group_id, shop_id)
        now_ms = self._clock()
        codes = [level.code for level in body.levels]
        articles = await self._store.find_articles_by_code(actor.group_id, codes, now_ms)
        units = {
            articles[level.code].article_id: level.units for level in body.levels if level.code in articles
        }
        rows = [
            StockRow(
                group_id=actor.group_id,
                shop_id=shop_id,
                article_id=article_id,
                units=count,
                as_of_ms=min(body.as_of_ms, now_ms),  # a clock that runs ahead hides no later word
            )
            for article_id, count in units.items()
        ]
        taken = await self._store.put_stock(rows, now_ms) if rows else 0
        unknown = [code for code in dict.fromkeys(codes) if code not in articles]
        return api_packs.StockTakenView(taken=taken, older=len(rows) - taken, unknown=unknown)

    async def _quote(
        self, actor: Actor, group: Group, body: api_packs.AskPackBody, shop_id: str
    ) -> api_sales.QuoteView:
        """What a ticket with this one line comes to."""
        line = api_sales.LineBody(line_no=1, code=body.code, quantity=1)
        basket = api_sales.BasketBody(currency=group.row.currency, lines=[line])
        asked = api_sales.QuoteBody(basket=basket, holder=body.holder, shop_id=shop_id)
        return await self._quotes.quote(actor, asked)

    async def _may_be_advertised(self, shop: ShopRow, kind: ArticleClass, now_ms: int) -> bool:
        """Whether the group's words may stand there: not where a law forbids it, nor of the unknown."""
        day = local_day(now_ms, await self._zones.get(shop.time_zone))
        code = verdict(shop.country, kind, LegalAct.BE_ADVERTISED, day).code
        return code not in (VerdictCode.DENIED_BY_LAW, VerdictCode.UNKNOWN_ARTICLE)


def _view(
    row: ArticleRow,
    group: Group,
    facts: PackFacts,
    quoted: api_sales.QuoteView | None,
    *,
    is_named: bool,
    may_be_told: bool,
) -> api_packs.PackView:
    line = quoted.lines[0] if quoted else None
    why = StoredWhy(1, line.points, 0, tuple(map(_stored, line.reasons))) if line else None
    return api_packs.PackView(
        article_id=row.article_id,
        name=row.name if is_named else "",
        is_named=is_named,
        currency=group.row.currency,
        price_minor=row.price_minor,
        total_minor=line.amount_minor if line else None,
        points=line.points if line else 0,
        reasons=_by_rule(why, is_named=is_named) if why else [],
        nothing=nothing_of(why) if why else "",
        texts=_TEXTS.decode(facts.texts) if may_be_told else {},
        stock=None
        if facts.units is None
        else api_packs.StockView(units=facts.units, as_of_ms=facts.as_of_ms),
    )


def _stored(reason: api_sales.ReasonView) -> StoredReason:
    return msgspec.convert(msgspec.structs.astuple(reason), type=StoredReason)


def _by_rule(why: StoredWhy, *, is_named: bool) -> list[api_packs.PackReasonView]:
    """What each rule changed, in the order in which they acted; what all changed where the pack has no name:
    a rule is called after what it is for.
    """
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for each in why.in_order:
        if each.amount_minor or each.points:
            key = (each.rule_id, each.code) if is_named else ("", api_packs.ALL_RULES)
            amount, points = sums.get(key, (0, 0))
            sums[key] = amount + each.amount_minor, points + each.points
    return [
        api_packs.PackReasonView(rule_id=rule_id, code=code, amount_minor=amount, points=points)
        for (rule_id, code), (amount, points) in sums.items()
    ]
