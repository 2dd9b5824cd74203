"""Counting a simulation: what a draft gives on each ticket, beside the rules of today."""

from collections import defaultdict
from collections.abc import Mapping

from central.services.drafts.tally_rules import RuleTally
from central.services.drafts.ticket_benefits import Benefits, BenefitSum, RecordedTicket
from loyalty.pricing.quote import Quote, quote_basket
from loyalty.programme.programme import Programme
from wire import api_value


class Tally:
    """One simulation in the making. Pure: tickets in, sums out; the quotes come from the real code path."""

    def __init__(self, draft: Programme, today: Programme) -> None:
        self._draft = _Side(draft)
        self._today = _Side(today)
        self.rules = RuleTally(draft)
        self.tickets = 0
        self.lines = 0
        self.skipped = 0
        self.members: set[str] = set()
        self.changed = 0
        self.better = 0
        self.worse = 0
        self._shops: dict[str, int] = defaultdict(int)
        self._tiers: dict[str, int] = defaultdict(int)

    def add(self, ticket: RecordedTicket) -> None:
        """Quote a ticket under both rule sets and count."""
        usage = self._draft.usage(ticket)
        drafted = self._draft.add(ticket, usage)
        actual = self._today.add(ticket, self._today.usage(ticket))
        self.tickets += 1
        self.lines += len(drafted.lines)
        self._shops[ticket.shop_id] += 1
        if ticket.member_id is not None:
            self.members.add(ticket.member_id)
            self._tiers[ticket.tier] += 1
        if (drafted.points, drafted.total_minor) != (actual.points, actual.total_minor):
            gain = self._gain(drafted, actual)
            self.changed += 1
            self.better += gain > 0
            self.worse += gain < 0
        self.rules.add(drafted, ticket, lambda programme: _quote(ticket, programme, usage))

    def _gain(self, drafted: Quote, actual: Quote) -> int:
        """Above 0 where the member comes out better, below 0 where worse, 0 where neither can be said.

        Points and money are weighed by what each programme says its points are worth. Where one does not
        say, more of the one and less of the other is neither better nor worse.
        """
        off_minor = actual.total_minor - drafted.total_minor
        own, other = self._draft.programme.voucher_step, self._today.programme.voucher_step
        if own is not None and other is not None:
            points = drafted.points * own.worth_minor * other.points
            return (
                off_minor * own.points * other.points
                + points
                - actual.points * other.worth_minor * own.points
            )
        more = drafted.points - actual.points
        return off_minor + more if off_minor * more >= 0 else 0

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


class _Side:
    """One rule set over all tickets, with the limits and budgets it uses up on the way."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.total = BenefitSum()
        self.shops: dict[str, BenefitSum] = defaultdict(BenefitSum)
        self.tiers: dict[str, BenefitSum] = defaultdict(BenefitSum)
        self._used: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def usage(self, ticket: RecordedTicket) -> Mapping[str, int]:
        """What the tickets before this one used of the limits and budgets that it may meet."""
        usage: dict[str, int] = {}
        for owner in _owners(ticket).values():
            usage |= self._used.get(owner, {})
        return usage

    def add(self, ticket: RecordedTicket, usage: Mapping[str, int]) -> Quote:
        """Quote a ticket and count what it gives."""
        quote = _quote(ticket, self.programme, usage)
        owners = _owners(ticket)
        for claim in quote.claims:
            self._used[owners[claim.per.value]][claim.key] += claim.amount
        given = Benefits(quote.points, sum(line.sent_minor - line.amount_minor for line in quote.lines))
        for promise in quote.promises:
            given.promise(promise)
        self.total.add(given, ticket.member_id)
        self.shops[ticket.shop_id].add(given, ticket.member_id)
        if ticket.member_id is not None:
            self.tiers[ticket.tier].add(given, ticket.member_id)
        return quote


def _owners(ticket: RecordedTicket) -> dict[str, str]:
    """Whose count each scope of a limit is."""
    return {"group": "", "shop": f"shop/{ticket.shop_id}", "member": f"member/{ticket.member_id}"}


def _quote(ticket: RecordedTicket, programme: Programme, usage: Mapping[str, int]) -> Quote:
    return quote_basket(
        ticket.basket,
        programme,
        is_member=ticket.member_id is not None,
        member_facts=ticket.member_facts,
        usage=usage,
        earns_minor=ticket.earns_minor,
    )
