"""A ticket that stands on no quote: does it cost what the till asked for?

Whoever quotes first charges what the quote says. A ticket without one may have been paid before central took
a promotion or a price of its own off it: that is said to till, member and head office, never passed over.
"""

from collections.abc import Sequence

from central.services.tickets.terms import PRICE_DIFFERS, Remark, Terms
from wire import api_sales


def price_remark(body: api_sales.SaleBody, terms: Terms) -> list[Remark]:
    """What to say where the till's total and central's differ; nothing where the ticket stands on a quote.

    What the till asked for itself is not a difference: its manual discount, the vouchers it presented. A till
    that leaves a line's price to central has asked for nothing.
    """
    if body.quote_id is not None or body.reservation_id is not None:
        return []
    if body.told is not None and body.told.before_payment:
        return []
    if any(line.amount_minor is None for line in body.basket.lines):
        return []
    asked_off_minor = terms.basket.discount.off_minor if terms.basket.discount is not None else 0
    asked_off_minor += sum(voucher.used_minor for voucher in terms.quote.vouchers)
    till_minor = sum(line.amount_minor for line in terms.basket.lines) - asked_off_minor
    if till_minor == terms.quote.total_minor:
        return []
    return [Remark(code=PRICE_DIFFERS, till_minor=till_minor, total_minor=terms.quote.total_minor)]


def till_total_of(remarks: Sequence[Remark]) -> int | None:
    """What the till asked for, where it differs from what the ticket counts."""
    return next((remark.till_minor for remark in remarks if remark.code == PRICE_DIFFERS), None)
