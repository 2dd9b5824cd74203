"""Counting a simulation: what a draft gives on each ticket, beside the rules of today."""

from collections import defaultdict
from dataclasses import dataclass, field

from loyalty.pricing.basket import Basket
from loyalty.pricing.outcome import Promise, ReasonCode
from loyalty.pricing.quote import Quote, quote_basket
from loyalty.programme.member_facts import MemberFactValues
from loyalty.programme.programme import Programme, worth_minor
from loyalty.rules.effects import NextPurchaseVoucher, PointsSponsor
from loyalty.rules.kinds import RuleKind
from wire import api_value


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTicket:
    """A recorded ticket as the rules see it: what the till asked for, whose it is, what was known."""

    shop_id: str
    member_id: str | None
    basket: Basket
    member_facts: MemberFactValues


@dataclass(slots=True)
class _Given:
    """What a ticket gives: points, minor units off, vouchers and their face value."""

    points: int = 0
    discount_minor: int = 0
    vouchers: int = 0
    vouchers_minor: int = 0


@dataclass(slots=True)
class _Sum(_Given):
    tickets: int = 0
    winners: set[str] = field(default_factory=set)
    undecided: int = 0

    def add(self, given: _Given, member_id: str | None) -> None:
        self.points += given.points
        self.discount_minor += given.discount_minor
        self.vouchers += given.vouchers
        self.vouchers_minor += given.vouchers_minor
        if given.points or given.discount_minor or given.vouchers:
            self.tickets += 1
            if member_id is not None:
                self.winners.add(member_id)

    def cost_minor(self, programme: Programme) -> int:
        return self.discount_minor + worth_minor(programme, self.points) + self.vouchers_minor

    def view(self, programme: Programme) -> api_value.OutcomeView:
        return api_value.OutcomeView(
            points=self.points,
            discount_minor=self.discount_minor,
            cost_minor=self.cost_minor(programme),
            winners=len(self.winners),
            tickets_with_benefit=self.tickets,
            vouchers=self.vouchers,
            vouchers_minor=self.vouchers_minor,
        )


class Tally:
    """One simulation in the making. Pure: tickets in, sums out; the quotes come from the real code path."""

    def __init__(self, draft: Programme, today: Programme) -> None:
        self._draft = _Side(draft)
        self._today = _Side(today)
        self.tickets = 0
        self.lines = 0
        self.skipped = 0
        self.members: set[str] = set()
        self.changed = 0
        self.better = 0
        self.worse = 0
        self.stacked = 0
        self.undecided = 0
        self._shops: dict[str, int] = defaultdict(int)
        self._tiers: dict[str, int] = defaultdict(int)
        self._rules: dict[tuple[str, int], _Sum] = {
            (rule.rule_id, rule.version): _Sum()
            for rule in draft.rules
            if rule.kind in (RuleKind.PRICE, RuleKind.PROMOTION, RuleKind.CAMPAIGN)
        }

    def add(self, ticket: RecordedTicket) -> None:
        """Quote a ticket under both rule sets and count."""
        drafted = self._draft.quote(ticket)
        actual = self._today.quote(ticket)
        self.tickets += 1
        self.lines += len(drafted.lines)
        self._shops[ticket.shop_id] += 1
        if ticket.member_id is not None:
            self.members.add(ticket.member_id)
            self._tiers[_tier_of(ticket)] += 1
        if (drafted.points, drafted.total_minor) != (actual.points, actual.total_minor):
            self.changed += 1
            gain = self._draft.benefit(drafted) - self._today.benefit(actual)
            self.better += gain > 0
            self.worse += gain < 0
        self._count_rules(drafted, ticket.member_id)

    def _count_rules(self, quote: Quote, member_id: str | None) -> None:
        given: dict[tuple[str, int], _Given] = defaultdict(_Given)
        unknown: set[tuple[str, int]] = set()
        is_stacked = False
        for line in quote.lines:
            rules = set()
            for reason in line.reasons:
                key = (reason.rule_id, reason.rule_version)
                if reason.code == ReasonCode.RULE_UNKNOWN:
                    unknown.add(key)
                if reason.points or reason.amount_minor:
                    rules.add(key)
                    given[key].points += reason.points
                    given[key].discount_minor -= reason.amount_minor
            is_stacked = is_stacked or len(rules) > 1
        self.stacked += is_stacked
        self.undecided += bool(unknown)
        for promise in quote.promises:
            _add_promise(given[promise.rule_id, promise.rule_version], promise)
        for key, each in given.items():
            self._rules.setdefault(key, _Sum()).add(each, member_id)
        for key in unknown & self._rules.keys():
            self._rules[key].undecided += 1

    def outcomes(self) -> tuple[api_value.OutcomeView, api_value.OutcomeView]:
        """The draft's, and that of today."""
        return self._draft.total.view(self._draft.programme), self._today.total.view(self._today.programme)

    def shops(self, limit: int) -> list[api_value.ShopOutcomeView]:
        """Shops, those with most tickets first."""
        by_tickets = sorted(self._shops.items(), key=lambda item: (-item[1], item[0]))
        return [
            api_value.ShopOutcomeView(
                shop_id=shop_id,
                tickets=tickets,
                draft=self._draft.shops[shop_id].view(self._draft.programme),
                today=self._today.shops[shop_id].view(self._today.programme),
            )
            for shop_id, tickets in by_tickets[:limit]
        ]

    def tiers(self) -> list[api_value.TierOutcomeView]:
        """Tickets of members by tier, in the tiers' alphabetical order."""
        return [
            api_value.TierOutcomeView(
                tier=tier,
                tickets=tickets,
                draft=self._draft.tiers[tier].view(self._draft.programme),
                today=self._today.tiers[tier].view(self._today.programme),
            )
            for tier, tickets in sorted(self._tiers.items())
        ]

    def rules(self, limit: int) -> list[api_value.RuleOutcomeView]:
        """All rules of the draft that can give something, the costliest first."""
        programme = self._draft.programme
        ranked = sorted(self._rules.items(), key=lambda item: (-item[1].cost_minor(programme), item[0]))
        return [
            api_value.RuleOutcomeView(
                rule_id=rule_id,
                rule_version=version,
                tickets=each.tickets,
                winners=len(each.winners),
                points=each.points,
                discount_minor=each.discount_minor,
                vouchers=each.vouchers,
                vouchers_minor=each.vouchers_minor,
                undecided=each.undecided,
            )
            for (rule_id, version), each in ranked[:limit]
        ]


