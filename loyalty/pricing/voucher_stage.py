"""Vouchers the customer presents, and cash rounding: after promotions, before points."""

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.pricing import units
from loyalty.pricing.kept_off import KeptOff, of_voucher
from loyalty.pricing.outcome import PipelineStage, Reason, ReasonCode, UsedVoucher, Voucher
from loyalty.pricing.ticket import Ticket, open_stage
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct
from loyalty.rules.effect_names import DeniedAct

_VOUCHER_VERSION = 1


def redeem(ticket: Ticket) -> None:
    """Take presented vouchers off the lines the law lets them reach, in the order they were presented."""
    ticket.stage = PipelineStage.VOUCHER
    kept = KeptOff(ticket, LegalAct.REDEEM_ON)
    for voucher in ticket.asked.vouchers:
        ticket.step += 1
        ticket.used_vouchers.append(UsedVoucher(voucher.voucher_id, _redeem_one(voucher, ticket, kept)))
    kept.tell()


def _redeem_one(voucher: Voucher, ticket: Ticket, kept: KeptOff) -> int:
    stage = open_stage(ticket, LegalAct.REDEEM_ON, DeniedAct.VOUCHER)
    counted = stage.facts.head["basket.total_minor"]
    assert isinstance(counted, int)
    name = f"voucher.{voucher.definition}"
    good_for = [at for at in range(len(ticket.lines)) if _is_good_for(voucher, ticket, at)]
    of_voucher(kept, stage, name, good_for, voucher.min_total_minor - counted)
    if counted < voucher.min_total_minor:
        return 0
    values = {at: ticket.amounts[at] for at in good_for if stage.verdicts[at].is_allowed}
    total = sum(values.values())
    off = min(voucher.worth_minor + total * voucher.rate_bp // RATE_BP_MAX, total)
    ticket.amounts = list(ticket.amounts)
    code, of_stage = ReasonCode.VOUCHER.value, ticket.stage.value
    for at, share in units.split(off, values).items():
        if share:
            ticket.amounts[at] -= share
            ticket.reasons[at].append(
                Reason(
                    name,
                    _VOUCHER_VERSION,
                    code,
                    amount_minor=-share,
                    stage=of_stage,
                    step=ticket.step,
                )
            )
    return off


def _is_good_for(voucher: Voucher, ticket: Ticket, at: int) -> bool:
    article = ticket.lines[at].article
    known = ArticleClass.UNKNOWN if article is None else article.article_class
    return not voucher.redeem_on or known.value in voucher.redeem_on


def cash_total(total_minor: int, smallest_minor: int) -> int:
    """What a total (>= 0) costs in cash: the nearest multiple of the smallest coin, a half goes up."""
    return (2 * total_minor + smallest_minor) // (2 * smallest_minor) * smallest_minor
