"""The ledger: guarded balances, lots and their allocations, the hash-chained journal."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from central.storage.base import GuardFailed, IdempotencyConflict, LotRow
from central.storage.interface.rows import AccountRow, JournalRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from loyalty.ledger.assets import Asset
from loyalty.ledger.chart import ceiling_of, floor_of
from loyalty.ledger.journal import chain_hash
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.limits.web import PAGE_ROWS_MAX

AccountKey = tuple[str, str]
"""Path of the account, asset as text."""
_Changes = Mapping[AccountKey, int]
"""What a transaction changes: its net counts, for its postings happen together."""

_OPEN_ACCOUNT = """
INSERT INTO account (group_id, account, asset, floor, ceiling)
VALUES (:group_id, :account, :asset, :floor, :ceiling)
ON CONFLICT (group_id, account, asset) DO NOTHING
"""
_FIND_MERGED = """
SELECT member_id FROM member
WHERE group_id = :group_id AND member_id = :member_id AND merged_into IS NOT NULL
"""
_MOVE_BALANCE = """
UPDATE account SET balance = balance + :change
WHERE group_id = :group_id AND account = :account AND asset = :asset
    AND (:change >= 0 OR floor IS NULL OR balance - held + :change >= floor)
    AND (:change <= 0 OR ceiling IS NULL OR balance + :change <= ceiling)
RETURNING balance
"""
_FIND_BALANCE = """
SELECT balance FROM account WHERE group_id = :group_id AND account = :account AND asset = :asset
"""
_FIND_HEAD = "SELECT journal_seq, journal_hash FROM group_head WHERE group_id = :group_id"
_MOVE_HEAD = """
UPDATE group_head SET journal_seq = :last, journal_hash = :row_hash
WHERE group_id = :group_id AND journal_seq = :before
"""
_FIND_TRANSACTION = """
SELECT journal_seq FROM ledger_transaction WHERE group_id = :group_id AND transaction_id = :transaction_id
"""
# One look into the index per id; a join might read the whole journal of the group.
_FIND_TRANSACTIONS = """
SELECT (SELECT t.transaction_id FROM ledger_transaction AS t
    WHERE t.group_id = :group_id AND t.transaction_id = k.value ->> 0)
FROM json_each(:ids) AS k
"""
_ADD_TRANSACTION = """
INSERT INTO ledger_transaction
    (group_id, journal_seq, transaction_id, kind, occurred_ms, recorded_ms, cause_id, actor, terminal_id,
     ruleset_version, row_hash)
VALUES (:group_id, :journal_seq, :transaction_id, :kind, :occurred_ms, :recorded_ms, :cause_id, :actor,
    :terminal_id, :ruleset_version, :row_hash)
"""
_ADD_POSTING = """
INSERT INTO posting (group_id, journal_seq, posting_no, source, target, asset, amount)
VALUES (:group_id, :journal_seq, :number, :source, :target, :asset, :amount)
"""
_LIST_POSTINGS_OF = """
SELECT source, target, asset, amount FROM posting
WHERE group_id = :group_id AND journal_seq = (
    SELECT journal_seq FROM ledger_transaction
    WHERE group_id = :group_id AND transaction_id = :transaction_id)
ORDER BY posting_no
"""
_ADD_LOT = """
INSERT INTO lot (group_id, lot_id, journal_seq, lot_no, account, asset, amount, remaining, expires_ms,
    source_id, funder, matures_ms, awaits)
VALUES (:group_id, :lot_id, :journal_seq, :number, :account, :asset, :amount, :amount, :expires_ms,
    :source_id, :funder, :matures_ms, :awaits)
