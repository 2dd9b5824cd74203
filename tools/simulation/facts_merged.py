"""The recount of merges: two records are one from then on, whatever else the same batch does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.rows import Rows


class Merged:
    """What an event of a merge says, and what becomes of all that was the duplicate's."""

    def __init__(self, state: State, asked: Asked, rows: Rows, *, commit: int) -> None:
        self._state = state
        self._asked = asked
        self._rows = rows
        self._commit = commit

    def row(self, merge_id: str) -> dict[str, Any]:
        """The merge, as somebody asked for it and as it may be done. Raises: Violation."""
        row, asked = self._rows.row_of("member_merge", "merge_id", merge_id), self._asked.merges.get(merge_id)
        need(row is not None and asked is not None, "8 authority", "nobody asked to merge", merge_id)
        assert row is not None
        assert asked is not None
        found = (row["survivor_id"], row["duplicate_id"], row["requested_by"])
        right = (asked.survivor_id, asked.duplicate_id, asked.by)
        need(found == right, "8 authority", "a merge is not as asked:", merge_id, found, right)
        known = self._state.merges.get(merge_id)
        self._state.merges[merge_id] = row
        if row["state"] == "pending":
            self._state.merges_waited[merge_id] = float("inf")
        elif known is not None or row["decided_ms"] is not None:
            self._state.merges_waited[merge_id] = self._commit
        return row

    def done(self, row: Mapping[str, Any]) -> None:
        """It is done: from here on one of them is the other. Raises: Violation."""
        state, one, other = self._state, row["duplicate_id"], row["survivor_id"]
        need(one not in state.merged, "3 duplicate", "merged twice:", one)
        if row["decided_by"] is None:
            is_small = row["points"] <= it.MERGE_POINTS and row["value_minor"] <= it.MERGE_MINOR
            need(is_small, "8 authority", "merged alone:", row["merge_id"], row["points"], row["value_minor"])
        else:
            is_other = row["decided_by"] != row["requested_by"]
            need(is_other, "8 authority", "a merge decided alone:", row["merge_id"])
        for (account, asset), balance in state.balances.items():
            is_left = balance and account.startswith(f"member/{one}/")
            need(not is_left, "1 conservation", "left with a duplicate:", account, asset, balance)
        held = [hold.hold_id for hold in state.kept.values() if hold.account.startswith(f"member/{one}/")]
        need(not held, "8 authority", "merged while paying:", one, held)
        state.merged[one] = (other, self._commit)
        self._count_together(one, other)
        for sold in state.sold.values():
            if sold.ticket.member_id == one:
                sold.ticket = replace(sold.ticket, member_id=other)
                sold.uses = {(name, _after(owner, one, other)): n for (name, owner), n in sold.uses.items()}
        for voucher in state.vouchers.values():
            if voucher.member_id == one:
                voucher.member_id, voucher.account = other, f"member/{other}/vouchers"
        state.homes.append((self._commit, dict(self._rows.homes())))

    def _count_together(self, one: str, other: str) -> None:
        """Limits, tickets and what came back: what both used counts for who they are now."""
        state = self._state
        for (name, owner), gauge in list(state.gauges.items()):
            if owner != f"member/{one}":
                continue
            need(not gauge.held, "8 authority", "merged while a limit is kept:", one, name)
            together, most = state.gauges[name, f"member/{other}"], count.limit_of((name, owner))
            together.move(self._commit, used=gauge.used)
            if most is not None:
                together.beyond = max(together.beyond, together.used + together.held - most)
            gauge.move(self._commit, used=-gauge.used)
        for counts in (state.tickets_of, state.promised_now):
            counts[other] += counts[one]
            counts[one] = 0
        back = state.back_of[one][-1][1]
        state.back_of[other].append((self._commit, state.back_of[other][-1][1] + back))


def _after(owner: str, one: str, other: str) -> str:
    return f"member/{other}" if owner == f"member/{one}" else owner
