"""The recount of leases: set aside as the programme allows, burned out of that alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.rows import Hold, Rows

WITHOUT_END_MS: Final = 253_402_300_799_000


@dataclass(slots=True)
class Leased:
    """A lease, and which parts of which lots it still keeps. `settled`: by commit how much was burned."""

    row: dict[str, Any]
    lots: list[tuple[str, int]]
    settled: list[tuple[int, int]] = field(default_factory=list)
    ended: int | None = None
    """At which commit."""

    @property
    def is_live(self) -> bool:
        """Whether it still keeps what is left."""
        return self.ended is None

    def lived_since(self, since: int) -> bool:
        """Whether it was live when that many commits had been made, or since."""
        return self.ended is None or self.ended >= since

    @property
    def drawn(self) -> int:
        """What tickets settled of it."""
        return self.settled[-1][1]

    def drawn_since(self, since: int) -> set[int]:
        """What was settled when that many commits had been made, and ever since."""
        found = set()
        for commit, drawn in reversed(self.settled):
            found.add(drawn)
            if commit <= since:
                break
        return found

    def take(self, points: int) -> list[tuple[str, int]]:
        """The first so many of what it keeps."""
        taken, rest = [], []
        for lot_id, amount in self.lots:
            part = min(points, amount)
            points -= part
            if part:
                taken.append((lot_id, part))
            if amount > part:
                rest.append((lot_id, amount - part))
        self.lots = rest
        return taken


class Leases:
    """Reads what became of leases, in the order of their events."""

    def __init__(self, state: State, asked: Asked, rows: Rows, *, commit: int) -> None:
        self._state = state
        self._asked = asked
        self._rows = rows
        self._commit = commit
        self._granted: list[Leased] = []

    def granted(self, lease_id: str) -> None:
        """Points were set aside. Raises: Violation."""
        state, row, asked = self._state, self._row(lease_id), self._asked.leases.get(lease_id)
        need(asked is not None, "8 authority", "nobody asked for the lease", lease_id)
        assert asked is not None
        need(lease_id not in state.leases, "3 duplicate", "a lease has two events", lease_id)
        found, right = (row["member_id"], row["terminal_id"]), (asked.member_id, asked.terminal_id)
        need(found == right, "8 authority", "a lease is not as asked:", lease_id, found, right)
        amount, step = row["amount"], it.STEP_POINTS
        is_whole = 0 < amount <= it.LEASE_POINTS and not amount % step
        need(is_whole, "6 leases", "so much is never set aside:", lease_id, amount)
        mine = [each for each in state.leases.values() if each.is_live]
        here = [each for each in mine if each.row["terminal_id"] == row["terminal_id"]]
        is_first = all(each.row["member_id"] != row["member_id"] for each in here)
        need(is_first, "6 leases", "a second one of a member at one terminal:", lease_id)
        at_terminal = sum(each.row["amount"] - each.drawn for each in here) + amount
        need(at_terminal <= it.LEASE_TERMINAL_POINTS, "6 leases", "too much at a terminal:", lease_id)
        hold = state.holds.get(f"lease/{lease_id}/0")
        need(hold is not None, "6 leases", "nothing holds the lease", lease_id)
        assert hold is not None
        is_kept = (hold.amount, hold.made_ms) == (amount, row["granted_ms"])
        need(is_kept, "6 leases", "its hold differs:", lease_id, hold)
        state.leases[lease_id] = lease = Leased(row, list(hold.lots), [(self._commit, 0)])
        self._granted.append(lease)

    def returned(self, lease_id: str) -> None:
        """Its terminal gave it back: it burned what is settled, and no more. Raises: Violation."""
        lease = self._state.leases[lease_id]
        need(lease.is_live, "3 duplicate", "a lease ended twice:", lease_id)
        lease.ended = self._commit
        said = self._asked.leases[lease_id].said_drawn
        need(lease.drawn in said, "6 leases", "given back, though its terminal said", lease_id, said)

    def drawn(self, sale_id: str, lease_id: str, points: int) -> None:
        """A ticket settled a burn. Raises: Violation."""
        lease = self._state.leases.get(lease_id)
        need(lease is not None, "6 leases", "burned of no lease:", sale_id, lease_id)
        assert lease is not None
        drawn = lease.drawn + points
        need(drawn <= lease.row["amount"], "6 leases", "more was burned than set aside:", lease_id, drawn)
        lease.settled.append((self._commit, drawn))

    def require_shares(self, history: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        """Once the batch is read: all leases of a member keep no more than their share of the balance.

        `history`: balances by member, each with the commit that made it. Raises: Violation.
        """
        for lease in self._granted:
            member_id = lease.row["member_id"]
            stood = [balance for commit, balance in history[member_id] if commit < self._commit][-1:]
            stood += [balance for commit, balance in history[member_id] if commit == self._commit]
            mine = [each for each in self._state.leases.values() if each.row["member_id"] == member_id]
            kept = sum(each.row["amount"] - each.drawn for each in mine if each.is_live and each != lease)
            most = max(stood) * it.LEASE_SHARE_BP // 10_000
            together = kept + lease.row["amount"]
            lease_id = lease.row["lease_id"]
            need(together <= most, "6 leases", "more than the share:", lease_id, together, most)

    def compare(self) -> None:
        """What stands in the tables: each live lease keeps its rest, one that ended nothing."""
        state = self._state
        kept: dict[str, list[Hold]] = defaultdict(list)
        for hold in state.holds.values():
            if hold.state == "pending" and hold.hold_id.startswith("lease/"):
                kept[hold.cause_id].append(hold)
        for lease_id, lease in state.leases.items():
            row = self._row(lease_id)
            found = (row["drawn"], row["state"] == "live")
            need(found == (lease.drawn, lease.is_live), "6 leases", "a lease stands at", lease_id, found)
            left = lease.row["amount"] - lease.drawn if lease.is_live else 0
            held = sum(hold.amount for hold in kept[lease_id])
            need(held == left and len(kept[lease_id]) <= 1, "6 leases", "kept of", lease_id, held, left)
            if kept[lease_id]:
                lots = list(kept[lease_id][0].lots)
                need(lots == lease.lots, "6 leases", "other lots:", lease_id, lots, lease.lots)

    def _row(self, lease_id: str) -> dict[str, Any]:
        row = self._rows.row_of("lease", "lease_id", lease_id)
        need(row is not None, "5 journal", "an event without its lease", lease_id)
        assert row is not None
        return row