"""
_TAKE_FROM_LOT = """
UPDATE lot SET remaining = remaining - :amount
WHERE group_id = :group_id AND lot_id = :lot_id AND remaining - held >= :amount
"""
_PUT_BACK = """
UPDATE lot SET remaining = remaining + :amount
WHERE group_id = :group_id AND lot_id = :lot_id AND remaining + :amount <= amount
"""
_ADD_ALLOCATION = """
INSERT INTO allocation (group_id, journal_seq, allocation_no, lot_id, amount)
VALUES (:group_id, :journal_seq, :number, :lot_id, :amount)
"""
_ADD_RESTORE = """
INSERT INTO lot_restore (group_id, journal_seq, restore_no, lot_id, amount)
VALUES (:group_id, :journal_seq, :number, :lot_id, :amount)
"""


def post_transaction(unit: Unit, group_id: str, transaction: Transaction) -> dict[AccountKey, int]:
    """As `post_transactions`, for one."""
    (balances,) = post_transactions(unit, group_id, [transaction])
    return balances


def post_in_layers(
    unit: Unit, group_id: str, transactions: Sequence[Transaction]
) -> dict[str, dict[AccountKey, int]]:
    """As `post_transactions`, for any that are in order: few goes, in each of which accounts move one way.

    Returns: by transaction the balances of the accounts it touched, after it.
    """
    layers: list[tuple[list[Transaction], list[_Changes], dict[AccountKey, int]]] = []
    first_free: dict[AccountKey, int] = {}
    for transaction in transactions:
        changes = _changes_of(transaction)
        at = max([first_free.get(key, 0) for key in changes], default=0)
        while at < len(layers) and any(layers[at][2].get(key, 0) * each < 0 for key, each in changes.items()):
            at += 1
        if at == len(layers):
            layers.append(([], [], {}))
        posted, moved, directions = layers[at]
        posted.append(transaction)
        moved.append(changes)
        for key, change in changes.items():
            directions[key] = change or directions.get(key, 0)
            first_free[key] = at
    balances: dict[str, dict[AccountKey, int]] = {}
    for posted, moved, _ in layers:
        found = _post(unit, group_id, posted, moved)
        balances |= {each.transaction_id: after for each, after in zip(posted, found, strict=True)}
    return balances


def post_transactions(
    unit: Unit, group_id: str, transactions: Sequence[Transaction]
) -> list[dict[AccountKey, int]]:
    """Write transactions: balances (guarded), postings, lots, allocations, journal numbers and hashes.

    Returns: for each the balances of the accounts it touched, after it.
    Raises: GuardFailed: a floor, ceiling or lot would break, or two move one account in both directions and
        must be posted one by one. IdempotencyConflict: an id is taken.
    """
    return _post(unit, group_id, transactions, [_changes_of(each) for each in transactions])


def _post(
    unit: Unit, group_id: str, transactions: Sequence[Transaction], changes: Sequence[_Changes]
) -> list[dict[AccountKey, int]]:
    if not transactions:
        return []
    _refuse_known(unit, group_id, transactions)
    for change in chain.from_iterable(each.lot_changes for each in transactions):
        if not unit.run(_TAKE_FROM_LOT, bindings_of(change, group_id=group_id)):
            raise GuardFailed(guard=f"That the lot {change.lot_id} still holds {change.amount}")
    for change in chain.from_iterable(each.lot_restores for each in transactions):
        if not unit.run(_PUT_BACK, bindings_of(change, group_id=group_id)):
            raise GuardFailed(guard=f"That the lot {change.lot_id} takes {change.amount} back")
    balances = _move_balances(unit, group_id, changes)
    _write_journal(unit, group_id, transactions)
    return balances


def _refuse_known(unit: Unit, group_id: str, transactions: Sequence[Transaction]) -> None:
    ids = [each.transaction_id for each in transactions]
    found = unit.all(_FIND_TRANSACTIONS, {"group_id": group_id, "ids": json.dumps([[each] for each in ids])})
    known = [each for (each,) in found if each is not None]
    if known or len(set(ids)) < len(ids):
        raise IdempotencyConflict(what="The ledger transaction", id=known[0] if known else ids[0])


def has_transaction(snapshot: Snapshot, group_id: str, transaction_id: str) -> bool:
    """Whether a transaction of this id is in the journal."""
    key = {"group_id": group_id, "transaction_id": transaction_id}
    return snapshot.one(_FIND_TRANSACTION, key) is not None


def list_postings(snapshot: Snapshot, group_id: str, transaction_id: str) -> Sequence[Posting]:
    """What a transaction moved, in its order."""
    rows = snapshot.all(_LIST_POSTINGS_OF, {"group_id": group_id, "transaction_id": transaction_id})
    return [Posting(source, target, _asset(asset), amount) for source, target, asset, amount in rows]


def open_account(unit: Unit, group_id: str, account: str, asset: str) -> None:
    """Make the account's row with the chart's bounds where there is none.

    Raises: GuardFailed: its member was merged into another. Accounts that were there then were closed.
    """
    bindings = {"group_id": group_id, "account": account, "asset": asset}
    owner, _, rest = account.partition("/")
    if owner == "member":
        merged = unit.one(_FIND_MERGED, {"group_id": group_id, "member_id": rest.partition("/")[0]})
        if merged is not None:
            raise GuardFailed(guard=f"That {merged[0]} was not merged into another member")
    unit.run(_OPEN_ACCOUNT, bindings | {"floor": floor_of(account), "ceiling": ceiling_of(account)})


def _changes_of(transaction: Transaction) -> _Changes:
    changes: dict[AccountKey, int] = defaultdict(int)
    for posting in transaction.postings:
        changes[posting.source, str(posting.asset)] -= posting.amount
        changes[posting.target, str(posting.asset)] += posting.amount
    return changes


def _move_balances(unit: Unit, group_id: str, changes: Sequence[_Changes]) -> list[dict[AccountKey, int]]:
    """One guarded statement per account, in sorted order.

    Many may share a statement where all go one way: if the sum keeps a bound, so does each on the way there.
    """
    totals: dict[AccountKey, int] = defaultdict(int)
    for each in changes:
        for key, change in each.items():
            if totals[key] * change < 0:
                raise GuardFailed(guard=f"That all changes of {key[0]} go one way")
            totals[key] += change
    keys = sorted(totals)
    moved = _move_each(unit, group_id, keys, totals)
    if absent := [key for key in keys if moved[key] is None]:  # where there is no account yet, it is made
        for account, asset in absent:
            open_account(unit, group_id, account, asset)
        moved |= _move_each(unit, group_id, absent, totals)
    balances: dict[AccountKey, int] = {}
    for key in keys:
        balance_row = moved[key]
        if balance_row is None:
            raise GuardFailed(guard=f"The {'floor' if totals[key] < 0 else 'ceiling'} of {key[0]}")
        balances[key] = balance_row[0] - totals[key]
    return [_advance(balances, each) for each in changes]


def _move_each(
    unit: Unit, group_id: str, keys: Sequence[AccountKey], totals: Mapping[AccountKey, int]
) -> dict[AccountKey, Row | None]:
    rows = [{"group_id": group_id, "account": key[0], "asset": key[1], "change": totals[key]} for key in keys]
    return dict(zip(keys, unit.one_each(_MOVE_BALANCE, rows), strict=True))


def _advance(balances: dict[AccountKey, int], changes: Mapping[AccountKey, int]) -> dict[AccountKey, int]:
    """Apply changes to balances; what they are then."""
    for key, change in changes.items():
        balances[key] += change
    return {key: balances[key] for key in changes}


def _write_journal(unit: Unit, group_id: str, transactions: Sequence[Transaction]) -> None:
    head = unit.one(_FIND_HEAD, {"group_id": group_id})
    if head is None:
        raise GuardFailed(guard=f"That the group {group_id} exists")
    before, row_hash = head
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for journal_seq, transaction in enumerate(transactions, start=before + 1):
        row_hash = chain_hash(row_hash, transaction)
        place = {"group_id": group_id, "journal_seq": journal_seq}
        rows[_ADD_TRANSACTION].append(bindings_of(transaction, row_hash=row_hash, **place))
        named: tuple[tuple[str, Sequence[Posting | NewLot]], ...] = (
            (_ADD_POSTING, transaction.postings),
            (_ADD_LOT, transaction.new_lots),
        )
        for sql, parts in named:
            for number, part in enumerate(parts, start=1):
                rows[sql].append(bindings_of(part, asset=str(part.asset), number=number, **place))
        for sql, changes in (
            (_ADD_ALLOCATION, transaction.lot_changes),
            (_ADD_RESTORE, transaction.lot_restores),
        ):
            for number, change in enumerate(changes, start=1):
                rows[sql].append(bindings_of(change, number=number, **place))
    for sql in (_ADD_TRANSACTION, _ADD_POSTING, _ADD_LOT, _ADD_ALLOCATION, _ADD_RESTORE):
        if rows[sql]:
            unit.run_each(sql, rows[sql])
    last = before + len(transactions)
    moving = {"group_id": group_id, "before": before, "last": last, "row_hash": row_hash}
    has_moved = unit.run(_MOVE_HEAD, moving)
    assert has_moved, "one writer of a group at a time: nobody else moves the journal's head"


def balance(snapshot: Snapshot, group_id: str, account: str, asset: Asset) -> int:
    """The balance of an account; 0 when nothing ever moved on it."""
    row = snapshot.one(_FIND_BALANCE, {"group_id": group_id, "account": account, "asset": str(asset)})
    return 0 if row is None else row[0]


# Reading the books ------------------------------------------------------------------------------------------

_LIST_ACCOUNTS = """
SELECT account, asset, balance, floor, ceiling, held FROM account
WHERE group_id = :group_id AND account IN (
    SELECT DISTINCT account FROM account WHERE group_id = :group_id AND account > :after
    ORDER BY account LIMIT :limit)
