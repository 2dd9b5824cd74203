"""From a pricing vector to a quote."""

from datetime import date
from typing import Any

from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine, ManualDiscount
from loyalty.pricing.quote import Quote, Reason, Voucher, quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import parse_programme


def basket_of(document: dict[str, Any]) -> Basket:
    """A basket; a line without an article's id gets one of its own."""
    lines = tuple(
        BasketLine(
            line_no=no,
            code=f"code{no}",
            article=ArticleFacts(
                article_id=line.get("article", f"article{no}"),
                article_class=ArticleClass(line["class"]),
                brand=line.get("brand", ""),
                range=line.get("range", ""),
                price_minor=line.get("price_minor"),
            ),
            quantity=line["quantity"],
            amount_minor=line["amount_minor"],
            tax_rate_bp=line.get("tax_rate_bp"),
        )
        for no, line in enumerate(document["lines"], start=1)
    )
    return Basket(
        lines=lines,
        currency=document["currency"],
        shop_id=document.get("shop", "shop"),
        country=document["country"],
        local_day=date.fromisoformat(document["day"]),
        local_time=document.get("time"),
        discount=ManualDiscount(**document["discount"]) if "discount" in document else None,
    )


def quote_of(case: dict[str, Any]) -> Quote:
    """The quote of a case; `member` null: nobody is identified."""
    member = case["member"]
    facts = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in (member or {}).items()
    }
    return quote_basket(
        basket_of(case["basket"]),
        parse_programme(case["programme"], ruleset_version=1),
        is_member=member is not None,
        member_facts=facts,
        vouchers=[Voucher(**each) for each in case.get("vouchers", ())],
        usage=case.get("usage", {}),
    )


def acts_of(quote: Quote) -> list[list[str | int]]:
    """What each act of a rule did, in order: stage, rule, code, lines, amount, points, factor, class."""
    acts: dict[tuple[int, str, str, str], list[Reason]] = {}
    for line in quote.lines:
        for reason in line.reasons:
            key = (reason.step, reason.rule_id, reason.code, reason.article_class)
            acts.setdefault(key, []).append(reason)
    return [
        [
            told[0].stage,
            told[0].rule_id,
            told[0].code,
            len(told),
            sum(reason.amount_minor for reason in told),
            sum(reason.points for reason in told),
            told[0].times_bp,
            told[0].article_class,
        ]
        for _, told in sorted(acts.items())
    ]
