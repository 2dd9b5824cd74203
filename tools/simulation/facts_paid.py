"""The recount of stored value: cards sold, purses filled, and which part of which line each paid."""

from typing import Any

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation.facts_promised import Promised
from tools.simulation.fold import Sold, need


class Paid(Promised):
    """Facts of gift cards and purses."""

    def tenders_paid(self, ticket: it.Ticket, sold: Sold, sale_id: str) -> None:
        """Each tender paid what was asked of it; a late ticket takes what is there. Shared over the lines."""
        found = [(account, amount) for _, account, amount, _ in self._rows.tenders(sale_id)]
        wanted = [(account, amount) for account, amount in ticket.tenders if amount]
        if found != wanted:
            self._require_short(ticket, dict(found), wanted, sale_id)
        sold.tenders = tuple(found)
        sold.tenders_back = [0] * len(found)
        if not found:
            return
        self._state.wanted.add(("tender", f"{sale_id}/tenders"))
        free = [sold.line_amounts[line.line_no] if line.code in it.FREE else 0 for line in ticket.lines]
        worth = sold.row["points_redeemed"] // it.STEP_POINTS * it.STEP_WORTH_MINOR
        by_points = it.split(worth, free)
        left = [sold.line_amounts[line.line_no] for line in ticket.lines]
        left = [rest - part for rest, part in zip(left, by_points, strict=True)]
        parts = [by_points]
        for _, amount in found:
            parts.append(it.split(amount, left))
            left = [rest - part for rest, part in zip(left, parts[-1], strict=True)]
        for at, line in enumerate(ticket.lines):
            sold.tender_left[line.line_no] = [*(part[at] for part in parts), left[at]]

    def _require_short(
        self, ticket: it.Ticket, found: dict[str, int], wanted: list[tuple[str, int]], sale_id: str
    ) -> None:
        """Less was taken than asked: only where a hold had ended, and no more than lacked."""
        right = dict(wanted)
        need(found.keys() <= right.keys(), "8 authority", "tenders of nobody:", sale_id, found, wanted)
        since = self._asked.since[ticket.shop_id, ticket.business_key]
        for account, amount in wanted:
            paid = found.get(account, 0)
            holds = [
                hold
                for hold in self._state.holds.values()
                if hold.cause_id == ticket.reservation_id and hold.account == account
            ]
            is_late = bool(holds) and holds[0].state == "expired"
            need(paid == amount or is_late, "8 authority", "tenders paid:", sale_id, found, wanted)
            stood = {max(0, min(amount, free)) for free, _ in self._state.stored_since(account, since)}
            need(paid in {amount, *stood}, "1 conservation", "a late tender:", sale_id, account, paid, stood)

    def load(self, act_id: str) -> None:
        """A gift card was sold, or a purse filled. Raises: Violation."""
        row, asked = self._rows.row_of("value_act", "act_id", act_id), self._asked.loads.get(act_id)
        need(row is not None and asked is not None, "8 authority", "nobody paid in:", act_id)
        assert row is not None
        assert asked is not None
        need(act_id not in self._state.loads, "3 duplicate", "paid in twice:", act_id)
        found = (row["gift_card_id"], row["shop_id"], row["amount"], row["paid_minor"])
        paid = asked.amount * (it.SERVICE_MINOR if asked.is_service else 1)
        right = (asked.card_id, asked.shop_id, asked.amount, paid)
        need(found == right, "8 authority", "value is not as asked:", act_id, found, right)
        member_id = None if asked.member_id is None else self._state.who(asked.member_id)
        self.require_theirs(row["member_id"], member_id, "value for another", act_id)
        if asked.card_id is not None:
            is_new = all(each["gift_card_id"] != asked.card_id for each in self._state.loads.values())
            need(is_new, "3 duplicate", "a gift card was sold twice:", asked.card_id)
        elif not asked.is_service:
            place = count.top_up_of(str(member_id), it.local_day(row["recorded_ms"]))
            self._state.gauges[place].move(self._commit, used=asked.amount)
        self._state.loads[act_id] = row
        self._state.wanted.add(("value_load", f"{act_id}/value"))

    def draw(self, act_id: str) -> None:
        """A service was rendered. Raises: Violation."""
        row, asked = self._rows.row_of("value_act", "act_id", act_id), self._asked.draws.get(act_id)
        need(row is not None and asked is not None, "8 authority", "nobody drew:", act_id)
        assert row is not None
        assert asked is not None
        need(act_id not in self._state.loads, "3 duplicate", "drawn twice:", act_id)
        found, right = (row["shop_id"], row["amount"], row["paid_minor"]), (asked.shop_id, asked.units, 0)
        need(found == right, "8 authority", "a draw is not as asked:", act_id, found, right)
        self.require_theirs(row["member_id"], self._state.who(asked.member_id), "drawn for another", act_id)
        self._state.loads[act_id] = row
        self._state.wanted.add(("value_draw", f"{act_id}/value"))

    @staticmethod
    def _account_of(row: dict[str, Any]) -> str:
        if row["gift_card_id"]:
            return it.card_of(row["gift_card_id"])
        is_service = row["kind"].startswith("service_")
        return (it.services_of if is_service else it.purse_of)(row["member_id"])

    def close_load(self, row: dict[str, Any]) -> None:
        """After the batch: what was told to be there, was."""
        account = self._account_of(row)
        right = self._state.stored_after.get((row["act_id"], account))
        is_right = row["balance_after"] == right
        need(is_right, "1 conservation", "told to be there:", row["act_id"], row["balance_after"], right)
        if account.endswith("/purse"):
            is_within = (right or 0) <= it.PURSE_MAX_MINOR
            need(is_within, "8 authority", "a purse holds too much:", row["act_id"], right)
