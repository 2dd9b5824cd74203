"""The recount: folds central's journal anew after every commit and holds it against what was asked."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.rows import Entry, Hold, Lot, Rows
from tools.simulation.trace import Violation

POINTS = "PTS/0"
AHEAD_MAX_MS = 300_000
"""Clocks differ by so much; a ticket further ahead is dated anew or refused."""
DECIDED_WITHIN = 15
"""A transaction may have been decided on what stood so many transactions before it was booked: guards let
through what still has room, whatever came in between.
"""


@dataclass(slots=True)
class Sold:
    """A sale in the books, and what has become of it."""

    ticket: it.Ticket
    row: dict[str, Any]
    line_points: dict[int, int]
    line_redeemed: dict[int, int]
    returned: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    burned_from: list[tuple[str, int]] = field(default_factory=list)
    undone: int = 0
    taken: int = 0
    owed: int = 0
    expired: int = 0
    restored: int = 0


@dataclass(slots=True)
class Back:
    """A return in the books."""

    sale_id: str
    row: dict[str, Any]
    points: int
    restored: int


@dataclass(slots=True)
class State:
    """The fold of everything so far."""

    seq: int = 0
    head: bytes = bytes(32)
    events: int = 0
    hashes: list[bytes] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lots: dict[str, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    kept: dict[str, Hold] = field(default_factory=dict)
    """Holds that were pending before and after the batch being read, and so all through it."""
    after: dict[tuple[str, str], int] = field(default_factory=dict)
    """By cause and member: the member's balance after its last transaction."""
    sold: dict[str, Sold] = field(default_factory=dict)
    back: dict[str, Back] = field(default_factory=dict)
    corrections: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: dict[str, dict[str, Any]] = field(default_factory=dict)
    causes: set[tuple[str, str]] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
    """Accounts whose holds changed in the batch being read: what stood in between is not known."""

    debts: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By member: what was owed after which transaction."""

    def owed(self, member_id: str) -> int:
        """What a member owes."""
        return -self.balances[f"member/{member_id}/points_owed"]

    def owed_of_late(self, member_id: str) -> list[int]:
        """What a member owes or owed a moment ago, when what is booked now may have been decided."""
        history = self.debts[member_id]
        before = [owed for seq, owed in history if seq < self.seq - DECIDED_WITHIN][-1:] or [0]
        late = [owed for seq, owed in history if seq >= self.seq - DECIDED_WITHIN]
        return [self.owed(member_id), *before, *late]

    def lots_of(self, account: str) -> list[Lot]:
        """Its lots, what expires first first."""
        mine = [lot for lot in self.lots.values() if lot.account == account]
        return sorted(mine, key=lambda lot: (lot.expires_ms is None, lot.expires_ms or 0, lot.lot_id))

    def held(self, account: str) -> int:
        """What holds keep of it."""
        return sum(hold.amount for hold in self.kept.values() if hold.account == account)


def need(holds: bool, invariant: str, text: str, *facts: object) -> None:
    """Raises: Violation."""
    if not holds:
        raise Violation(invariant, f"{text} {' '.join(map(str, facts))}".rstrip())


class Books:
    """Central's books by the simulation's own fold. `on_entry`: the rules of each kind of transaction."""

    def __init__(self, asked: Asked, on_entry: Callable[[State, Entry, Asked], None]) -> None:
        self.state = State()
        self.commits = 0
        self._asked = asked
        self._on_entry = on_entry
        self.history: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """By member: the balances there were, each with the commit that made it."""

    def read(self, rows: Rows, now_ms: int) -> bool:
        """Read what was committed since; whether there was anything."""
        state = self.state
        need(not rows.is_in_transaction, "2 acknowledged", "the store left a transaction open")
        event_seq, journal_seq, head = rows.head()
        holds = rows.holds()
        if (event_seq, journal_seq, holds) == (state.events, state.seq, state.holds):
            return False
        self.commits += 1
        self._read_holds(state, holds, now_ms)
        self._fresh: list[dict[str, Any]] = []
        self._backs: list[Back] = []
        entries = rows.entries(state.seq)
        for seq, kind, body in rows.events(state.events):
            need(seq == state.events + 1, "5 journal", "an event number is missing before", seq)
            state.events = seq
            self._read_event(rows, kind, body, now_ms)
        for entry in entries:
            self._read_entry(entry, now_ms)
        self._compare(rows, event_seq, journal_seq, head)
        return True

    def is_unchanged_below(self, rows: Rows) -> None:
        """After a crash: the journal still begins as it was read."""
        known = self.state.hashes
        found = [entry.row_hash for entry in rows.entries(0)]
        need(
            len(found) >= len(known),
            "2 acknowledged",
            "committed transactions are gone:",
            len(known) - len(found),
        )
        need(found[: len(known)] == known, "5 journal", "history changed")

    # Holds --------------------------------------------------------------------------------------------------

    def _read_holds(self, state: State, holds: dict[str, Hold], now_ms: int) -> None:
        before = state.holds
        state.unclear = set()
        need(before.keys() <= holds.keys(), "5 journal", "a hold is gone")
        for hold_id, hold in holds.items():
            was = before.get(hold_id)
            if was == hold:
                continue
            state.unclear.add(hold.account)
            if was is None:
                asked = self._asked.reservations.get(hold.cause_id)
                need(asked is not None, "8 authority", "nobody asked for the hold", hold_id)
                assert asked is not None
                right = (f"member/{asked.member_id}/points", asked.points, it.HOLD_MS)
                found = (hold.account, hold.amount, hold.expires_ms - hold.made_ms)
                need(found == right, "1 conservation", "a hold is not as asked:", found, right)
                need(
                    sum(amount for _, amount in hold.lots) == hold.amount,
                    "1 conservation",
                    "hold and lots",
                    hold_id,
                )
                need(hold.made_ms <= now_ms, "7 clock", "a hold of the future", hold_id)
            else:
                need(
                    was.state == "pending",
                    "3 duplicate",
                    "an ended hold changed",
                    hold_id,
                    was.state,
                    hold.state,
                )
            if hold.state == "expired":
                ended_ms = hold.ended_ms or 0
                need(hold.expires_ms <= ended_ms <= now_ms, "7 clock", "a hold expired early", hold_id)
            need(hold.posted <= hold.amount, "1 conservation", "more posted than held", hold_id)
        # Only what was and stays pending is certain inside the batch.
        state.kept = {
            hold_id: hold
            for hold_id, hold in holds.items()
            if hold.state == "pending" and hold_id in before and before[hold_id].state == "pending"
        }
        for lot in state.lots.values():
            lot.held = 0
        for hold in state.kept.values():
            for lot_id, amount in hold.lots:
                state.lots[lot_id].held += amount
        state.holds = holds

    # Events -------------------------------------------------------------------------------------------------

    def _read_event(self, rows: Rows, kind: str, body: dict[str, Any], now_ms: int) -> None:
        """Facts by their events; others (shops, cards, tokens) are not money."""
        if kind == "sale.committed":
            self._read_sale(rows, body["sale_id"], now_ms)
        elif kind == "sale.returned":
            self._read_return(rows, body["return_id"], now_ms)
        elif kind.startswith("correction."):
            row = rows.row_of("correction", "correction_id", body["correction_id"])
            assert row is not None
            self.state.corrections[row["correction_id"]] = row
        elif kind == "value.moved":
            row = rows.row_of("value_move", "move_id", body["move_id"])
            assert row is not None
            need(
                row["move_id"] not in self.state.moves, "3 duplicate", "a move has two events", row["move_id"]
            )
            self.state.moves[row["move_id"]] = row
            self._fresh.append(row | {"cause": row["move_id"]})

    def _read_sale(self, rows: Rows, sale_id: str, now_ms: int) -> None:
        row = rows.row_of("sale", "sale_id", sale_id)
        need(row is not None, "5 journal", "an event without its sale", sale_id)
        assert row is not None
        need(sale_id not in self.state.sold, "3 duplicate", "a sale has two events", sale_id)
        key = (row["shop_id"], row["business_key"])
        ticket = self._asked.tickets.get(key)
        need(ticket is not None, "8 authority", "nobody reported the sale", key)
        assert ticket is not None
        need(
            ticket.sale_id in (None, sale_id),
            "3 duplicate",
            "another id for the sale",
            ticket.sale_id,
            sale_id,
        )
        redeemed = row["points_redeemed"]
        right = (ticket.member_id, ticket.total_minor, ticket.points)
        found = (row["member_id"], row["total_minor"], row["points"])
        need(found == right, "8 authority", "a sale is not as reported:", key, found, right)
        need(row["occurred_ms"] <= now_ms + AHEAD_MAX_MS, "7 clock", "a sale of the future", key)
        if ticket.occurred_ms is not None:
            need(row["occurred_ms"] == ticket.occurred_ms, "7 clock", "a sale has another moment", key)
        need(
            self._asked.at_ms[key] <= row["recorded_ms"] <= now_ms,
            "7 clock",
            "a sale's moment of record",
            key,
        )
        need(
            ticket.redeem is None or redeemed == ticket.redeem,
            "8 authority",
            "points redeemed",
            key,
            redeemed,
        )
        worth = redeemed // it.STEP_POINTS * it.STEP_WORTH_MINOR
        need(worth <= ticket.payable_minor, "8 authority", "points paid what the law forbids", key, redeemed)
        self._fresh.append(row | {"cause": sale_id})
        points, shares = it.line_points(ticket), it.line_redeemed(ticket, redeemed)
        self.state.sold[sale_id] = Sold(
            ticket=ticket,
            row=row,
            line_points={line.line_no: got for line, got in zip(ticket.lines, points, strict=True)},
            line_redeemed={line.line_no: got for line, got in zip(ticket.lines, shares, strict=True)},
        )
        if redeemed and ticket.reservation_id is None:
            need(ticket.redeem == redeemed, "8 authority", "nobody asked for points to pay", key)

    def _read_return(self, rows: Rows, return_id: str, now_ms: int) -> None:
        state = self.state
        row = rows.row_of("sale_return", "return_id", return_id)
        assert row is not None
        need(return_id not in state.back, "3 duplicate", "a return has two events", return_id)
        key = (row["shop_id"], row["business_key"])
        asked = self._asked.returns.get(key)
        need(asked is not None, "8 authority", "nobody reported the return", key)
        assert asked is not None
        sold = state.sold.get(row["sale_id"])
        need(sold is not None, "3 duplicate", "a return without its sale", key)
        assert sold is not None
        ticket = sold.ticket
        need(
            asked.sale_key == (ticket.shop_id, ticket.business_key),
            "8 authority",
            "a return of another sale",
            key,
        )
        need(self._asked.at_ms[key] <= row["recorded_ms"] <= now_ms, "7 clock", "a return's moment", key)
        units = asked.lines or tuple((line.line_no, line.quantity) for line in ticket.lines)
        total = points = restored = 0
        lines = {line.line_no: line for line in ticket.lines}
        for line_no, quantity in units:
            line, before = lines[line_no], sold.returned[line_no]
            need(
                before + quantity <= line.quantity,
                "3 duplicate",
                "more came back than was sold",
                key,
                line_no,
            )
            total += it.share(line.amount_minor, line.quantity, before, quantity)
            points += it.share(sold.line_points[line_no], line.quantity, before, quantity)
            restored += it.share(sold.line_redeemed[line_no], line.quantity, before, quantity)
            sold.returned[line_no] += quantity
        found = (row["member_id"], row["total_minor"], row["points"], row["points_restored"])
        right = (ticket.member_id, total, points, restored)
        need(found == right, "1 conservation", "a return undoes", key, found, "instead of", right)
        self._fresh.append(row | {"cause": return_id})
        state.back[return_id] = back = Back(row["sale_id"], row, points, restored)
        self._backs.append(back)

    # The journal --------------------------------------------------------------------------------------------

    def _read_entry(self, entry: Entry, now_ms: int) -> None:
        state = self.state
        need(entry.seq == state.seq + 1, "5 journal", "a number is missing before", entry.seq)
        need(entry.row_hash == entry.chained_to(state.head), "5 journal", "the chain breaks at", entry.seq)
        need(bool(entry.postings), "1 conservation", "a transaction moves nothing", entry.transaction_id)
        need(entry.recorded_ms <= now_ms, "7 clock", "recorded in the future", entry.transaction_id)
        cause = (entry.kind, entry.transaction_id)
        need(cause not in state.causes, "3 duplicate", "booked twice:", *cause)
        state.causes.add(cause)
        self._on_entry(state, entry, self._asked)
        state.seq, state.head = entry.seq, entry.row_hash
        state.hashes.append(entry.row_hash)
        for source, target, asset, amount in entry.postings:
            need(amount > 0 and asset == POINTS, "1 conservation", "a posting of", amount, asset)
            state.balances[source] -= amount
            state.balances[target] += amount
        for lot_id, account, _, amount, expires_ms, source_id, *_ in entry.lots:
            state.lots[lot_id] = Lot(lot_id, account, amount, expires_ms, source_id, amount, entry.seq)
        for lot_id, amount in entry.taken:
            state.lots[lot_id].remaining -= amount
        for lot_id, amount in entry.restored:
            state.lots[lot_id].remaining += amount
        for account in sorted({name for posting in entry.postings for name in posting[:2]}):
            if account.startswith("member/"):
                member_id = account.split("/")[1]
                state.after[entry.cause_id, member_id] = state.balances[f"member/{member_id}/points"]
            balance = state.balances[account]
            if account.startswith("member/") and account.endswith("/points"):
                need(balance >= 0, "1 conservation", "below its floor:", account, balance)
                self.history[member_id].append((self.commits, balance))
            if account.endswith("/points_owed"):
                need(balance <= 0, "1 conservation", "above its ceiling:", account, balance)
                state.debts[account.split("/")[1]].append((entry.seq, -balance))

    def _compare(self, rows: Rows, event_seq: int, journal_seq: int, head: bytes) -> None:
        """What stands in the tables against the fold."""
        state, holds = self.state, self.state.holds
        need(
            (event_seq, journal_seq) == (state.events, state.seq),
            "5 journal",
            "heads",
            event_seq,
            journal_seq,
        )
        need(head == state.head, "5 journal", "the head's hash")
        held: dict[str, int] = defaultdict(int)
        lot_held: dict[str, int] = defaultdict(int)
        for hold in holds.values():
            if hold.state == "pending":
                held[hold.account] += hold.amount
                for lot_id, amount in hold.lots:
                    lot_held[lot_id] += amount
        total = 0
        for account, _, balance, kept in rows.accounts():
            total += balance
            right = (state.balances[account], held[account])
            need(
                (balance, kept) == right,
                "1 conservation",
                "an account differs:",
                account,
                (balance, kept),
                right,
            )
        need(total == 0, "1 conservation", "all accounts sum to", total)
        in_lots: dict[str, int] = defaultdict(int)
        for lot_id, remaining, kept in rows.lots():
            lot = state.lots[lot_id]
            right = (lot.remaining, lot_held[lot_id])
            is_right = (remaining, kept) == right and 0 <= kept <= remaining <= lot.amount
            need(is_right, "1 conservation", "a lot differs:", lot_id, (remaining, kept), right)
            in_lots[lot.account] += remaining
        for account, balance in state.balances.items():
            if account.startswith("member/") and account.endswith("/points"):
                need(in_lots[account] == balance, "1 conservation", "lots and balance of", account)
        need(rows.count("sale") == len(state.sold), "5 journal", "sales and their events")
        need(rows.count("sale_return") == len(state.back), "5 journal", "returns and their events")
        need(rows.count("value_move") == len(state.moves), "5 journal", "moves and their events")
        for row in self._fresh:
            cause = (row["cause"], row["member_id"])
            right = state.after.get(cause, row["balance_after"])
            need(
                row["balance_after"] == right,
                "1 conservation",
                "the balance told",
                cause,
                row["balance_after"],
                right,
            )
        for back in self._backs:
            self._close_return(back)
        self._every_cause(state)

    def _close_return(self, back: Back) -> None:
        """Count it for the returns to come; where nothing was booked all its points had expired."""
        sold = self.state.sold[back.sale_id]
        return_id = back.row["return_id"]
        if back.points and ("reversal", f"{return_id}/reversal") not in self.state.causes:
            gone = sold.undone + back.points - sold.taken - sold.owed
            need(gone <= sold.expired, "1 conservation", "a return took nothing back", return_id)
        sold.undone += back.points
        sold.restored += back.restored

    def _every_cause(self, state: State) -> None:
        """Each sale and return has its transactions; nothing else was booked for them (see `kinds`)."""
        wanted = set()
        for sale_id, sold in state.sold.items():
            if sold.row["points"]:
                wanted.add(("accrual", f"{sale_id}/accrual"))
            if sold.row["points_redeemed"]:
                wanted.add(("redemption", f"{sale_id}/redemption"))
        for return_id, back in state.back.items():
            if back.restored:
                wanted.add(("restoration", f"{return_id}/restoration"))
        for move_id, row in state.moves.items():
            wanted.add((row["kind"], f"{move_id}/{row['kind']}"))
        for correction_id, row in state.corrections.items():
            if row["state"] == "posted":
                wanted.add(("correction", f"{correction_id}/correction"))
        missing = wanted - state.causes
        need(not missing, "1 conservation", "not booked:", sorted(missing)[:3])
        found = {cause for cause in state.causes if cause[0] not in ("expiry", "reversal")}
        need(found == wanted, "3 duplicate", "booked for nothing:", sorted(found - wanted)[:3])
