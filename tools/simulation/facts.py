"""The recount of facts: what was recorded, held against what was asked and what is possible."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation import offers
from tools.simulation.asked import Reservation
from tools.simulation.facts_erased import FORGOTTEN, remember_sale
from tools.simulation.facts_paid import Paid
from tools.simulation.fold import Sold, Voucher, need
from tools.simulation.gauges import Place
from tools.simulation.offers import Priced

AHEAD_MAX_MS: Final = 300_000
"""Clocks differ by so much; a ticket further ahead is dated anew or refused."""
FREE, PROMISED, LIVE, LATE = "free", "promised", "live", "late"
"""What a sale stands on: nothing, a quote, a live reservation, one that has ended."""


class Facts(Paid):
    """Reads one fact at a time, in the order of their events."""

    # Sales --------------------------------------------------------------------------------------------------

    def sale(self, sale_id: str) -> dict[str, Any]:
        """A sale was recorded; its row. Raises: Violation."""
        state, asked = self._state, self._asked
        row = self._rows.row_of("sale", "sale_id", sale_id)
        need(row is not None, "5 journal", "an event without its sale", sale_id)
        assert row is not None
        remember_sale(asked, self._rows, row, self._now_ms)
        need(sale_id not in state.sold, "3 duplicate", "a sale has two events", sale_id)
        key = (row["shop_id"], row["business_key"])
        ticket = asked.tickets.get(key)
        need(ticket is not None, "8 authority", "nobody reported the sale", key)
        assert ticket is not None
        ticket = self._standing(state.living(ticket))
        is_its_id = ticket.sale_id in (None, sale_id)
        need(is_its_id, "3 duplicate", "another id for the sale", ticket.sale_id, sale_id)
        self.require_theirs(row["member_id"], ticket.member_id, "a sale of another member", key)
        self._moments(ticket, row)
        self._occurred_ms = row["occurred_ms"]
        modes = self._stands_on(ticket, sale_id)
        sold = None
        for mode in modes:
            sold, told = self._priced(ticket, row, mode)
            if sold is not None:
                break
        need(sold is not None, "8 authority", "a sale is not as reported:", key, told)
        assert sold is not None
        self._redeemed(ticket, row)
        self.tenders_paid(ticket, sold, sale_id)
        self._count_sale(ticket, row, sold, mode)
        state.sold[sale_id] = sold
        return row

    def _standing(self, ticket: it.Ticket) -> it.Ticket:
        """The ticket on what took the place of the reservation that it names."""
        if ticket.reservation_id is None:
            return ticket
        standing = self._rows.standing_of(ticket.reservation_id)
        if standing == ticket.reservation_id:
            return ticket
        quoted = self._asked.reservations[standing].ticket.quoted
        return replace(ticket, reservation_id=standing, quoted=quoted)

    def _moments(self, ticket: it.Ticket, row: dict[str, Any]) -> None:
        key = (ticket.shop_id, ticket.business_key)
        need(row["occurred_ms"] <= self._now_ms + AHEAD_MAX_MS, "7 clock", "a sale of the future", key)
        if ticket.occurred_ms is not None:
            need(row["occurred_ms"] == ticket.occurred_ms, "7 clock", "a sale has another moment", key)
        is_in_time = self._asked.at_ms[key] <= row["recorded_ms"] <= self._now_ms
        need(is_in_time, "7 clock", "a sale's moment of record", key)
        right = row["occurred_ms"] if ticket.quoted is None else ticket.quoted.at_ms
        need(
            row["as_of_ms"] == right,
            "7 clock",
            "a sale stands for another moment",
            key,
            row["as_of_ms"],
            right,
        )

    def _stands_on(self, ticket: it.Ticket, sale_id: str) -> list[str]:
        """What the sale may stand on."""
        state = self._state
        if ticket.quoted is None:
            return [FREE]
        if ticket.reservation_id is None:
            return [PROMISED]
        asked = self._asked.reservations.get(ticket.reservation_id)
        need(asked is not None, "8 authority", "nobody reserved", ticket.reservation_id)
        assert asked is not None
        is_known = ticket.reservation_id in state.reserved
        need(is_known, "8 authority", "a sale under no reservation:", ticket.reservation_id)
        kept = [
            hold.hold_id
            for hold in state.holds.values()
            if hold.cause_id == ticket.reservation_id and hold.state == "pending"
        ]
        need(not kept, "1 conservation", "paid, and something is kept all the same:", sale_id, kept)
        other = state.taken_by.setdefault(ticket.reservation_id, sale_id)
        need(other == sale_id, "3 duplicate", "two sales took one reservation", ticket.reservation_id)
        return self._modes(ticket.reservation_id, asked)

    def _modes(self, reservation_id: str, asked: Reservation) -> list[str]:
        """Whether the reservation still kept all it had promised; both, where that is not known."""
        state = self._state
        holds = [  # points and tenders beside them change no terms
            hold
            for hold in state.holds.values()
            if hold.cause_id == reservation_id
            and hold.hold_id != reservation_id
            and not hold.hold_id.startswith(f"{reservation_id}/tender/")
        ]
        keeps_limits = bool(self.uses_of_promise(asked.ticket))
        if not holds and not keeps_limits:
            return [LIVE]
        if holds:
            return [LATE] if any(hold.state == "expired" for hold in holds) else [LIVE]
        if state.freed.get(reservation_id, self._commit) < self._commit:
            return [LATE]
        is_over = self._rows.reserved_until(reservation_id) <= self._now_ms
        return [LIVE, LATE] if is_over else [LIVE]

    def _priced(
        self, ticket: it.Ticket, row: dict[str, Any], mode: str
    ) -> tuple[Sold | None, tuple[Any, ...]]:
        """The sale as it may have come out under `mode`; None, and why, if it cannot."""
        key = (ticket.shop_id, ticket.business_key)
        limits, budgets = self._rows.uses(row["sale_id"])
        day = it.local_day(row["as_of_ms"])
        since = self._asked.since[key]
        used = tuple(ticket.vouchers)
        told: tuple[Any, ...] = ()
        for third in sorted(self._thirds(ticket, since)):
            given = self._observed(ticket, mode, limits, budgets, third, day)
            priced = offers.reckon(ticket, given, used)
            found = (row["total_minor"], row["points"])
            right = (priced.total_minor, priced.total_points)
            told = (mode, "found", found, "right", right, dict(given))
            if found != right:
                continue
            told = self._unlikely(ticket, mode, given, priced, row["as_of_ms"], since)
            if told:
                return None, told
            self._require_uses(ticket, mode, priced, limits, budgets, day)
            return self._sold(ticket, row, priced, budgets), ()
        return None, told

    def _thirds(self, ticket: it.Ticket, since: int) -> set[int]:
        """What the offer for every third visit may have given."""
        whole = offers.whole_of(offers.THIRD, ticket)
        if not whole or ticket.member_id is None:
            return {0}
        if ticket.quoted is not None:
            return {ticket.quoted.given.get(offers.THIRD.rule_id, 0)}
        most = self._state.tickets_of[ticket.member_id]
        least = most - self._state.promised_now[ticket.member_id]
        visits = {
            tickets - back + 1
            for tickets in range(least, most + 1)
            for back in self._state.returned_of(ticket.member_id, since)
        }
        return {0 if visit % offers.THIRD_EVERY else whole for visit in visits}

    def _observed(
        self,
        ticket: it.Ticket,
        mode: str,
        limits: Mapping[Place, int],
        budgets: Mapping[str, int],
        third: int,
        day: Any,
    ) -> dict[str, int]:
        """What each offer gave, as what was taken of limits and budgets says."""
        given = {offers.THIRD.rule_id: third}
        for offer in (offers.TEA, offers.OIL, offers.SOAP, offers.FRIEND):
            if offer.budget is not None:
                given[offer.rule_id] = budgets.get(offer.rule_id, 0)
            else:
                place = count.limits_of(offer, ticket, day)[0][0]
                given[offer.rule_id] = offers.whole_of(offer, ticket) if place in limits else 0
        if mode == LATE:  # the price that was paid stands
            assert ticket.quoted is not None
            for offer in (offers.TEA, offers.OIL):
                given[offer.rule_id] = ticket.quoted.given.get(offer.rule_id, 0)
        return given

    def _unlikely(
        self,
        ticket: it.Ticket,
        mode: str,
        given: Mapping[str, int],
        priced: Priced,
        at_ms: int,
        since: int,
    ) -> tuple[Any, ...]:
        """An offer that gave what it cannot have given, and what it could; nothing if all is well."""
        for offer in (offers.TEA, offers.OIL, offers.SOAP, offers.FRIEND):
            amount = given[offer.rule_id]
            if mode in (PROMISED, LIVE) or (mode == LATE and offer.is_price):
                assert ticket.quoted is not None
                right = {ticket.quoted.given.get(offer.rule_id, 0)}
            else:
                right = count.possible(self._state.gauges, offer, ticket, at_ms, since)
            if not offer.is_price and not _weighs(ticket, priced, offer.code):
                right = {0}
            if amount not in right:
                return mode, offer.rule_id, "gave", amount, "instead of", sorted(right)
        return ()

    def _require_uses(
        self,
        ticket: it.Ticket,
        mode: str,
        priced: Priced,
        limits: Mapping[Place, int],
        budgets: Mapping[str, int],
        day: Any,
    ) -> None:
        """What was taken of limits and budgets is what was given."""
        key = (ticket.shop_id, ticket.business_key)
        right: dict[Place, int] = {}
        for offer in offers.OFFERS:
            given = sum(priced.given.get(offer.rule_id, ()))
            if given:
                right |= {place: 1 for place, _ in count.limits_of(offer, ticket, day)}
            if offer.budget is not None:
                taken = budgets.get(offer.rule_id, 0)
                is_right = taken <= given if mode == LATE and offer.is_price else taken == given
                need(is_right, "1 conservation", "a budget gave", key, offer.rule_id, taken, given)
        right |= self._reward_of(ticket, priced, limits)
        if ticket.off_minor:
            right[count.counter_of("discount", ticket.shop_id, day)] = ticket.off_minor
            off = sum(sum(priced.given.get(offer.rule_id, ())) for offer in (offers.TEA, offers.OIL))
            most = (offers.gross(ticket, it.FREE) - off) * offers.COUNTER_RATE_BP // 10_000
            need(ticket.off_minor <= most, "8 authority", "the counter took off too much", key, most)
        need(dict(limits) == right, "1 conservation", "limits counted", key, dict(limits), "not", right)

    def _reward_of(self, ticket: it.Ticket, priced: Priced, limits: Mapping[Place, int]) -> dict[Place, int]:
        """Whether the sponsor is rewarded: unless the month had all its rewards at some moment since."""
        if not sum(priced.given.get(offers.FRIEND.rule_id, ())):
            return {}
        key, sponsor_id = (ticket.shop_id, ticket.business_key), offers.SPONSORS[ticket.member_id or ""]
        found = [place for place in limits if place[0].startswith("sponsor_rewards/")]
        day = it.local_day(self._occurred_ms)
        place = count.rewards_of(sponsor_id, day)
        stood = self._state.gauges[place].values(self._asked.since[key])
        is_right = min(stood) < offers.REWARDS_PER_MONTH if found else max(stood) >= offers.REWARDS_PER_MONTH
        need(is_right, "8 authority", "a sponsor's reward:", key, found, stood)
        return {place: 1} if found else {}

    def _sold(
        self, ticket: it.Ticket, row: dict[str, Any], priced: Priced, budgets: Mapping[str, int]
    ) -> Sold:
        redeemed = row["points_redeemed"]
        free = [
            amount if line.code in it.FREE else 0
            for line, amount in zip(ticket.lines, priced.amounts, strict=True)
        ]
        key = (ticket.shop_id, ticket.business_key)
        worth = redeemed // it.STEP_POINTS * it.STEP_WORTH_MINOR
        need(worth <= sum(free), "8 authority", "points paid what the law forbids", key, redeemed)
        shares = it.split(redeemed, free)
        numbers = [line.line_no for line in ticket.lines]
        return Sold(
            ticket=ticket,
            row=row,
            priced=priced,
            taken_of_budgets=dict(budgets),
            budgets=dict(budgets),
            line_points=dict(zip(numbers, priced.points, strict=True)),
            line_amounts=dict(zip(numbers, priced.amounts, strict=True)),
            line_redeemed=dict(zip(numbers, shares, strict=True)),
        )

    def _redeemed(self, ticket: it.Ticket, row: dict[str, Any]) -> None:
        key, redeemed = (ticket.shop_id, ticket.business_key), row["points_redeemed"]
        is_asked = ticket.redeem is None or redeemed == ticket.redeem
        need(is_asked, "8 authority", "points redeemed", key, redeemed)
        wanted = self._state.wanted
        if row["points"]:
            wanted.add(("accrual", f"{row['sale_id']}/accrual"))
        if redeemed:
            wanted.add(("redemption", f"{row['sale_id']}/redemption"))

    def _count_sale(self, ticket: it.Ticket, row: dict[str, Any], sold: Sold, mode: str) -> None:
        """Count what it takes and gives; what a live reservation kept for it is free again."""
        state, sale_id = self._state, row["sale_id"]
        gauges, day = state.gauges, it.local_day(row["as_of_ms"])
        if ticket.reservation_id is not None and mode == LIVE:
            asked = self._asked.reservations[ticket.reservation_id]
            self.free_promise(ticket.reservation_id, asked, is_loose=False)
        limits, budgets = self._rows.uses(sale_id)
        sold.uses = dict(limits)
        for place, amount in limits.items():
            gauge, most = gauges[place], count.limit_of(place)
            gauge.move(self._commit, used=amount)
            is_late_price = mode == LATE and not place[0].startswith(
                (offers.SOAP.rule_id, offers.FRIEND.rule_id, "sponsor_rewards/")
            )
            if most is not None and is_late_price:
                gauge.beyond = max(gauge.beyond, gauge.used + gauge.held - most)
        for rule_id, amount in budgets.items():
            gauges[count.budget_of(offers.BY_RULE[rule_id])].move(self._commit, used=amount)
        if budgets:
            state.wanted.add(("budget_use", f"{sale_id}/budget"))
        if ticket.member_id is not None:
            state.tickets_of[ticket.member_id] += 1
            if ticket.quoted is not None:
                state.promised_now[ticket.member_id] += 1
            if any(name.startswith("sponsor_rewards/") for name, _ in limits):
                sold.sponsor = offers.SPONSORS[ticket.member_id]
                state.wanted.add(("sponsorship", f"{sale_id}/sponsor"))
        self._vouchers(ticket, row, sold, mode, day)

    # Vouchers -----------------------------------------------------------------------------------------------

    def _vouchers(self, ticket: it.Ticket, row: dict[str, Any], sold: Sold, mode: str, day: Any) -> None:
        state, sale_id = self._state, row["sale_id"]
        right = {each: sum(shares) for each, shares in sold.priced.vouchers.items() if sum(shares)}
        found = self._rows.voucher_uses(sale_id)
        for voucher_id in right.keys() - found.keys():
            is_gone = mode == LATE and self._was_gone(state.vouchers[voucher_id], ticket)
            need(is_gone, "1 conservation", "a voucher paid and was not used up:", sale_id, voucher_id)
        is_right = all(right.get(each) == amount for each, amount in found.items())
        need(is_right, "1 conservation", "vouchers used:", sale_id, found, right)
        if found:
            state.wanted.add(("voucher_use", f"{sale_id}/vouchers_used"))
        for voucher_id in found:
            voucher = state.vouchers[voucher_id]
            is_theirs = voucher.member_id is None or state.of_one(voucher.member_id, ticket.member_id)
            need(is_theirs, "8 authority", "a voucher of somebody else:", sale_id, voucher_id)
            if mode in (FREE, PROMISED):
                is_open = row["occurred_ms"] < voucher.expires_ms
                need(is_open, "7 clock", "a voucher that had ended:", sale_id, voucher_id)
                is_good = voucher.taken_back is None
                need(is_good, "8 authority", "a voucher that was taken back:", sale_id, voucher_id)
            sold.used[voucher_id] = False
        given = self._rows.vouchers_of(sale_id)
        expected = [f"{sale_id}/1"] if offers.earns_voucher(ticket) else []
        need(
            [each["voucher_id"] for each in given] == expected,
            "8 authority",
            "vouchers given:",
            sale_id,
            given,
        )
        for each in given:
            account = (
                f"member/{ticket.member_id}/vouchers" if ticket.member_id else f"bearer/{sale_id}/vouchers"
            )
            ends_ms = it.midnight_after(day + timedelta(days=offers.THANKS_DAYS))
            self.require_theirs(each["member_id"], ticket.member_id, "a voucher", sale_id)
            is_right = each["member_id"] != ticket.member_id or each["account"] == account
            is_right = is_right and each["worth_minor"] == offers.THANKS_WORTH_MINOR
            need(is_right, "8 authority", "a voucher:", each)
            state.vouchers[each["voucher_id"]] = Voucher(
                each["voucher_id"], ticket.member_id, account, ends_ms, each["lot_id"]
            )
            state.vouchers[each["voucher_id"]].stood.append((self._commit - 1, 0, 0))
            state.wanted.add(("voucher_issue", f"{sale_id}/vouchers"))

    def _was_gone(self, voucher: Voucher, ticket: it.Ticket) -> bool:
        since = self._asked.since[ticket.shop_id, ticket.business_key]
        return any(remaining <= held for remaining, held in voucher.values(since))

    # The rest -----------------------------------------------------------------------------------------------

    def goodwill(self, goodwill_id: str) -> dict[str, Any]:
        """The counter gave points. Raises: Violation."""
        state, asked = self._state, self._asked.goodwill.get(goodwill_id)
        row = self._rows.row_of("goodwill", "goodwill_id", goodwill_id)
        assert row is not None
        need(asked is not None, "8 authority", "nobody asked for goodwill", goodwill_id)
        assert asked is not None
        if row["reason"] == FORGOTTEN:
            row["recorded_ms"] = self._rows.moment_of(goodwill_id)
        need(goodwill_id not in state.goodwill, "3 duplicate", "goodwill has two events", goodwill_id)
        found, right = (row["shop_id"], row["points"]), (asked.shop_id, asked.points)
        need(found == right, "8 authority", "goodwill is not as asked:", goodwill_id, found, right)
        self.require_theirs(row["member_id"], asked.member_id, "goodwill for another", goodwill_id)
        need(row["points"] <= offers.GOODWILL_POINTS, "8 authority", "too much goodwill:", goodwill_id)
        is_in_time = self._asked.at_ms[goodwill_id] <= row["recorded_ms"] <= self._now_ms
        need(is_in_time, "7 clock", "the moment of goodwill", goodwill_id)
        place = count.counter_of("points", row["shop_id"], it.local_day(row["recorded_ms"]))
        state.gauges[place].move(self._commit, used=row["points"])
        state.goodwill[goodwill_id] = row
        state.wanted.add(("goodwill", f"{goodwill_id}/goodwill"))
        return row

    def correction(self, correction_id: str) -> None:
        """Somebody asked for a correction, or decided one."""
        row = self._rows.row_of("correction", "correction_id", correction_id)
        assert row is not None
        self._state.corrections[correction_id] = row
        if row["state"] == "posted":
            self._state.wanted.add(("correction", f"{correction_id}/correction"))

    def move(self, move_id: str) -> dict[str, Any]:
        """A member gave points away. Raises: Violation."""
        row = self._rows.row_of("value_move", "move_id", move_id)
        assert row is not None
        need(move_id not in self._state.moves, "3 duplicate", "a move has two events", move_id)
        self._state.moves[move_id] = row
        self._state.booked_at[move_id] = self._commit
        if row["kind"] == "conversion":
            self._converted(row)
        kind = "conversion" if row["kind"] == "forward" else row["kind"]
        self._state.wanted.add((kind, f"{move_id}/{kind}"))
        return row

    def _converted(self, row: dict[str, Any]) -> None:
        """Points became a voucher of the member's own. Raises: Violation."""
        state, move_id = self._state, row["move_id"]
        (voucher,) = self._rows.vouchers_of(f"conversion/{move_id}")
        member_id = state.who(self._asked.moves[move_id].member_id)
        self.require_theirs(voucher["member_id"], member_id, "a voucher of points", move_id)
        worth = row["amount"] // it.STEP_POINTS * it.STEP_WORTH_MINOR
        need(voucher["worth_minor"] == worth, "1 conservation", "points came to", move_id, voucher)
        day = it.local_day(row["recorded_ms"])
        ends_ms = it.midnight_after(day + timedelta(days=offers.POINTS_DAYS))
        account = f"member/{row['member_id']}/vouchers"
        known = Voucher(voucher["voucher_id"], row["member_id"], account, ends_ms, voucher["lot_id"])
        known.stood.append((self._commit - 1, 0, 0))
        state.vouchers[known.voucher_id] = known

    def household(self, household_id: str) -> None:
        """People moved: who lives there now is as somebody said, and nobody lives in two places."""
        homes = dict(self._rows.homes())
        members = frozenset(member for member, home in homes.items() if home == household_id)
        merged = self._rows.merged()
        said = [
            each | {merged[one] for one in each if one in merged}
            for each in self._asked.households.get(household_id, [])
        ]
        need(
            any(members <= each for each in said),
            "8 authority",
            "nobody said who lives in",
            household_id,
            members,
        )
        self._state.homes.append((self._commit, homes))


def _weighs(ticket: it.Ticket, priced: Priced, code: str) -> bool:
    """Whether lines of an article cost anything in the end."""
    return any(amount for line, amount in zip(ticket.lines, priced.amounts, strict=True) if line.code == code)
