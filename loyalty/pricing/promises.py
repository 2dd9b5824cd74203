"""What rules promise: which lines may, by law, lead to it, and its worth."""

from collections.abc import Sequence

from loyalty.pricing.ticket import Ticket
from loyalty.programme.compliance import LegalAct
from loyalty.rules.effects import ContestEntry, Datum, NextPurchaseVoucher, PointsSponsor
from loyalty.rules.rule import Rule


def lawful_lines(effect: Datum, rule: Rule, ticket: Ticket, ats: Sequence[int]) -> list[int]:
    """The lines, among those a rule reaches, on which it may promise this; none: it promises nothing.

    A voucher tied to products needs lines that may trigger one; a voucher for the size of a ticket needs
    lines that count toward a threshold. The same goes for contests.
    """
    act = promise_act(effect, rule)
    return [at for at in ats if ticket.judge(at, act).is_allowed]


def promise_act(effect: Datum, rule: Rule) -> LegalAct:
    """What the law is asked about a line that shall lead to this promise."""
    match effect:
        case NextPurchaseVoucher():
            return LegalAct.COUPON_TRIGGER if rule.is_product_bound else LegalAct.COUNTS_TOWARD_THRESHOLD
        case ContestEntry():
            return LegalAct.BE_IN_A_CONTEST if rule.is_product_bound else LegalAct.COUNTS_TOWARD_THRESHOLD
        case PointsSponsor():
            return LegalAct.EARN


def worth_minor(effect: Datum) -> int:
    """What a promise is worth in money: a voucher its worth; entries and points nothing."""
    return effect.worth_minor if isinstance(effect, NextPurchaseVoucher) else 0
