"""From a basket on the wire to decided terms: articles and prices at a moment, rules of a version, points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

import msgspec

from central.services.core.clock import local_moment, time_of_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.article_classes import class_in
from central.services.members.facts import NOTHING_READ, MemberFacts, MemberFactsService
from central.services.tickets.claims import Reserved, UsageSource
from central.services.tickets.explanations import StoredWhy, reason_views
from central.services.tickets.vouchers import vouchers_for
from central.storage.interface.offline import LateTicket
from central.storage.interface.rows import ArticleRow, MemberRow, ShopRow, StoredLine
from central.storage.interface.vouchers import VoucherStands
from loyalty.errors import LoyaltyError
from loyalty.money import format_minor, scale_of
from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine, ManualDiscount
from loyalty.pricing.quote import NO_USAGE, Quote, possible_claims, quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import Programme
from loyalty.values import quick
from wire import api_sales

_EVERYDAY: Final = frozenset({ArticleClass.PARAPHARMACY, ArticleClass.COSMETIC, ArticleClass.BOOK})
UNKNOWN_ARTICLE: Final = "unknown_article"
UNCLASSIFIED_ARTICLE: Final = "unclassified_article"
TERMS_CHANGED: Final = "terms_changed"
BUDGET_SHORT: Final = "budget_short"
VOUCHER_SHORT: Final = "voucher_short"
TENDER_SHORT: Final = "tender_short"
PRICE_DIFFERS: Final = "price_differs"
SPONSOR_MONTH_FULL: Final = "sponsor_month_full"
_WARNINGS: Final = {
    UNKNOWN_ARTICLE: "Line {line_no}: {article} is not known here and earns no points.",
    UNCLASSIFIED_ARTICLE: "Line {line_no}: {article} has no legal class in this country and earns nothing.",
    TERMS_CHANGED: "Articles, limits or budgets changed since the quote, which promised {points} points.",
    VOUCHER_SHORT: "The price paid stands. A voucher {rule} over {amount} was gone: tell head office.",
    TENDER_SHORT: "The price paid stands. {amount} of a {rule} that paid were gone: tell head office.",
    PRICE_DIFFERS: "The till asked for {till} without a quote, the ticket counts {total} as its receipt says."
    " Charge that, or ask for a quote before the ticket is paid.",
    SPONSOR_MONTH_FULL: "The sponsor had all rewards of this month: {amount} points were not given."
    " The member's own stand.",
    BUDGET_SHORT: "The price paid stands. The budget of {rule} lacked {amount} of it: tell head office.",
}


class CurrencyMismatch(LoyaltyError):
    """The basket is in another currency than the group's."""

    code = "currency_mismatch"
    text = "The basket is in {currency}, this group counts in {group_currency}. Send {group_currency}."


class ArticleNotPriced(LoyaltyError):
    """A line without amount, and central has no price for it."""

    code = "article_not_priced"
    text = "Line {line_no}: central has no price for {article}. Send the line with its amount_minor."


