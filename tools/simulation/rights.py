"""Whether what central says is right: what a quote promises, and each refusal, by the recount's own books.

Central may have decided at any moment since it was asked: what stood at one of them makes an answer right.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.books import Books
from tools.simulation.fold import need
from tools.simulation.gauges import NOTHING_OWN, Own

VOUCHER_CODES: Final = frozenset(
    {"voucher_of_another", "voucher_taken_back", "voucher_used", "voucher_expired", "voucher_held"}
)


class Rights:
    """Judges by the books as they stand when an answer is told."""

    def __init__(self, books: Books, asked: Asked, now_ms: Callable[[], int]) -> None:
        self._books = books
        self._asked = asked
        self._now_ms = now_ms

    # Quotes -------------------------------------------------------------------------------------------------

    def promised(
        self, view: Mapping[str, Any], ticket: it.Ticket, at_ms: int, since: int, *, own: Own = NOTHING_OWN
    ) -> it.Quoted:
        """What a quote says that each offer gives. `own`: kept by the reservation whose place it takes.

        Raises: Violation: it cannot be.
        """
        told: dict[str, int] = {}
        for line in view["lines"]:
            for reason in line["reasons"]:
                amount = reason["points"] - reason["amount_minor"]
                told[reason["rule_id"]] = told.get(reason["rule_id"], 0) + amount
        given = {offer.rule_id: told.get(offer.rule_id, 0) for offer in offers.OFFERS}
        theirs = self._theirs(ticket, since)
        asker = next((each for each in theirs if offers.whole_of(offers.FRIEND, each)), theirs[0])
        priced = offers.reckon(asker, given, ticket.vouchers)
        found = (view["total_minor"], view["points"])
        right = (priced.total_minor, priced.total_points)
        need(found == right, "8 authority", "a quote promises", found, "instead of", right, given)
        by_line = [(line["amount_minor"], line["points"]) for line in view["lines"]]
        is_same = by_line == list(zip(priced.amounts, priced.points, strict=True))
        need(is_same, "8 authority", "a quote's lines:", by_line, priced)
        for offer in offers.OFFERS:
            amounts = self._amounts(offer, ticket, at_ms, since, own)
            if not offer.is_price and not any(
                amount
                for line, amount in zip(ticket.lines, priced.amounts, strict=True)
                if line.code == offer.code
            ):
                amounts = {0}
            is_possible = given[offer.rule_id] in amounts
            need(is_possible, "8 authority", "a quote gives", offer.rule_id, given[offer.rule_id], amounts)
        self._require_discount(ticket, given)
        for voucher_id in ticket.vouchers:
            is_good = self._is_good(voucher_id, ticket, at_ms, since)
            need(is_good, "8 authority", "a quote takes a bad voucher:", voucher_id)
        used = tuple((each, sum(shares)) for each, shares in priced.vouchers.items())
        return it.Quoted(at_ms=at_ms, given=given, used=used)

    def _amounts(
        self, offer: offers.Offer, ticket: it.Ticket, at_ms: int, since: int, own: Own = NOTHING_OWN
    ) -> set[int]:
        if offer is not offers.THIRD:
            gauges = self._books.state.gauges
            theirs = self._theirs(ticket, since)
            return set().union(*(count.possible(gauges, offer, each, at_ms, since, own) for each in theirs))
        whole = offers.whole_of(offer, ticket)
        if not whole or ticket.member_id is None:
            return {0}
        visits = self._books.visits_since(ticket.member_id, since)
        return {0 if visit % offers.THIRD_EVERY else whole for visit in visits}

    def _theirs(self, ticket: it.Ticket, since: int) -> list[it.Ticket]:
        """The ticket as whose it was when it may have been decided."""
        if ticket.member_id is None:
            return [ticket]
        return [
            replace(ticket, member_id=each) for each in self._books.state.who_since(ticket.member_id, since)
        ]

    def _require_discount(self, ticket: it.Ticket, given: Mapping[str, int]) -> None:
        if ticket.off_minor:
            free = offers.gross(ticket, it.FREE) - given[offers.TEA.rule_id] - given[offers.OIL.rule_id]
            is_within = ticket.off_minor <= free * offers.COUNTER_RATE_BP // 10_000
            need(is_within, "8 authority", "the counter takes off too much", ticket.off_minor, free)

    def _is_good(self, voucher_id: str, ticket: it.Ticket, at_ms: int, since: int) -> bool:
        voucher = self._books.state.vouchers[voucher_id]
        was_there = any(remaining > held for remaining, held in voucher.values(since))
        is_theirs = voucher.member_id is None or self._books.state.of_one(voucher.member_id, ticket.member_id)
        return was_there and is_theirs and at_ms < voucher.expires_ms

    # Refusals -----------------------------------------------------------------------------------------------

    def may_refuse_basket(
        self, code: str, ticket: it.Ticket, since: int, asked_ms: int | None = None
    ) -> bool:
        """Whether a basket may be refused with this code. `asked_ms`: where the moment is central's."""
        if code == "latitude_exceeded":
            return self._exceeds_latitude(ticket, self._moments(ticket, asked_ms), since)
        if code == "nothing_to_discount":
            return bool(ticket.off_minor) and not self._least_free(ticket, before_counter=True)
        if code == "blocked_card":
            return ticket.member_id in self._books.state.erased
        if code in VOUCHER_CODES:
            return any(self._may_refuse_voucher(code, each, ticket, since) for each in ticket.vouchers)
        return False

    def _moments(self, ticket: it.Ticket, asked_ms: int | None) -> set[int]:
        """When the basket may stand for: what a clock put into the future is dated as it is decided."""
        own_ms = ticket.quoted.at_ms if ticket.quoted else ticket.occurred_ms
        found = {each for each in (own_ms, asked_ms) if each is not None}
        key = (ticket.shop_id, ticket.business_key)
        return found or {self._asked.at_ms[key], self._now_ms()}

    def may_refuse_sale(self, code: str, ticket: it.Ticket, since: int) -> bool:
        """Whether a sale may be refused with this code."""
        if ticket.reservation_id is not None:  # paid under a reservation: never refused for value
            return code == "reservation_used" and self._is_taken(ticket)
        if code == "balance_too_low":
            return bool(ticket.redeem) and self.lacks(ticket.member_id, ticket.redeem or 0, since)
        if code == "redeeming_too_much":
            worth = (ticket.redeem or 0) // it.STEP_POINTS * it.STEP_WORTH_MINOR
            return worth > self._least_free(ticket)
        if code == "quote_changed" and ticket.quoted is not None:
            return self.has_changed(ticket, since)
        return self.may_refuse_basket(code, ticket, since)

    def may_refuse_tenders(self, code: str, ticket: it.Ticket, since: int) -> bool:
        """Whether a ticket that stored value is to pay may be refused with this code."""
        state = self._books.state
        if code == "stored_value_too_low":
            tenders = ticket.tenders
            return any(
                free < amount for account, amount in tenders for free, _ in state.stored_since(account, since)
            )
        if code == "tender_too_much":
            paid = sum(amount for _, amount in ticket.tenders)
            worth = (ticket.redeem or 0) // it.STEP_POINTS * it.STEP_WORTH_MINOR
            return paid > sum(line.amount_minor for line in ticket.lines) - worth
        return self.may_refuse_sale(code, ticket, since)

    def may_refuse_top_up(self, code: str, member_id: str, amount: int, since: int, asked_ms: int) -> bool:
        """Whether more may not be paid into a purse: for what it holds, or for what was paid in on a day."""
        state, account = self._books.state, it.purse_of(member_id)
        if code == "purse_ceiling":
            stood = state.stored_since(account, since)
            return any(balance + amount > it.PURSE_MAX_MINOR for _, balance in stood)
        moments = (asked_ms, self._now_ms())
        people = state.who_since(member_id, since)
        most = max(state.gauges.most(partial(count.top_up_of, each), moments, since) for each in people)
        return code == "top_up_day_limit" and most + amount > it.PURSE_PER_DAY_MINOR

    def _is_taken(self, ticket: it.Ticket) -> bool:
        sale_id = self._books.state.taken_by.get(ticket.reservation_id or "")
        return sale_id not in (None, ticket.sale_id)

    def has_changed(self, ticket: it.Ticket, since: int) -> bool:
        """Whether limits or budgets would let an offer give something else than was quoted."""
        assert ticket.quoted is not None
        given, at_ms = ticket.quoted.given, ticket.quoted.at_ms
        limited = (offer for offer in offers.OFFERS if offer is not offers.THIRD)
        return any(
            amount != given[offer.rule_id]
            for offer in limited
            for amount in self._amounts(offer, ticket, at_ms, since)
        )

    def lacks(
        self, member_id: str | None, points: int, since: int, *, owing: bool = True, move_id: str = ""
    ) -> bool:
        """Whether a member ever had less to spend than that; `owing`: what is owed is kept back.

        `move_id`: the act itself; what it took is no reason to refuse its repeat.
        """
        assert member_id is not None
        until = self._books.state.booked_at.get(move_id)
        stood = self._books.spendable_since(member_id, since, self._now_ms(), until)
        return any(free - (owed if owing else 0) < points for free, owed in stood)

    def may_refuse_return(self, code: str, sale_id: str, lines: tuple[tuple[int, int], ...], _: int) -> bool:
        """Units are gone that somebody else brought back, or that were never sold."""
        sold = self._books.state.sold[sale_id]
        if code == "lines_erased":  # nothing leads to them any more
            return sold.ticket.member_id in self._books.state.erased
        units = {line.line_no: line.quantity for line in sold.ticket.lines}
        if code == "sale_line_not_found":
            return any(number not in units for number, _ in lines)
        exceeds = any(sold.returned[number] + much > units.get(number, 0) for number, much in lines)
        return code == "return_exceeds_sale" and exceeds

    def are_strangers(self, one: str, other: str, since: int) -> bool:
        """Whether two members ever did not live together; a record that was merged lives nowhere."""
        state = self._books.state
        return other in state.merged or False in state.lived_together(one, other, since)

    def exceeds_goodwill(self, shop_id: str, points: int, since: int, asked_ms: int) -> bool:
        """Whether the counter had less left to give, on any day since it was asked."""
        place_of = partial(count.counter_of, "points", shop_id)
        most = self._books.state.gauges.most(place_of, (asked_ms, self._now_ms()), since)
        return points > offers.GOODWILL_POINTS or points + most > offers.GOODWILL_PER_DAY

    def _exceeds_latitude(self, ticket: it.Ticket, moments: set[int], since: int) -> bool:
        by_rate = self._least_free(ticket, before_counter=True) * offers.COUNTER_RATE_BP // 10_000
        place_of = partial(count.counter_of, "discount", ticket.shop_id)
        most = self._books.state.gauges.most(place_of, moments, since)
        return ticket.off_minor > min(by_rate, offers.COUNTER_PER_DAY - most)

    def _least_free(self, ticket: it.Ticket, *, before_counter: bool = False) -> int:
        """What at least remains of lines that may be paid with points, whatever offers take off."""
        off = offers.whole_of(offers.TEA, ticket) + offers.whole_of(offers.OIL, ticket)
        if not before_counter:
            off += ticket.off_minor + offers.THANKS_WORTH_MINOR * len(ticket.vouchers)
        return max(0, offers.gross(ticket, it.FREE) - off)

    def _may_refuse_voucher(self, code: str, voucher_id: str, ticket: it.Ticket, since: int) -> bool:
        voucher = self._books.state.vouchers[voucher_id]
        at_ms = self._now_ms() if ticket.occurred_ms is None else ticket.occurred_ms
        if code == "voucher_of_another":
            theirs = [each.member_id for each in self._theirs(ticket, since)]
            return voucher.member_id is not None and voucher.member_id != theirs[0]
        if code == "voucher_taken_back":
            return voucher.taken_back is not None
        if code == "voucher_expired":
            return at_ms >= voucher.expires_ms
        stood = voucher.values(since)
        if code == "voucher_used":
            return any(not remaining for remaining, _ in stood)
        return any(held for _, held in stood)
