"""Points as a tender: what may be redeemed on a ticket, its hold, and the burn that books it."""

from collections.abc import Sequence
from dataclasses import dataclass

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.services.tickets.replaced import NOTHING_REPLACED, Replaced
from central.services.tickets.terms import Terms
from central.storage.interface.leases import LeaseDraw
from central.storage.interface.rows import StoredLine
from central.storage.interface.value import HoldRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.burn import paid_redemption, redemption
from loyalty.ledger.chart import member_points
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold, HoldState, hold_lots, posted_lots
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import Transaction
from loyalty.limits.ledger import HOLD_LIFETIME_S
from loyalty.money import MoneyError
from loyalty.pricing.apportion import apportion
from loyalty.pricing.basket import BasketLine
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, Verdict, titles_of, verdict
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api_sales


class RedeemingNotOffered(LoyaltyError):
    """The programme gives points no worth."""

    code = "redeeming_not_offered"
    trouble = Trouble.REFUSED
    text = "In this programme points cannot pay. Take another tender."


class RedeemingNotInSteps(LoyaltyError):
    """Points are redeemed in whole steps."""

    code = "redeeming_not_in_steps"
    text = "Points are redeemed in steps of {step}, not {points}. Choose a multiple of {step}."


class RedeemingTooMuch(MoneyError):
    """The points are worth more than what may be paid with them."""

    code = "redeeming_too_much"
    trouble = Trouble.REFUSED
    text = (
        "{points} points are worth {worth_minor}, but only {payable_minor} of this ticket may be paid with"
        " points.{law} Choose fewer points."
    )


class RedeemingNeedsMember(LoyaltyError):
    """Nobody's points cannot pay."""

    code = "redeeming_needs_member"
    text = "Points can only be redeemed with the member's card. Send the holder, or no redeem_points."


class RedeemingExceedsHold(LoyaltyError):
    """More points than were reserved."""

    code = "redeeming_exceeds_hold"
    trouble = Trouble.CONFLICT
    text = "{reserved} points were reserved, not {points}. Redeem at most {reserved}, or reserve again."


@dataclass(frozen=True, slots=True)
class Burned:
    """What a sale books for the points that paid it; `hold_id`, `lease`: the hold or lease it settles."""

    points: int = 0
    transaction: Transaction | None = None
    hold_id: str | None = None
    lease: LeaseDraw | None = None


def payable_minor(terms: Terms) -> list[int]:
    """What of each line may be paid with points by law, minor units, in the order of the lines."""
    amounts = {line.line_no: line.amount_minor for line in terms.quote.lines}
    return [amounts[line.line_no] if _judged(terms, line).is_allowed else 0 for line in terms.basket.lines]


def _judged(terms: Terms, line: BasketLine) -> Verdict:
    """What the law says of paying a line with points."""
    return verdict(terms.basket.country, _class_of(line), LegalAct.REDEEM_ON, terms.basket.local_day)


def _class_of(line: BasketLine) -> ArticleClass:
    return line.article.article_class if line.article else ArticleClass.UNKNOWN


def check_redeemable(actor: Actor, terms: Terms, points: int) -> None:
    """Refuse what the programme or the law does not let points pay.

    Who may read purchase lines is told the classes and the law that names them; both stay off screens that
    others read as well (docs/adr/0010).
    Raises: RedeemingNotOffered, RedeemingNotInSteps, RedeemingTooMuch.
    """
    step = terms.programme.voucher_step
    if step is None:
        raise RedeemingNotOffered
    if points % step.points:
        raise RedeemingNotInSteps(step=step.points, points=points)
    worth, payable = worth_minor(terms.programme, points), sum(payable_minor(terms))
    if worth > payable:
        law = _law_of(terms, names_class=actor.may(access.LINES_READ))
        raise RedeemingTooMuch(
            points=points,
            worth_minor=worth,
            payable_minor=payable,
            currency=terms.basket.currency,
            law=law,
        )


def _law_of(terms: Terms, *, names_class: bool) -> str:
    """Which lines the law keeps from points, as a sentence; for who may know it the classes and sources."""
    kept = [(line, answer) for line in terms.basket.lines if not (answer := _judged(terms, line)).is_allowed]
    if not kept:
        return ""
    numbers = ", ".join(str(line.line_no) for line, _ in kept)
    where = f" By law points may not pay for {'line' if len(kept) == 1 else 'lines'} {numbers}"
    if not names_class:
        return f"{where}."
    told = dict.fromkeys(
        f"{_class_of(line).value}: {'; '.join(titles_of(answer.citation)) or answer.code.value}"
        for line, answer in kept
    )
    return f"{where} ({'. '.join(told)})."