ORDER BY account, asset
"""
LOT_COLUMNS = """
SELECT lot_id, account, asset, amount, remaining, expires_ms, source_id, funder, held, matures_ms, awaits
FROM lot
"""
_LIST_LOTS = f"{LOT_COLUMNS} WHERE group_id = :group_id AND lot_id > :after ORDER BY lot_id LIMIT :limit"
_LIST_SALE_LOTS = f"""
{LOT_COLUMNS} WHERE group_id = :group_id AND journal_seq = (
    SELECT journal_seq FROM ledger_transaction
    WHERE group_id = :group_id AND transaction_id = (
        SELECT transaction_id FROM sale WHERE group_id = :group_id AND sale_id = :sale_id))
ORDER BY lot_no
"""
_LIST_JOURNAL = """
SELECT journal_seq, row_hash, transaction_id, kind, occurred_ms, recorded_ms, cause_id, actor, terminal_id,
    ruleset_version
FROM ledger_transaction WHERE group_id = :group_id AND journal_seq > :after_seq
ORDER BY journal_seq LIMIT :limit
"""
_OF_THE_PAGE = "WHERE group_id = :group_id AND journal_seq BETWEEN :first AND :last ORDER BY journal_seq"
_LIST_POSTINGS = f"SELECT journal_seq, source, target, asset, amount FROM posting {_OF_THE_PAGE}, posting_no"
_LIST_NEW_LOTS = f"""
SELECT journal_seq, lot_id, account, asset, amount, expires_ms, source_id, funder, matures_ms, awaits FROM lot
{_OF_THE_PAGE}, lot_no
"""
_LIST_ALLOCATIONS = f"SELECT journal_seq, lot_id, amount FROM allocation {_OF_THE_PAGE}, allocation_no"
_LIST_RESTORES = f"SELECT journal_seq, lot_id, amount FROM lot_restore {_OF_THE_PAGE}, restore_no"


def list_accounts(snapshot: Snapshot, group_id: str, after: str, limit: int) -> Sequence[AccountRow]:
    """Accounts by path after `after`; `limit` counts paths, and a path comes with all its assets."""
    bindings = {"group_id": group_id, "after": after, "limit": limit}
    return [AccountRow(*row) for row in snapshot.all(_LIST_ACCOUNTS, bindings)]


def list_lots(snapshot: Snapshot, group_id: str, after: str, limit: int) -> Sequence[LotRow]:
    bindings = {"group_id": group_id, "after": after, "limit": limit}
    return [LotRow(*row) for row in snapshot.all(_LIST_LOTS, bindings)]


def list_sale_lots(snapshot: Snapshot, group_id: str, sale_id: str) -> Sequence[LotRow]:
    """The lots that the sale's own transaction made, as they stand now."""
    return [LotRow(*row) for row in snapshot.all(_LIST_SALE_LOTS, {"group_id": group_id, "sale_id": sale_id})]


