"""Whether terms that are decided again come out as they were quoted."""

import hashlib

import msgspec

from central.services.tickets.quote_ids import QuotedTerms
from central.services.tickets.terms import Terms
from loyalty.errors import Trouble
from loyalty.money import MoneyError
from loyalty.pricing.quote import Quote


class QuoteChanged(MoneyError):
    """The basket would not come out as quoted any more."""

    code = "quote_changed"
    trouble = Trouble.CONFLICT
    text = (
        "Articles, limits or budgets changed since the quote: it would now be {total_minor} and {points}"
        " points. Ask for a new quote."
    )


def extras_of(quote: Quote) -> bytes:
    """What a quote promises beside money and points, as a short digest."""
    if not (quote.promises or quote.gifts or quote.vouchers):
        return b""
    told = [
        [[each.rule_id, each.rule_version, each.effect.name.value] for each in quote.promises],
        [[each.rule_id, each.article_id, each.quantity] for each in quote.gifts],
        [[each.voucher_id, each.used_minor] for each in quote.vouchers],
    ]
    return hashlib.sha256(msgspec.json.encode(told)).digest()[:8]


def is_same(terms: Terms, quoted: QuotedTerms) -> bool:
    """Whether money, points and all else that was promised come out the same."""
    came_out = (terms.quote.total_minor, terms.quote.points, extras_of(terms.quote))
    return came_out == (quoted.total_minor, quoted.points, quoted.extras)


def require_same(terms: Terms, quoted: QuotedTerms) -> None:
    """Refuse terms that come out otherwise than quoted. Raises: QuoteChanged."""
    if not is_same(terms, quoted):
        raise QuoteChanged(
            total_minor=terms.quote.total_minor, points=terms.quote.points, currency=terms.basket.currency
        )