def redeemed_lines(terms: Terms, lines: Sequence[StoredLine], points: int) -> tuple[StoredLine, ...]:
    """The lines with each one's share of the points that paid: a return gives exactly that back."""
    if not points:
        return tuple(lines)
    weights = payable_minor(terms)
    if not sum(weights):  # corrected since it was agreed: what was paid is shared all the same
        weights = [max(1, line.amount_minor) for line in lines]
    shares = apportion(points, weights)
    return tuple(
        StoredLine(
            line_no=line.line_no,
            code=line.code,
            article_id=line.article_id,
            article_class=line.article_class,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            points=line.points,
            points_redeemed=share,
            tax_rate_bp=line.tax_rate_bp,
        )
        for line, share in zip(lines, shares, strict=True)
    )


class Redeeming:
    """Decides holds and burns of a member's points on what stands now."""

    def __init__(self, context: Context, identify: IdentifyService) -> None:
        self._store = context.store
        self._identify = identify

    async def points_of(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, holder: Holder | None, terms: Terms
    ) -> int:
        """How many points pay: those reserved or fewer; without a reservation what the member may redeem.

        Those of a lease were burned in a cut: that has happened.
        Raises: RedeemingNeedsMember, RedeemingExceedsHold, those of `check_redeemable` and of a card.
        """
        if body.lease is not None:
            return body.lease.points
        row = None
        if body.reservation_id is not None:
            row = await self._store.find_reservation(actor.group_id, body.reservation_id)
        reserved = 0 if row is None else row.points_redeemed
        points = reserved if body.redeem_points is None else body.redeem_points
        if not points:
            return 0
        if holder is None or body.holder is None:
            raise RedeemingNeedsMember
        if row is None:
            await self._identify.get_holder_for(
                actor, group, body.holder, Act.REDEEM, body.occurred_ms, amount=points
            )
            check_redeemable(actor, terms, points)
        elif points > reserved:
            raise RedeemingExceedsHold(reserved=reserved, points=points)
        elif points < reserved:
            check_redeemable(actor, terms, points)
        return points

    async def hold(
        self,
        group_id: str,
        member_id: str,
        *,
        reservation_id: str,
        points: int,
        now_ms: int,
        actor: str,
        terminal_id: str | None,
        replaced: Replaced = NOTHING_REPLACED,
    ) -> Hold:
        """The hold of a reservation; what `replaced` holds is free for it. Raises: BalanceTooLow."""
        known = await self._store.find_points(group_id, member_id)
        there = replaced.lots(await self._lots(group_id, member_id))
        lots = hold_lots(there, points, now_ms, points_owed=known.owed)
        return Hold(
            hold_id=reservation_id,
            account=member_points(member_id),
            asset=POINTS,
            amount=points,
            lots=lots,
            cause_id=reservation_id,
            made_ms=now_ms,
            expires_ms=now_ms + HOLD_LIFETIME_S * 1000,
            actor=actor,
            terminal_id=terminal_id,
        )

    async def burn(
        self, group_id: str, head: EntryHead, *, member_id: str, points: int, reservation_id: str | None
    ) -> Burned:
        """What a sale books: under a reservation never refused, otherwise only what the member has.

        A late ticket whose hold has ended draws on what the member has now; the rest is owed.
        Raises: BalanceTooLow: without a reservation.
        """
        hold = None
        if reservation_id is not None:
            hold = await self._store.find_hold(group_id, reservation_id)
        if hold is not None and hold.state == HoldState.PENDING:
            return Burned(points, _posted(head, hold, member_id, points), hold.hold_id)
        if not points:
            return Burned()
        lots = await self._lots(group_id, member_id)
        if hold is not None:
            late = paid_redemption(
                head, member_id=member_id, points=points, kept=(), lots=lots, now_ms=head.recorded_ms
            )
            return Burned(points, late)
        known = await self._store.find_points(group_id, member_id)
        burned = redemption(
            head,
            member_id=member_id,
            points=points,
            lots=lots,
            now_ms=head.recorded_ms,
            points_owed=known.owed,
        )
        return Burned(points, burned)

    async def _lots(self, group_id: str, member_id: str) -> list[Lot]:
        rows = await self._store.list_open_lots(group_id, member_points(member_id), str(POINTS))
        return [lot_of(row) for row in rows]


def _posted(head: EntryHead, hold: HoldRow, member_id: str, points: int) -> Transaction | None:
    if not points:
        return None
    return paid_redemption(head, member_id=member_id, points=points, kept=posted_lots(hold.lots, points))