def _tier_of(ticket: RecordedTicket) -> str:
    return str(ticket.member_facts.get("member.tier") or "")


def _add_promise(given: _Given, promise: Promise) -> None:
    """Points of the sponsors of buyers and vouchers are a cost, and no benefit of this very ticket."""
    if isinstance(promise.effect, PointsSponsor):
        given.points += promise.effect.sponsor_points
    elif isinstance(promise.effect, NextPurchaseVoucher):
        given.vouchers += 1
        given.vouchers_minor += promise.effect.worth_minor


class _Side:
    """One rule set over all tickets, with the limits and budgets it uses up on the way."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.total = _Sum()
        self.shops: dict[str, _Sum] = defaultdict(_Sum)
        self.tiers: dict[str, _Sum] = defaultdict(_Sum)
        self._used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def quote(self, ticket: RecordedTicket) -> Quote:
        owners = {"group": "", "shop": f"shop/{ticket.shop_id}", "member": f"member/{ticket.member_id}"}
        usage: dict[str, int] = {}
        for owner in owners.values():
            usage |= self._used.get(owner, {})
        quote = quote_basket(
            ticket.basket,
            self.programme,
            is_member=ticket.member_id is not None,
            member_facts=ticket.member_facts,
            usage=usage,
        )
        for claim in quote.claims:
            self._used[owners[claim.per.value]][claim.key] += claim.amount
        given = _Given(quote.points, sum(line.sent_minor - line.amount_minor for line in quote.lines))
        for promise in quote.promises:
            _add_promise(given, promise)
        self.total.add(given, ticket.member_id)
        self.shops[ticket.shop_id].add(given, ticket.member_id)
        if ticket.member_id is not None:
            self.tiers[_tier_of(ticket)].add(given, ticket.member_id)
        return quote

    def benefit(self, quote: Quote) -> int:
        """What a ticket gives its member, in a measure of its own: discounts, and points at their worth."""
        step = self.programme.voucher_step
        points, worth = (1, 0) if step is None else (step.points, step.worth_minor)
        discount = sum(line.sent_minor - line.amount_minor for line in quote.lines)
        return (discount * points + quote.points * max(1, worth)) * 1000 // points
