"""The ledger under random histories: conservation, floors, lots, replay, and earn + returns = nothing."""

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty.ledger import chart
from loyalty.ledger.accrual import accrual, lot_id_of
from loyalty.ledger.assets import POINTS
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.burn import redemption
from loyalty.ledger.chart import ceiling_of, floor_of
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.journal import GENESIS, canonical_bytes, chain_hash
from loyalty.ledger.lots import BalanceTooLow, Lot, select_lots
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.ledger.reversal import return_points, reversal

MEMBER = "m"
ACCOUNT = chart.member_points(MEMBER)
OWED = chart.member_points_owed(MEMBER)


@dataclass(frozen=True)
class Row:
    seq: int
    transaction: Transaction
    row_hash: bytes


@dataclass(frozen=True)
class AccountRow:
    account: str
    balance: int
    asset: str = "PTS/0"


@dataclass(frozen=True)
class LotRow:
    lot_id: str
    remaining: int
    account: str = ACCOUNT
    asset: str = "PTS/0"


@dataclass
class Line:
    points: int
    quantity: int
    returned: int = 0


@dataclass
class Sale:
    transaction_id: str | None
    lines: list[Line]


@dataclass
class Book:
    """A small ledger of its own: applies transactions as a store would, refusing what breaks a bound."""

    balances: dict[str, int] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)

    def balance(self, account: str) -> int:
        return self.balances.get(account, 0)

    def post(self, transaction: Transaction) -> bool:
        """Apply once; the same id again changes nothing."""
        if transaction.transaction_id in self.seen:
            assert self.seen[transaction.transaction_id] == canonical_bytes(transaction)
            return False
        self.seen[transaction.transaction_id] = canonical_bytes(transaction)
        for posting in transaction.postings:
            assert posting.amount > 0
            self.balances[posting.source] = self.balance(posting.source) - posting.amount
            self.balances[posting.target] = self.balance(posting.target) + posting.amount
        for new in transaction.new_lots:
            self.lots[new.lot_id] = Lot(new.lot_id, new.account, new.amount, new.amount, new.expires_ms)
        for change in transaction.lot_changes:
            lot = self.lots[change.lot_id]
            self.lots[change.lot_id] = Lot(
                lot.lot_id, lot.account, lot.amount, lot.remaining - change.amount, lot.expires_ms
            )
        head = self.rows[-1].row_hash if self.rows else GENESIS
        self.rows.append(Row(len(self.rows) + 1, transaction, chain_hash(head, transaction)))
        return True


def a_head(number: int) -> EntryHead:
    return EntryHead(
        transaction_id=f"t{number}",
        cause_id=f"c{number}",
        occurred_ms=number,
        recorded_ms=number,
        actor="till",
        terminal_id=None,
        ruleset_version=1,
    )


class LedgerMachine(RuleBasedStateMachine):
    """Sales, redemptions, partial returns and replays of one member, in any order."""

    @initialize()
    def begin(self) -> None:
        self.book = Book()
        self.sales: list[Sale] = []
        self.redeemed = 0
        self.number = 0

    def next_head(self) -> EntryHead:
        self.number += 1
        return a_head(self.number)

    @rule(
        lines=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 5)), min_size=1, max_size=4),
        expires_ms=st.none() | st.integers(10_000, 10_010),
    )
    def sell(self, lines: list[tuple[int, int]], expires_ms: int | None) -> None:
        points = sum(line_points for line_points, _ in lines)
        owed = -self.book.balance(OWED)
        balance = self.book.balance(ACCOUNT)
        head = self.next_head()
        if points:
            self.book.post(
                accrual(
                    head,
                    member_id=MEMBER,
                    points=points,
                    points_owed=owed,
                    expires_ms=expires_ms,
                    funder="group",
                )
            )
        assert self.book.balance(OWED) == -max(0, owed - points), "what is owed is settled first"
        assert self.book.balance(ACCOUNT) == balance + max(0, points - owed)
        self.sales.append(Sale(head.transaction_id, [Line(*line) for line in lines]))

    @rule(points=st.integers(1, 300))
    def redeem(self, points: int) -> None:
        head = self.next_head()
        before = dict(self.book.balances)
        lots = list(self.book.lots.values())
        if points > self.book.balance(ACCOUNT):
            with pytest.raises(BalanceTooLow):
                redemption(head, member_id=MEMBER, points=points, lots=lots, now_ms=0)
            assert self.book.balances == before
            return
        self.book.post(redemption(head, member_id=MEMBER, points=points, lots=lots, now_ms=0))
        self.redeemed += points

    @precondition(lambda self: any(line.returned < line.quantity for s in self.sales for line in s.lines))
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        choices = [(s, line) for s in self.sales for line in s.lines if line.returned < line.quantity]
        sale, line = data.draw(st.sampled_from(choices))
        self.return_units(sale, line, data.draw(st.integers(1, line.quantity - line.returned)))

    def return_units(self, sale: Sale, line: Line, units: int) -> None:
        points = return_points(line.points, line.quantity, line.returned, units)
        line.returned += units
        if not points:
            return
        assert sale.transaction_id is not None
        transaction = reversal(
            self.next_head(),
            member_id=MEMBER,
            points=points,
            lot=self.book.lots.get(lot_id_of(sale.transaction_id)),
            balance=self.book.balance(ACCOUNT),
        )
        assert transaction is not None
        self.book.post(transaction)

    @precondition(lambda self: bool(self.book.rows))
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        before = dict(self.book.balances), dict(self.book.lots)
        assert not self.book.post(data.draw(st.sampled_from(self.book.rows)).transaction)
        assert before == (self.book.balances, self.book.lots)

    @invariant()
    def every_asset_sums_to_zero_and_no_bound_is_broken(self) -> None:
        assert sum(self.book.balances.values()) == 0
        for account, balance in self.book.balances.items():
            floor, ceiling = floor_of(account), ceiling_of(account)
            assert floor is None or balance >= floor
            assert ceiling is None or balance <= ceiling

    @invariant()
    def lots_sum_to_the_balance_and_none_is_negative(self) -> None:
        assert all(0 <= lot.remaining <= lot.amount for lot in self.book.lots.values())
        assert sum(lot.remaining for lot in self.book.lots.values()) == self.book.balance(ACCOUNT)

    @invariant()
    def what_was_earned_and_kept_is_what_the_member_has(self) -> None:
        kept = sum(
            line.points - line.points * line.returned // line.quantity
            for sale in self.sales
            for line in sale.lines
        )
        assert self.book.balance(ACCOUNT) + self.book.balance(OWED) + self.redeemed == kept

    def teardown(self) -> None:
        if not hasattr(self, "book"):
            return
        for sale in reversed(self.sales):
            for line in sale.lines:
                while line.returned < line.quantity:
                    self.return_units(sale, line, 1)
        # Everything came back: what was redeemed is owed, and all that was issued is undone.
        assert self.book.balance(ACCOUNT) + self.book.balance(OWED) == -self.redeemed
        assert self.book.balance(chart.POINTS_ISSUED) == 0
        accounts = [AccountRow(account, balance) for account, balance in self.book.balances.items()]
        lots = [LotRow(lot.lot_id, lot.remaining) for lot in self.book.lots.values()]
        assert audit_ledger(self.book.rows, accounts, lots) == []


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