class Remark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A warning as it is kept with the ticket: no article, for it stands beside the member (DESIGN 11).

    `promised_points`: of a quote that came out differently since. `rule_id`, `amount`: of a budget that was
    short, of a voucher or a tender (its kind) that was gone. `till_minor`, `total_minor`: what the till asked
    for, and what the ticket counts.
    """

    code: str
    line_no: int | None = None
    promised_points: int | None = None
    rule_id: str = ""
    amount: int | None = None
    till_minor: int | None = None
    total_minor: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a basket costs and earns, as decided for one moment and one rule set."""

    shop: ShopRow
    zone: tzinfo
    programme: Programme
    at_ms: int
    basket: Basket
    quote: Quote
    remarks: tuple[Remark, ...]
    usage: Mapping[str, int] = field(default_factory=lambda: NO_USAGE)
    """What was used of limits and budgets when this was decided."""
    reserved: Reserved | None = None
    presented: tuple[VoucherStands, ...] = ()
    member_facts: MemberFacts = NOTHING_READ
    late: LateTicket | None = None
    """Of a ticket that was priced offline."""
    earns_minor: int | None = None

    def stored_lines(self) -> tuple[StoredLine, ...]:
        """The lines as the line store keeps them."""
        quoted = {line.line_no: line for line in self.quote.lines}
        return tuple(
            StoredLine(
                line_no=line.line_no,
                code=line.code,
                article_id=line.article.article_id if line.article else None,
                article_class=line.article.article_class if line.article else ArticleClass.UNKNOWN,
                quantity=line.quantity,
                amount_minor=quoted[line.line_no].amount_minor,
                points=quoted[line.line_no].points,
                tax_rate_bp=line.tax_rate_bp,
            )
            for line in self.basket.lines
        )

    def facts(self, sealed_member: bytes) -> str:
        """What the rules read, as JSON, kept with the ticket: simulation then needs no lines (DESIGN 11).

        `sealed_member`: the facts of the member, under the member's key (`MemberFactsService.seal`).
        Only lines of everyday classes are told apart; all others are one sum, for what somebody takes as
        medicine must be found in the line store alone.
        """
        articles = {line.line_no: line.article for line in self.basket.lines}
        told: list[list[str | int]] = []
        others = [0, 0, 0]
        for line in self.quote.lines:
            article = articles[line.line_no]
            if article is not None and article.article_class in _EVERYDAY:
                counts = [line.quantity, line.amount_minor, line.points]
                told.append([article.article_class._value_, article.brand, article.range, *counts])
            else:
                others = [others[0] + 1, others[1] + line.amount_minor, others[2] + line.points]
        facts: dict[str, object] = {
            "local_day": self.basket.local_day.isoformat(),
            "local_time": self.basket.local_time,
            "country": self.basket.country,
            "eligible_minor": self.quote.eligible_minor,
            "everyday": told,
            "others": others,
            "member": sealed_member,
        }
        if self.earns_minor is not None:
            facts["earns_minor"] = self.earns_minor
        return msgspec.json.encode(facts).decode()

    def warning_views(self) -> list[api_sales.WarningView]:
        """The remarks in words; the lines, where they can still be read, name their articles."""
        articles: dict[int | None, str] = {
            line.line_no: f"the article {line.code}" for line in self.basket.lines
        }
        return [
            api_sales.WarningView(
                code=remark.code,
                line_no=remark.line_no,
                detail=_WARNINGS[remark.code].format(
                    line_no=remark.line_no,
                    article=articles.get(remark.line_no, "the article"),
                    points=remark.promised_points,
                    rule=remark.rule_id,
                    amount=remark.amount,
                    till=_money(remark.till_minor, self.basket.currency),
                    total=_money(remark.total_minor, self.basket.currency),
                ),
            )
            for remark in self.remarks
        ]

    def line_views(self, why: Sequence[StoredWhy] = ()) -> list[api_sales.QuotedLineView]:
        """The lines as answers show them; reasons that were kept (`why`) are not decided again."""
        kept = {line.line_no: line.reasons for line in why}
        prices = {
            line.line_no: line.article.price_minor if line.article else None for line in self.basket.lines
        }
        return [
            api_sales.QuotedLineView(
                line_no=line.line_no,
                code=line.code,
                quantity=line.quantity,
                price_minor=prices[line.line_no],
                amount_minor=line.amount_minor,
                points=line.points,
                reasons=reason_views(kept.get(line.line_no, line.reasons)),
            )
            for line in self.quote.lines
        ]