def list_journal(snapshot: Snapshot, group_id: str, after_seq: int, limit: int) -> Sequence[JournalRow]:
    """Transactions as they were written: `new_lots` with their first amounts."""
    heads = snapshot.all(_LIST_JOURNAL, {"group_id": group_id, "after_seq": after_seq, "limit": limit})
    if not heads:
        return []
    page = {"group_id": group_id, "first": heads[0][0], "last": heads[-1][0]}
    postings = _by_seq(snapshot.all(_LIST_POSTINGS, page))
    lots = _by_seq(snapshot.all(_LIST_NEW_LOTS, page))
    allocations = _by_seq(snapshot.all(_LIST_ALLOCATIONS, page))
    restores = _by_seq(snapshot.all(_LIST_RESTORES, page))
    return [_journal_row(head, postings, lots, allocations, restores) for head in heads]


def read_ledger(
    snapshot: Snapshot, group_id: str, take: Callable[[Sequence[JournalRow]], None]
) -> tuple[Sequence[AccountRow], Sequence[LotRow]]:
    after_seq = 0
    while page := list_journal(snapshot, group_id, after_seq, PAGE_ROWS_MAX):
        take(page)
        after_seq = page[-1].seq
    accounts: list[AccountRow] = []
    while rows := list_accounts(snapshot, group_id, accounts[-1].account if accounts else "", PAGE_ROWS_MAX):
        accounts.extend(rows)
    lots: list[LotRow] = []
    while held := list_lots(snapshot, group_id, lots[-1].lot_id if lots else "", PAGE_ROWS_MAX):
        lots.extend(held)
    return accounts, lots


