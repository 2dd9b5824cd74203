"""The recount of returns: what comes back undoes its share of everything the sale moved."""

from collections.abc import Mapping

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.facts_erased import remember_return
from tools.simulation.fold import Back, Sold, State, need
from tools.simulation.rows import Rows


class Returned:
    """Reads one fact at a time, in the order of their events. `commit`: the number of the one being read."""

    def __init__(self, state: State, asked: Asked, rows: Rows, *, commit: int, now_ms: int) -> None:
        self._state = state
        self._asked = asked
        self._rows = rows
        self._commit = commit
        self._now_ms = now_ms

    def return_(self, return_id: str) -> Back:
        """Goods came back. Raises: Violation."""
        state, asked_all = self._state, self._asked
        row = self._rows.row_of("sale_return", "return_id", return_id)
        assert row is not None
        remember_return(asked_all, self._rows, row, self._now_ms)
        need(return_id not in state.back, "3 duplicate", "a return has two events", return_id)
        key = (row["shop_id"], row["business_key"])
        asked = asked_all.returns.get(key)
        need(asked is not None, "8 authority", "nobody reported the return", key)
        assert asked is not None
        sold = state.sold.get(row["sale_id"])
        need(sold is not None, "3 duplicate", "a return without its sale", key)
        assert sold is not None
        ticket = sold.ticket
        is_its_sale = asked.sale_key == (ticket.shop_id, ticket.business_key)
        need(is_its_sale, "8 authority", "a return of another sale", key)
        is_in_time = asked_all.at_ms[key] <= row["recorded_ms"] <= self._now_ms
        need(is_in_time, "7 clock", "a return's moment", key)
        units = asked.lines or tuple((line.line_no, line.quantity) for line in ticket.lines)
        was_back = sold.is_back
        before = dict(sold.returned)
        total, points, restored, shares = self._shares(sold, units, key)
        self.require_theirs(row["member_id"], ticket.member_id, "a return of another member", key)
        found = (row["total_minor"], row["points"], row["points_restored"])
        right = (total, points, restored)
        need(found == right, "1 conservation", "a return undoes", key, found, "instead of", right)
        is_last = sold.is_back and not was_back
        back = Back(
            row["sale_id"],
            row,
            points,
            restored,
            budgets=self._budgets_back(sold, shares, is_last),
            ended=set(),
            again=set(),
            takes_from_sponsor=is_last and sold.sponsor is not None,
        )
        back.tenders = self._tenders_back(sold, units, before, return_id, restored)
        if is_last:
            for place, amount in sold.uses.items():
                state.gauges[place].move(self._commit, used=-amount)
            sold.uses = {}
        self._count_back(sold, total)
        self._vouchers_back(sold, back, return_id)
        if restored:
            state.wanted.add(("restoration", f"{return_id}/restoration"))
        if back.budgets:
            state.wanted.add(("budget_return", f"{return_id}/budget"))
        state.back[return_id] = back
        return back

    def require_theirs(self, found: str | None, right: str | None, *told: object) -> None:
        """Rows are read when the batch is over: who is merged within it stands there as who they are then."""
        merged = self._rows.merged() if found != right else {}
        is_right = found == right or (right is not None and found == merged.get(right))
        need(is_right, "8 authority", *map(str, told), found, right)

    def _shares(
        self, sold: Sold, units: tuple[tuple[int, int], ...], key: tuple[str, str]
    ) -> tuple[int, int, int, dict[str, int]]:
        """Money, points earned, points that paid, and what rules gave on the units that come back."""
        total = points = 0
        lines = {line.line_no: (at, line) for at, line in enumerate(sold.ticket.lines)}
        by_rule: dict[str, int] = {}
        for line_no, quantity in units:
            (at, line), before = lines[line_no], sold.returned[line_no]
            fits = before + quantity <= line.quantity
            need(fits, "3 duplicate", "more came back than was sold", key, line_no)
            total += it.share(sold.line_amounts[line_no], line.quantity, before, quantity)
            points += it.share(sold.line_points[line_no], line.quantity, before, quantity)
            sold.restored_due += it.share(sold.line_redeemed[line_no], line.quantity, before, quantity)
            for rule_id, shares in sold.priced.given.items():
                part = it.share(shares[at], line.quantity, before, quantity)
                by_rule[rule_id] = by_rule.get(rule_id, 0) + part
            sold.returned[line_no] += quantity
        return total, points, self._fitting(sold, total), by_rule

    def _fitting(self, sold: Sold, price: int) -> int:
        """Points that come back: one after the other, as long as they are worth no more than the goods."""
        redeemed = sold.row["points_redeemed"]
        paid = redeemed // it.STEP_POINTS * it.STEP_WORTH_MINOR
        paid = min(paid, sum(sold.line_amounts.values()))
        found, wanted = 0, sold.restored_due - sold.restored
        while found < wanted and it.share(paid, redeemed, sold.restored, found + 1) <= price:
            found += 1
        return found

    def _tenders_back(
        self,
        sold: Sold,
        units: tuple[tuple[int, int], ...],
        before: Mapping[int, int],
        return_id: str,
        restored: int,
    ) -> dict[str, int]:
        """What each tender gets: its part of the lines, the first ones what whole points leave of theirs."""
        lines = {line.line_no: line for line in sold.ticket.lines}
        planned = [0] * (len(sold.tenders) + 2)
        for line_no, quantity in units if sold.tender_left else ():
            line, left = lines[line_no], sold.tender_left[line_no]
            total = it.share(sold.line_amounts[line_no], line.quantity, before.get(line_no, 0), quantity)
            parts = it.split(total, left)
            sold.tender_left[line_no] = [rest - part for rest, part in zip(left, parts, strict=True)]
            planned = [one + part for one, part in zip(planned, parts, strict=True)]
        found: dict[str, int] = {}
        due = self._due(sold, planned, sold.restored + restored)
        for at, ((account, _), amount) in enumerate(zip(sold.tenders, due, strict=True)):
            sold.tenders_back[at] += amount
            if amount:
                found[account] = found.get(account, 0) + amount
        if found:
            self._state.wanted.add(("tender_return", f"{return_id}/tenders"))
        if sold.is_back:
            paid = [amount for _, amount in sold.tenders]
            is_whole = sold.tenders_back == paid
            need(is_whole, "1 conservation", "not all came back:", return_id, sold.tenders_back, paid)
        return found

    def _due(self, sold: Sold, planned: list[int], points: int) -> list[int]:
        """Centime by centime: each tender up to its part, then what is over, in their order.

        `points`: all that are restored with this return.
        """
        lines = {line.line_no: line.quantity for line in sold.ticket.lines}
        redeemed = sold.row["points_redeemed"]
        worth = redeemed // it.STEP_POINTS * it.STEP_WORTH_MINOR
        kept = worth - (it.share(worth, redeemed, 0, points) if redeemed else 0)
        # What of the ticket's money must be with the shop afterwards, beside what points still pay there.
        left = sum(
            sold.line_amounts[no] - it.share(sold.line_amounts[no], lines[no], 0, sold.returned[no])
            for no in lines
        )
        stays = left - kept
        rests = [paid - back for (_, paid), back in zip(sold.tenders, sold.tenders_back, strict=True)]
        other = self._other_left(sold)
        coming = sum(rests) + other - stays
        due = [min(part, rest) for part, rest in zip(planned[1:-1], rests, strict=True)]
        over = coming - sum(due) - max(0, min(planned[-1], other))
        for at in range(len(due)):
            while over > 0 and due[at] < rests[at]:
                due[at], over = due[at] + 1, over - 1
            while over < 0 and due[at]:
                due[at], over = due[at] - 1, over + 1
        sold.other_back += coming - sum(due)
        return due

    def _other_left(self, sold: Sold) -> int:
        worth: int = sold.row["points_redeemed"] // it.STEP_POINTS * it.STEP_WORTH_MINOR
        paid: int = sum(sold.line_amounts.values()) - worth - sum(amount for _, amount in sold.tenders)
        return paid - sold.other_back

    def _budgets_back(self, sold: Sold, shares: Mapping[str, int], is_last: bool) -> dict[str, int]:
        """What each budget gets: the share of the units; the last gives all that is left."""
        found = {}
        for rule_id, left in sold.budgets.items():
            back = left if is_last else min(left, shares.get(rule_id, 0))
            if back:
                found[rule_id] = back
                sold.budgets[rule_id] -= back
                place = count.budget_of(offers.BY_RULE[rule_id])
                self._state.gauges[place].move(self._commit, used=-back)
        return found

    def _count_back(self, sold: Sold, total: int) -> None:
        """A ticket of which all the money, or all the goods, came back is no visit any more."""
        member_id = sold.ticket.member_id
        if member_id is None:
            return
        paid = sold.priced.total_minor
        sold_back = sum(
            it.share(sold.line_amounts[line.line_no], line.quantity, 0, sold.returned[line.line_no])
            for line in sold.ticket.lines
        )
        if sold_back >= paid > sold_back - total:
            log = self._state.back_of[member_id]
            log.append((self._commit, log[-1][1] + 1))

    def _vouchers_back(self, sold: Sold, back: Back, return_id: str) -> None:
        state, sale_id = self._state, back.sale_id
        for voucher in self._rows.vouchers_of(sale_id):
            voucher_id = voucher["voucher_id"]
            spoke = [line.amount_minor if line.code in it.FREE else 0 for line in sold.ticket.lines]
            known = state.vouchers[voucher_id]
            if known.taken_back is None and sold.are_back(spoke):
                known.taken_back = return_id
                back.ended.add(voucher_id)
            right = (known.taken_back, voucher["taken_back"])
            is_later = voucher["taken_back"] is not None and known.taken_back is None
            need(right[0] == right[1] or is_later, "8 authority", "a voucher's end:", voucher_id, right)
        for voucher_id, is_good in sold.used.items():
            shares = sold.priced.vouchers[voucher_id]
            if not is_good and sold.are_back(shares) and state.vouchers[voucher_id].taken_back is None:
                sold.used[voucher_id] = True
                back.again.add(voucher_id)
        found = self._rows.vouchers_restored(sale_id, return_id)
        need(found == back.again, "1 conservation", "vouchers made good again:", return_id, found, back.again)
        if back.again:
            state.wanted.add(("voucher_return", f"{return_id}/vouchers"))
