"""The recount of reservations: what they keep of limits, budgets, vouchers and points, and until when."""

from dataclasses import replace

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation import offers
from tools.simulation.asked import Reservation
from tools.simulation.facts_returned import Returned
from tools.simulation.fold import need
from tools.simulation.gauges import Place


class Promised(Returned):
    """Facts of reservations."""

    @staticmethod
    def uses_of_promise(ticket: it.Ticket) -> dict[Place, int]:
        """What a reservation keeps of limits."""
        assert ticket.quoted is not None
        day = it.local_day(ticket.quoted.at_ms)
        found: dict[Place, int] = {}
        for offer in offers.OFFERS:
            if ticket.quoted.given.get(offer.rule_id, 0):
                found |= {place: 1 for place, _ in count.limits_of(offer, ticket, day)}
        if ticket.off_minor:
            found[count.counter_of("discount", ticket.shop_id, day)] = ticket.off_minor
        return found

    @staticmethod
    def budgets_of_promise(ticket: it.Ticket) -> dict[str, int]:
        """What a reservation keeps of budgets, by rule."""
        assert ticket.quoted is not None
        given = ticket.quoted.given
        return {
            offer.rule_id: given[offer.rule_id]
            for offer in offers.OFFERS
            if offer.budget is not None and given.get(offer.rule_id, 0)
        }

    @classmethod
    def holds_of(cls, reservation_id: str, asked: Reservation) -> dict[str, tuple[str, int]]:
        """The holds a reservation must make: what account, how much."""
        ticket = asked.ticket
        assert ticket.quoted is not None
        holds: dict[str, tuple[str, int]] = {
            f"{reservation_id}/budget/{rule_id}": (f"campaign/{rule_id}/budget", amount)
            for rule_id, amount in cls.budgets_of_promise(ticket).items()
        }
        for voucher_id, used in ticket.quoted.used:
            if used:
                holds[f"{reservation_id}/voucher/{voucher_id}"] = (voucher_id, 1)
        for number, (account, amount) in enumerate(ticket.tenders, start=1):
            holds[f"{reservation_id}/tender/{number}"] = (account, amount)
        if asked.points:
            holds[reservation_id] = (f"member/{ticket.member_id}/points", asked.points)
        return holds

    def reservation(self, reservation_id: str) -> None:
        """A reservation was made. Raises: Violation."""
        state = self._state
        asked = self._asked.reservations.get(reservation_id)
        need(asked is not None, "8 authority", "nobody asked to reserve", reservation_id)
        assert asked is not None
        need(reservation_id not in state.reserved, "3 duplicate", "reserved twice", reservation_id)
        state.reserved.add(reservation_id)
        wanted = self.holds_of(reservation_id, asked)
        found = {hold.hold_id for hold in state.holds.values() if hold.cause_id == reservation_id}
        need(found == wanted.keys(), "1 conservation", "what a reservation keeps:", found, wanted)
        asked = replace(asked, ticket=state.living(asked.ticket))
        uses = self._rows.held_uses(reservation_id)
        right = self.uses_of_promise(asked.ticket)
        need(uses == right, "1 conservation", "limits a reservation keeps:", reservation_id, uses, right)
        for place, amount in right.items():
            state.gauges[place].move(self._commit, held=amount)
        for rule_id, amount in self.budgets_of_promise(asked.ticket).items():
            state.gauges[count.budget_of(offers.BY_RULE[rule_id])].move(self._commit, held=amount)
        self._end_promise(reservation_id)  # the clock leapt while it was decided: made and ended in one batch

    def released(self, reservation_id: str) -> None:
        """Somebody let a reservation go: nothing of it is kept any more. Raises: Violation."""
        state = self._state
        need(reservation_id in self._asked.let_go, "8 authority", "nobody let go:", reservation_id)
        is_sold = reservation_id in state.taken_by
        need(not is_sold, "8 authority", "a reservation that was paid was let go:", reservation_id)
        for hold in state.holds.values():
            if hold.cause_id == reservation_id:
                is_free = hold.state != "pending" and not hold.posted
                need(is_free, "1 conservation", "let go and still held:", hold.hold_id, hold.state)
        kept = self._rows.held_uses(reservation_id, is_open=True)
        need(not kept, "1 conservation", "let go and still counted:", reservation_id, kept)
        self.free_promise(reservation_id, self._asked.reservations[reservation_id], is_loose=True)

    def free_promise(self, reservation_id: str, asked: Reservation, *, is_loose: bool) -> None:
        """What a reservation kept of limits and budgets is free again."""
        if reservation_id in self._state.freed or reservation_id not in self._state.reserved:
            return
        self._state.freed[reservation_id] = self._commit
        places = dict(self.uses_of_promise(self._state.living(asked.ticket)))
        for rule_id, amount in self.budgets_of_promise(asked.ticket).items():
            places[count.budget_of(offers.BY_RULE[rule_id])] = amount
        for place, amount in places.items():
            gauge = self._state.gauges[place]
            if is_loose:
                gauge.loose += amount
            gauge.move(self._commit, held=-amount)

    def ended_promises(self) -> None:
        """Reservations that ended by themselves in this batch: what they kept is free. Read before facts."""
        for reservation_id in sorted(self._state.reserved - self._state.freed.keys()):
            self._end_promise(reservation_id)

    def _end_promise(self, reservation_id: str) -> None:
        asked = self._asked.reservations[reservation_id]
        if not self.uses_of_promise(asked.ticket) and not self.budgets_of_promise(asked.ticket):
            return
        if self._rows.reserved_until(reservation_id) > self._now_ms:
            return
        holds = [hold for hold in self._state.holds.values() if hold.cause_id == reservation_id]
        is_expired = any(hold.state == "expired" for hold in holds)
        is_taken = self._rows.sale_under(reservation_id) is not None
        if not holds and not is_taken and not self._rows.held_uses(reservation_id, is_open=True):
            is_expired = True
        if is_expired:
            self.free_promise(reservation_id, asked, is_loose=True)
