"""What a replayed ticket gives: points, money off, vouchers; and sums of that."""

from dataclasses import dataclass, field

from loyalty.pricing.basket import Basket
from loyalty.pricing.outcome import Promise
from loyalty.programme.member_facts import MemberFactValues
from loyalty.programme.programme import Programme, worth_minor
from loyalty.rules.effects import NextPurchaseVoucher, PointsSponsor
from wire import api_value


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTicket:
    """A recorded ticket as the rules see it: what the till asked for, whose it is, what was known."""

    shop_id: str
    member_id: str | None
    at_ms: int
    basket: Basket
    member_facts: MemberFactValues
    earns_minor: int | None = None

    @property
    def tier(self) -> str:
        """The member's tier as it was known with the ticket; empty: none, or not known."""
        return str(self.member_facts.get("member.tier") or "")


@dataclass(slots=True)
class Benefits:
    """What is given: points, minor units off, vouchers and their face value."""

    points: int = 0
    discount_minor: int = 0
    vouchers: int = 0
    vouchers_minor: int = 0

    def promise(self, promise: Promise) -> None:
        """Points of the sponsors of buyers and vouchers are a cost, and no benefit of this very ticket."""
        if isinstance(promise.effect, PointsSponsor):
            self.points += promise.effect.sponsor_points
        elif isinstance(promise.effect, NextPurchaseVoucher):
            self.vouchers += 1
            self.vouchers_minor += promise.effect.worth_minor


@dataclass(slots=True)
class BenefitSum(Benefits):
    """Benefits of many tickets, and who has them."""

    tickets: int = 0
    winners: set[str] = field(default_factory=set)

    def add(self, given: Benefits, member_id: str | None) -> None:
        """Count one ticket's."""
        self.points += given.points
        self.discount_minor += given.discount_minor
        self.vouchers += given.vouchers
        self.vouchers_minor += given.vouchers_minor
        if given.points or given.discount_minor or given.vouchers:
            self.tickets += 1
            if member_id is not None:
                self.winners.add(member_id)

    def points_minor(self, programme: Programme) -> int | None:
        """The points in money; None where the programme does not say what they are worth."""
        return None if programme.voucher_step is None else worth_minor(programme, self.points)

    def cost_minor(self, programme: Programme) -> int:
        """What it costs in money, points that have no worth left out."""
        return self.discount_minor + (self.points_minor(programme) or 0) + self.vouchers_minor

    def view(self, programme: Programme) -> api_value.OutcomeView:
        """For the API."""
        return api_value.OutcomeView(
            points=self.points,
            points_minor=self.points_minor(programme),
            discount_minor=self.discount_minor,
            cost_minor=self.cost_minor(programme),
            winners=len(self.winners),
            tickets_with_benefit=self.tickets,
            vouchers=self.vouchers,
            vouchers_minor=self.vouchers_minor,
        )