def _by_seq(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for seq, *rest in rows:
        grouped[seq].append(tuple(rest))
    return grouped


def _journal_row(
    head: Row,
    postings: dict[int, list[Row]],
    lots: dict[int, list[Row]],
    allocations: dict[int, list[Row]],
    restores: dict[int, list[Row]],
) -> JournalRow:
    seq, row_hash, transaction_id, kind, occurred_ms, recorded_ms, cause_id, actor, terminal_id, ruleset = (
        head
    )
    transaction = Transaction(
        transaction_id=transaction_id,
        kind=kind,
        postings=tuple(
            Posting(source, target, _asset(asset), amount)
            for source, target, asset, amount in postings.get(seq, ())
        ),
        occurred_ms=occurred_ms,
        recorded_ms=recorded_ms,
        cause_id=cause_id,
        actor=actor,
        terminal_id=terminal_id,
        ruleset_version=ruleset,
        new_lots=tuple(
            NewLot(lot_id, account, _asset(asset), *rest)
            for lot_id, account, asset, *rest in lots.get(seq, ())
        ),
        lot_changes=tuple(LotChange(*change) for change in allocations.get(seq, ())),
        lot_restores=tuple(LotChange(*change) for change in restores.get(seq, ())),
    )
    changes = tuple((change.lot_id, change.amount) for change in transaction.lot_changes)
    return JournalRow(seq, transaction, row_hash, changes)


def _asset(text: str) -> Asset:
    code, _, scale = text.rpartition("/")
    return Asset(code, int(scale))