def _money(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{currency} {format_minor(minor, scale_of(currency))}"


class TermsService:
    """Decides terms. Reads articles; writes nothing."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._zones = context.zones
        self._known = context.known
        self._member_facts = MemberFactsService(context)

    async def decide(
        self,
        group: Group,
        shop: ShopRow,
        body: api_sales.BasketBody,
        *,
        at_ms: int,
        programme: Programme,
        member: MemberRow | None,
        usage: UsageSource,
        presented: tuple[VoucherStands, ...] = (),
        member_facts: MemberFacts | None = None,
        earns_minor: int | None = None,
    ) -> Terms:
        """Price and judge a basket as of `at_ms`, under one version of the programme and a usage of limits.

        `member_facts`: those a quote stands on; left out, they are read. `earns_minor`: see `quote_basket`.
        Raises: CurrencyMismatch, ArticleNotPriced, and what `quote_basket` raises.
        """
        if body.currency != group.row.currency:
            raise CurrencyMismatch(currency=body.currency, group_currency=group.row.currency)
        codes = list(dict.fromkeys(line.code for line in body.lines))
        articles = await self._known.find_articles(group.row.group_id, codes, at_ms)
        places = (shop.country, group.row.country)
        lines = tuple(_basket_line(line, articles.get(line.code), places) for line in body.lines)
        zone = await self._zones.get(shop.time_zone)
        discount = _discount(body)
        if member is None:
            member_facts = NOTHING_READ
        elif member_facts is None:
            member_facts = await self._member_facts.read(
                member, programme.member_facts, at_ms=at_ms, zone=zone
            )
        basket = _basket(shop, zone, at_ms, body.currency, lines, discount)
        possible = possible_claims(
            basket,
            programme,
            is_member=member is not None,
            member_facts=member_facts.values,
            vouchers=vouchers_for(presented),
        )
        used = await usage.of(basket, possible)
        return _decided(
            shop,
            zone,
            programme,
            at_ms,
            basket,
            is_member=member is not None,
            member_facts=member_facts,
            usage=used,
            presented=presented,
            earns_minor=earns_minor,
        )

    async def recall(
        self,
        shop: ShopRow,
        stored: tuple[StoredLine, ...],
        *,
        at_ms: int,
        programme: Programme,
        currency: str,
        is_member: bool,
        member_facts: MemberFacts,
    ) -> Terms:
        """The terms of recorded lines again, to explain them: classes and points are those recorded."""
        codes = list(dict.fromkeys(line.code for line in stored))
        articles = await self._store.find_articles_by_code(shop.group_id, codes, at_ms)
        lines = tuple(
            BasketLine(
                line_no=line.line_no,
                code=line.code,
                article=_recalled_facts(line, articles.get(line.code)),
                quantity=line.quantity,
                amount_minor=line.amount_minor,
                tax_rate_bp=line.tax_rate_bp,
            )
            for line in stored
        )
        zone = await self._zones.get(shop.time_zone)
        terms = _decided(
            shop,
            zone,
            programme,
            at_ms,
            _basket(shop, zone, at_ms, currency, lines),
            is_member=is_member,
            member_facts=member_facts,
        )
        points = {line.line_no: line.points for line in stored}
        amounts = {line.line_no: line.amount_minor for line in stored}
        quoted = tuple(
            replace(line, points=points[line.line_no], amount_minor=amounts[line.line_no])
            for line in terms.quote.lines
        )
        return replace(terms, quote=replace(terms.quote, lines=quoted, points=sum(points.values())))


def recorded_basket(
    shop: ShopRow,
    zone: tzinfo,
    stored: Sequence[StoredLine],
    *,
    articles: Mapping[str, ArticleRow | None],
    sent_minor: Mapping[int, int],
    at_ms: int,
    currency: str,
) -> Basket:
    """A recorded ticket as a basket again, at what the till asked for (`sent_minor` by line, where known)."""
    lines = tuple(
        BasketLine(
            line_no=line.line_no,
            code=line.code,
            article=_recalled_facts(line, articles.get(line.code)),
            quantity=line.quantity,
            amount_minor=sent_minor.get(line.line_no, line.amount_minor),
            tax_rate_bp=line.tax_rate_bp,
        )
        for line in stored
    )
    return _basket(shop, zone, at_ms, currency, lines)


def _discount(body: api_sales.BasketBody) -> ManualDiscount | None:
    told = body.discount
    return None if told is None else ManualDiscount(told.off_minor, told.role, told.reason)


def _basket(
    shop: ShopRow,
    zone: tzinfo,
    at_ms: int,
    currency: str,
    lines: tuple[BasketLine, ...],
    discount: ManualDiscount | None = None,
) -> Basket:
    moment = local_moment(at_ms, zone)
    return Basket(
        lines=lines,
        currency=currency,
        shop_id=shop.shop_id,
        country=shop.country,
        local_day=moment.date(),
        local_time=time_of_day(moment),
        discount=discount,
    )


def _decided(
    shop: ShopRow,
    zone: tzinfo,
    programme: Programme,
    at_ms: int,
    basket: Basket,
    *,
    is_member: bool,
    member_facts: MemberFacts,
    usage: Mapping[str, int] = NO_USAGE,
    presented: tuple[VoucherStands, ...] = (),
    earns_minor: int | None = None,
) -> Terms:
    return Terms(
        shop=shop,
        zone=zone,
        programme=programme,
        at_ms=at_ms,
        basket=basket,
        quote=quote_basket(
            basket,
            programme,
            is_member=is_member,
            member_facts=member_facts.values,
            usage=usage,
            vouchers=vouchers_for(presented),
            earns_minor=earns_minor,
        ),
        usage=usage,
        remarks=remarks_of(basket),
        presented=presented,
        member_facts=member_facts,
        earns_minor=earns_minor,
    )


def remarks_of(basket: Basket) -> tuple[Remark, ...]:
    """What has to be said of lines that earn nothing because nothing is known of them."""
    return tuple([_remark(line) for line in basket.lines if _class_of(line) is ArticleClass.UNKNOWN])


def _basket_line(line: api_sales.LineBody, row: ArticleRow | None, places: tuple[str, str]) -> BasketLine:
    """A line with what is known of its article; `places`: the shop's country, and the group's."""
    facts = _facts(row, class_in(row, *places)) if row else None
    amount_minor = line.amount_minor
    if amount_minor is None:
        if facts is None or facts.price_minor is None:
            raise ArticleNotPriced(line_no=line.line_no, article=line.code)
        amount_minor = facts.price_minor * line.quantity
    tax_rate_bp = line.tax_rate_bp
    if tax_rate_bp is None and row is not None:
        tax_rate_bp = row.tax_rate_bp
    return BasketLine(line.line_no, line.code, facts, line.quantity, amount_minor, tax_rate_bp)


def _facts(row: ArticleRow, article_class: ArticleClass) -> ArticleFacts:
    return ArticleFacts(
        article_id=row.article_id,
        article_class=article_class,
        brand=row.brand,
        range=row.range,
        price_minor=row.price_minor,
    )


def _recalled_facts(line: StoredLine, row: ArticleRow | None) -> ArticleFacts | None:
    if line.article_id is None:
        return None
    article_class = ArticleClass(line.article_class)
    return _facts(row, article_class) if row else ArticleFacts(line.article_id, article_class)


def _class_of(line: BasketLine) -> ArticleClass:
    return line.article.article_class if line.article else ArticleClass.UNKNOWN


def _remark(line: BasketLine) -> Remark:
    code = UNKNOWN_ARTICLE if line.article is None else UNCLASSIFIED_ARTICLE
    return Remark(code=code, line_no=line.line_no)