@given(
    points=st.integers(0, 10**9),
    quantity=st.integers(1, 50),
    cuts=st.lists(st.integers(1, 49), unique=True, max_size=20),
)
def test_returns_in_any_steps_undo_exactly_the_points_of_the_line(
    points: int, quantity: int, cuts: list[int]
) -> None:
    stops = [*sorted(cut for cut in cuts if cut < quantity), quantity]
    done = total = 0
    for stop in stops:
        undone = return_points(points, quantity, done, stop - done)
        assert undone >= 0
        total += undone
        done = stop
    assert total == points


LOTS = st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(0, 20)), max_size=8).map(
    lambda rows: [
        Lot(f"lot{at}", ACCOUNT, 50, remaining, expires) for at, (remaining, expires) in enumerate(rows)
    ]
)


@given(lots=LOTS, wanted=st.integers(1, 200), now_ms=st.integers(0, 20))
def test_selection_takes_exactly_what_is_wanted_and_leaves_nothing_that_expires_earlier(
    lots: list[Lot], wanted: int, now_ms: int
) -> None:
    live = {
        lot.lot_id: lot
        for lot in lots
        if lot.remaining and (lot.expires_ms is None or lot.expires_ms > now_ms)
    }
    available = sum(lot.remaining for lot in live.values())
    if wanted > available:
        with pytest.raises(BalanceTooLow):
            select_lots(lots, wanted, now_ms)
        return
    taken = {change.lot_id: change.amount for change in select_lots(lots, wanted, now_ms)}
    assert sum(taken.values()) == wanted
    assert all(0 < amount <= live[lot_id].remaining for lot_id, amount in taken.items())
    never = 10**18
    last = max(live[lot_id].expires_ms or never for lot_id in taken)
    for lot_id, lot in live.items():
        if (lot.expires_ms or never) < last:
            assert taken.get(lot_id) == lot.remaining


@given(
    ids=st.lists(st.text(max_size=8), min_size=2, max_size=2, unique=True),
    previous=st.binary(min_size=32, max_size=32),
)
def test_other_content_or_another_past_gives_another_hash(ids: list[str], previous: bytes) -> None:
    def transaction(cause: str) -> Transaction:
        return Transaction("t", "accrual", (), 0, 0, cause, "a", None, 1)

    assert chain_hash(previous, transaction(ids[0])) != chain_hash(previous, transaction(ids[1]))
    other = bytes([previous[0] ^ 1]) + previous[1:]
    assert chain_hash(previous, transaction(ids[0])) != chain_hash(other, transaction(ids[0]))


MOMENTS = st.none() | st.integers(0, 2**53)
POSTINGS = st.builds(Posting, st.text(), st.text(), st.just(POINTS), st.integers(1, 2**62))
LOT_CHANGES = st.lists(st.builds(LotChange, st.text(), st.integers(1, 2**62)), max_size=2).map(tuple)
NEW_LOTS = st.builds(
    NewLot, st.text(), st.text(), st.just(POINTS), st.integers(1, 9), MOMENTS, st.text(), st.text(), MOMENTS
)


@given(
    transaction=st.builds(
        Transaction,
        transaction_id=st.text(),
        kind=st.text(),
        postings=st.lists(POSTINGS, min_size=1, max_size=3).map(tuple),
        occurred_ms=st.integers(),
        recorded_ms=st.integers(),
        cause_id=st.text(),
        actor=st.text(),
        terminal_id=st.none() | st.text(),
        ruleset_version=st.integers(0, 9),
        new_lots=st.lists(NEW_LOTS, max_size=2).map(tuple),
        lot_changes=LOT_CHANGES,
        lot_restores=LOT_CHANGES,
    )
)
def test_canonical_bytes_are_the_json_that_json_itself_would_write(transaction: Transaction) -> None:
    written = canonical_bytes(transaction)
    told = json.loads(written)
    assert json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii") == written
    assert told[1:3] == [transaction.transaction_id, transaction.kind]
    assert [each[0] for each in told[3]] == [each.source for each in transaction.postings]
    assert len(told) == (13 if transaction.lot_restores else 12)
