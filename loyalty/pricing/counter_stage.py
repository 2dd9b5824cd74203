"""What the counter takes off on its own (P-14): after promotions, before vouchers and points."""

from dataclasses import replace

from loyalty.pricing.basket import Basket
from loyalty.pricing.kept_off import KeptOff
from loyalty.pricing.outcome import Claim, PipelineStage, Reason, ReasonCode
from loyalty.pricing.ticket import Ticket
from loyalty.programme.compliance import LegalAct
from loyalty.programme.latitude import LATITUDE, NO_LATITUDE, Latitudes, discount_key, manual_discount
from loyalty.rules.effect_names import DeniedAct
from loyalty.rules.rule import LimitPer, LimitWindow

_COUNTER_VERSION = 1


def take_off(ticket: Ticket) -> None:
    """Split the counter's discount over the lines that may be discounted, and claim it of the day.

    What the promotions left is what it is a share of. A line that a restriction excludes takes no part.
    Raises: ReasonMissing, NothingToDiscount, LatitudeExceeded.
    """
    basket = ticket.asked.basket
    discount = basket.discount
    if discount is None:
        return
    ticket.stage = PipelineStage.COUNTER
    ticket.step += 1
    denied = ticket.denied.get(DeniedAct.DISCOUNT, {})
    lines = tuple(
        replace(line, amount_minor=0 if at in denied else ticket.amounts[at])
        for at, line in enumerate(ticket.lines)
    )
    latitudes = ticket.asked.programme.latitudes
    key = discount_key(discount.role, basket.local_day)
    shares = manual_discount(
        latitudes,
        replace(basket, lines=lines),
        role=discount.role,
        off_minor=discount.off_minor,
        given_today_minor=ticket.asked.usage.get(key, 0),
        reason=discount.reason,
    )
    ticket.amounts = [amount - share for amount, share in zip(ticket.amounts, shares, strict=True)]
    for at, share in enumerate(shares):
        if share:
            ticket.reasons[at].append(
                Reason(
                    f"{LATITUDE}.{discount.role}",
                    _COUNTER_VERSION,
                    ReasonCode.MANUAL_DISCOUNT.value,
                    citation=discount.reason,
                    amount_minor=-share,
                    stage=ticket.stage.value,
                    step=ticket.step,
                )
            )
    kept = KeptOff(ticket, LegalAct.BE_DISCOUNTED)
    hidden = [at for at, share in enumerate(shares) if not share and _is_hidden(ticket, at)]
    kept.note(kept.act, hidden, f"{LATITUDE}.{discount.role}")
    kept.tell()
    ticket.claims.append(day_claim(basket, latitudes, discount.off_minor))


def _is_hidden(ticket: Ticket, at: int) -> bool:
    """Whether the law or a restriction keeps a discount from a line that costs something."""
    is_lawful = ticket.judge(at, LegalAct.BE_DISCOUNTED).is_allowed
    return bool(ticket.amounts[at]) and not (
        is_lawful and at not in ticket.denied.get(DeniedAct.DISCOUNT, {})
    )


def day_claim(basket: Basket, latitudes: Latitudes, amount: int) -> Claim:
    """What a discount takes of what its role may give in this shop on this day."""
    assert basket.discount is not None
    role = basket.discount.role
    return Claim(
        discount_key(role, basket.local_day),
        LimitPer.SHOP,
        LimitWindow.DAY,
        amount,
        latitudes.get(role, NO_LATITUDE).discount_minor_per_day,
        LATITUDE,
    )
