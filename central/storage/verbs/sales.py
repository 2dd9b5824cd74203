"""Sales, returns, reservations, and the log of who read purchase lines."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.claims import CounterUse
from central.storage.interface.rows import (
    ReadLogRow,
    ReservationRow,
    ReturnRecord,
    ReturnRow,
    SaleRecord,
    SaleRow,
)
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import (
    carers,
    claims,
    counter_acts,
    facts,
    holds,
    leases,
    ledger,
    lines,
    lots,
    members,
    offline,
    settlement,
    stored_value,
    vouchers,
)
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.holds import Hold
from loyalty.ledger.postings import Transaction

_SALE_COLUMNS = """
SELECT group_id, sale_id, business_key, input_hash, shop_id, terminal_id, member_id, occurred_ms, recorded_ms,
    currency, total_minor, points, ruleset_version, warnings, transaction_id, balance_after, points_redeemed,
    redemption_id, as_of_ms, facts, sold_to
FROM sale
"""
_FIND_SALE = f"{_SALE_COLUMNS} WHERE group_id = :group_id AND sale_id = :sale_id"
_FIND_SALE_BY_BUSINESS_KEY = f"""
{_SALE_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id AND business_key = :business_key
"""
_FIND_RECORDED = """
SELECT coalesce(
    (SELECT s.sale_id FROM sale AS s WHERE s.group_id = :group_id AND s.sale_id = :sale_id),
    (SELECT s.sale_id FROM sale AS s
     WHERE s.group_id = :group_id AND s.shop_id = :shop_id AND s.business_key = :business_key))
"""
# One look into each unique index per sale; a join might read all sales of the group.
_FIND_KNOWN = """
SELECT coalesce(
    (SELECT s.sale_id FROM sale AS s WHERE s.group_id = :group_id AND s.sale_id = k.value ->> 0),
    (SELECT s.sale_id FROM sale AS s
     WHERE s.group_id = :group_id AND s.shop_id = k.value ->> 1 AND s.business_key = k.value ->> 2))
FROM json_each(:keys) AS k
"""
_ADD_SALE = """
INSERT INTO sale (group_id, sale_id, shop_id, business_key, input_hash, terminal_id, operator, member_id,
    occurred_ms, recorded_ms, currency, total_minor, points, ruleset_version, facts, warnings, transaction_id,
    balance_after, reservation_id, points_redeemed, redemption_id, as_of_ms)
VALUES (:group_id, :sale_id, :shop_id, :business_key, :input_hash, :terminal_id, :operator, :member_id,
    :occurred_ms, :recorded_ms, :currency, :total_minor, :points, :ruleset_version, :facts, :warnings,
    :transaction_id, :balance_after, :reservation_id, :points_redeemed, :redemption_id, :as_of_ms)
"""
_CLAIM_RESERVATION = """
UPDATE reservation SET sale_id = :sale_id
WHERE group_id = :group_id AND reservation_id = :reservation_id AND sale_id IS NULL AND replaced_by IS NULL
"""


def record_sale(unit: Unit, record: SaleRecord) -> Recorded[SaleRow]:
    """Write all of a sale, or give the first answer again."""
    (outcome,) = record_sales(unit, [record])
    assert outcome is not None, "a sale alone is in nobody's way"
    if isinstance(outcome, IdempotencyConflict):
        raise outcome
    return outcome


SaleOutcome = Recorded[SaleRow] | IdempotencyConflict | None


def record_sales(unit: Unit, records: Sequence[SaleRecord]) -> list[SaleOutcome]:
    """Write all of the sales of one group, or give the first answers again.

    None: in the way of another one here, or it moves value in both directions: to be written alone.
    Raises: GuardFailed: one of them breaks a guard, and nothing of any must stay.
    """
    known = _find_known(unit, records)
    outcomes: list[SaleOutcome] = [_known(record, known) for record in records]
    places = [place for place, outcome in enumerate(outcomes) if outcome is None]
    if len(places) > 1:
        places = _places_of_independent(records, places)
    fresh = [records[place] for place in places]
    for place, row in zip(places, _write_sales(unit, fresh), strict=True):
        outcomes[place] = Recorded(row, is_replay=False)
    return outcomes


def _find_known(unit: Unit, records: Sequence[SaleRecord]) -> dict[tuple[str, ...], SaleRow]:
    """What is recorded already, by sale and by shop and business key."""
    group_id = records[0].group_id
    keys = [[record.sale_id, record.shop_id, record.business_key] for record in records]
    known: dict[tuple[str, ...], SaleRow] = {}
    for (sale_id,) in unit.all(_FIND_KNOWN, {"group_id": group_id, "keys": json.dumps(keys)}):
        row = find_sale(unit, group_id, sale_id) if sale_id is not None else None
        if row is not None:
            known[row.shop_id, row.business_key] = known[(row.sale_id,)] = row
    return known


def _known(record: SaleRecord, known: dict[tuple[str, ...], SaleRow]) -> SaleOutcome:
    first = known.get((record.sale_id,)) or known.get((record.shop_id, record.business_key))
    if first is None:
        return None
    if first.input_hash != record.input_hash:
        return IdempotencyConflict(what="The sale", id=record.sale_id)
    return Recorded(first, is_replay=True)


def _places_of_independent(records: Sequence[SaleRecord], places: Sequence[int]) -> list[int]:
    seen: set[tuple[str, ...]] = set()
    kept: list[int] = []
    for place in places:
        record = records[place]
        keys = {(record.sale_id,), (record.shop_id, record.business_key)}
        is_plain = (
            record.redemption is None
            and record.lease is None
            and record.hold_id is None
            and not record.claimed.paid.tenders
            and record.act is None
        )
        if is_plain and not (keys & seen):
            kept.append(place)
        seen |= keys
    return kept


def _write_sales(unit: Unit, records: Sequence[SaleRecord]) -> list[SaleRow]:
    if not records:
        return []
    group_id = records[0].group_id
    _count_tickets(unit, group_id, records)
    for record in records:
        if record.reservation_id is not None and not unit.run(_CLAIM_RESERVATION, bindings_of(record)):
            raise GuardFailed(guard=f"That the reservation {record.reservation_id} is still free")
        if record.hold_id is not None:
            holds.end(unit, group_id, record.hold_id, record.points_redeemed, record.recorded_ms)
        if record.lease is not None:
            leases.draw(unit, group_id, record.sale_id, record.lease, record.recorded_ms)
        if record.redemption is not None:
            ledger.post_transaction(unit, group_id, record.redemption)
        claims.take(
            unit,
            group_id,
            record.sale_id,
            record.claimed,
            reservation_id=record.reservation_id,
            now_ms=record.recorded_ms,
        )
        if record.act is not None:
            counter_acts.add_counter_act(unit, record.act.row, record.act.limits)
    balances = _post_earned(unit, group_id, records)
    for record in records:
        stored_value.add_tenders(unit, group_id, record.sale_id, record.line_key, record.claimed.paid)
    settlement.add_sales(unit, group_id, {record.sale_id: record.funding for record in records})
    rows = [_sale_row(record, after) for record, after in zip(records, balances, strict=True)]
    unit.run_each(
        _ADD_SALE,
        [
            bindings_of(row, operator=record.operator, reservation_id=record.reservation_id)
            for record, row in zip(records, rows, strict=True)
        ],
    )
    vouchers.add_benefits(unit, group_id, {record.sale_id: record.claimed.benefits for record in records})
    lines.add_lines(unit, records)
    lines.add_reasons(unit, records)
    offline.add_late(unit, group_id, records)
    carers.note_tickets(unit, records)
    for record in records:
        _tell_sale(unit, record)
    return rows


def _count_tickets(unit: Unit, group_id: str, records: Sequence[SaleRecord]) -> None:
    """Count the members' tickets.

    Raises: GuardFailed: one was decided on a count that is no longer true, or its member was erased since.
    """
    counted = [record for record in records if record.member_id is not None]
    facts.require_there(unit, group_id, [record.member_id or "" for record in counted])
    for record in sorted(counted, key=lambda each: each.member_id or ""):  # locks in one order for all
        if record.tickets_before is not None:
            facts.count_ticket(unit, group_id, record.member_id or "", record.tickets_before)
    others = Counter(record.member_id or "" for record in counted if record.tickets_before is None)
    facts.count_tickets(unit, group_id, others)


def _post_earned(unit: Unit, group_id: str, records: Sequence[SaleRecord]) -> list[int | None]:
    """Post what sales claim and earn; for each the member's points after it, also where it moved none."""
    standing = {
        account: ledger.balance(unit, group_id, account, POINTS)
        for account in dict.fromkeys(filter(None, map(_account_left_alone, records)))
    }
    transactions: list[Transaction] = []
    for record in records:
        transactions += record.claimed.transactions
        if record.transaction is not None:
            transactions.append(record.transaction)
    moved = ledger.post_in_layers(unit, group_id, transactions)
    balances: list[int | None] = []
    for record in records:
        if record.member_id is None:
            balances.append(None)
            continue
        account = member_points(record.member_id)
        after = None
        if record.transaction is not None:
            after = moved[record.transaction.transaction_id].get((account, str(POINTS)))
        if after is not None:
            standing[account] = after
        balances.append(standing[account])
    return balances


def _account_left_alone(record: SaleRecord) -> str | None:
    """The account of the member's points where the sale's own transaction does not move it."""
    if record.member_id is None:
        return None
    account = member_points(record.member_id)
    postings = () if record.transaction is None else record.transaction.postings
    is_moved = any(account in (each.source, each.target) and each.asset == POINTS for each in postings)
    return None if is_moved else account


def _sale_row(record: SaleRecord, balance_after: int | None) -> SaleRow:
    return SaleRow(
        group_id=record.group_id,
        sale_id=record.sale_id,
        business_key=record.business_key,
        input_hash=record.input_hash,
        shop_id=record.shop_id,
        terminal_id=record.terminal_id,
        member_id=record.member_id,
        occurred_ms=record.occurred_ms,
        recorded_ms=record.recorded_ms,
        currency=record.currency,
        total_minor=record.total_minor,
        points=record.points,
        ruleset_version=record.ruleset_version,
        warnings=record.warnings,
        transaction_id=None if record.transaction is None else record.transaction.transaction_id,
        balance_after=balance_after,
        points_redeemed=record.points_redeemed,
        redemption_id=None if record.redemption is None else record.redemption.transaction_id,
        as_of_ms=record.as_of_ms,
        facts=record.facts,
    )


def _tell_sale(unit: Unit, record: SaleRecord) -> None:
    unit.add_event(
        record.group_id,
        "sale.committed",
        record.recorded_ms,
        sale_id=record.sale_id,
        shop_id=record.shop_id,
        terminal_id=record.terminal_id,
        member_id=record.member_id,
        points=record.points,
    )
    if record.till_total_minor is not None:
        unit.add_event(
            record.group_id,
            "sale.price_differs",
            record.recorded_ms,
            sale_id=record.sale_id,
            shop_id=record.shop_id,
            terminal_id=record.terminal_id,
            till_total_minor=record.till_total_minor,
            total_minor=record.total_minor,
        )


def _post(unit: Unit, record: ReturnRecord) -> dict[str, Any]:
    """Write the ledger transactions, if any; `balance_after` is the member's points after it."""
    if record.transaction is not None:
        ledger.post_transaction(unit, record.group_id, record.transaction)
    if record.restoration is not None:
        # After the reversal: what that makes owed, this settles.
        ledger.post_transaction(unit, record.group_id, record.restoration)
    balance_after: int | None = None
    if record.member_id is not None:
        account = member_points(record.member_id)
        balance_after = ledger.balance(unit, record.group_id, account, POINTS)
    transaction_id = None if record.transaction is None else record.transaction.transaction_id
    return {"transaction_id": transaction_id, "balance_after": balance_after}


def find_sale(snapshot: Snapshot, group_id: str, sale_id: str) -> SaleRow | None:
    row = snapshot.one(_FIND_SALE, {"group_id": group_id, "sale_id": sale_id})
    return None if row is None else SaleRow(*row)


def find_sale_by_business_key(
    snapshot: Snapshot, group_id: str, shop_id: str, business_key: str
) -> SaleRow | None:
    bindings = {"group_id": group_id, "shop_id": shop_id, "business_key": business_key}
    row = snapshot.one(_FIND_SALE_BY_BUSINESS_KEY, bindings)
    return None if row is None else SaleRow(*row)


def find_recorded_sale(
    snapshot: Snapshot, group_id: str, sale_id: str, shop_id: str, business_key: str
) -> SaleRow | None:
    bindings = {"group_id": group_id, "sale_id": sale_id, "shop_id": shop_id, "business_key": business_key}
    found = snapshot.one(_FIND_RECORDED, bindings)
    return None if found is None or found[0] is None else find_sale(snapshot, group_id, found[0])


_LIST_SALES = f"""
{_SALE_COLUMNS} INDEXED BY sale_by_time
WHERE group_id = :group_id AND occurred_ms < :to_ms AND (occurred_ms, sale_id) > (:after_ms, :after_id)
ORDER BY occurred_ms, sale_id LIMIT :limit
"""
_FIND_SALE_COUNT = """
SELECT count(*) FROM sale INDEXED BY sale_by_time
WHERE group_id = :group_id AND occurred_ms >= :from_ms AND occurred_ms < :to_ms
"""


def list_sales(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, after: tuple[int, str] | None, limit: int
) -> Sequence[SaleRow]:
    """Sales by the moment they occurred; no id is empty, so (from_ms, "") lets the first one in."""
    after_ms, after_id = after or (from_ms, "")
    bindings = {"group_id": group_id, "to_ms": to_ms, "after_ms": after_ms, "after_id": after_id}
    return [SaleRow(*row) for row in snapshot.all(_LIST_SALES, bindings | {"limit": limit})]


def count_sales(snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int) -> int:
    row = snapshot.one(_FIND_SALE_COUNT, {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms})
    assert row is not None
    return int(row[0])


# Returns ----------------------------------------------------------------------------------------------------

_RETURN_COLUMNS = """
SELECT group_id, return_id, business_key, input_hash, sale_id, recorded_ms, total_minor, points, points_owed,
    transaction_id, balance_after, points_restored,
    CASE WHEN points_restored = 0 THEN 0 ELSE (
        SELECT coalesce(sum(b.points_restored), 0)
        FROM sale_return AS b INDEXED BY sale_return_by_sale
        JOIN ledger_transaction AS t INDEXED BY ledger_transaction_by_id
            ON t.group_id = b.group_id AND t.transaction_id = b.restoration_id
        WHERE b.group_id = r.group_id AND b.sale_id = r.sale_id AND t.journal_seq < (
            SELECT own.journal_seq FROM ledger_transaction AS own INDEXED BY ledger_transaction_by_id
            WHERE own.group_id = r.group_id AND own.transaction_id = r.restoration_id)
    ) END
FROM sale_return AS r
"""
_FIND_RETURN = f"{_RETURN_COLUMNS} WHERE group_id = :group_id AND return_id = :return_id"
_FIND_RETURN_BY_BUSINESS_KEY = f"""
{_RETURN_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id AND business_key = :business_key
"""
_ADD_RETURN = """
INSERT INTO sale_return (group_id, return_id, shop_id, business_key, input_hash, sale_id, terminal_id,
    operator, member_id, occurred_ms, recorded_ms, total_minor, points, points_owed, transaction_id,
    balance_after, points_restored, restoration_id)
VALUES (:group_id, :return_id, :shop_id, :business_key, :input_hash, :sale_id, :terminal_id, :operator,
    :member_id, :occurred_ms, :recorded_ms, :total_minor, :points, :points_owed,
    :transaction_id, :balance_after, :points_restored, :restoration_id)
"""
_COUNT_RETURN = """
UPDATE sale SET returns = returns + 1, returned_minor = returned_minor + :total_minor
WHERE group_id = :group_id AND sale_id = :sale_id AND (returns = :returns_before OR :returns_before IS NULL)
    AND member_id IS NOT DISTINCT FROM :member_id
RETURNING total_minor, returned_minor
"""


def record_return(unit: Unit, record: ReturnRecord) -> Recorded[ReturnRow]:
    """Write all of a return, or give the first answer again."""
    first = find_recorded_return(unit, record.group_id, record.return_id, record.shop_id, record.business_key)
    if first is not None:
        if first.input_hash != record.input_hash:
            raise IdempotencyConflict(what="The return", id=record.return_id)
        return Recorded(first, is_replay=True)
    sale = unit.one(_COUNT_RETURN, bindings_of(record))
    if sale is None:
        raise GuardFailed(guard=f"That the sale {record.sale_id} had no other return or member in between")
    if record.member_id is not None:
        facts.require_there(unit, record.group_id, [record.member_id])
    _require_nothing_expired(unit, record)
    _require_still_spare(unit, record)
    _count_returned(unit, record, *sale)
    lines.take_back(unit, record.group_id, record.line_key, record.lines)
    claims.give_back(
        unit,
        record.group_id,
        record.sale_id,
        record.return_id,
        record.unclaimed,
        now_ms=record.recorded_ms,
    )
    stored_value.give_back(
        unit,
        record.group_id,
        sale_id=record.sale_id,
        return_id=record.return_id,
        line_key=record.line_key,
        back=record.unclaimed.paid_back,
    )
    settlement.add_return(unit, record.group_id, record.sale_id, record.return_id, record.funding)
    outcome = _post(unit, record)
    restoration_id = None if record.restoration is None else record.restoration.transaction_id
    unit.run(_ADD_RETURN, bindings_of(record, restoration_id=restoration_id, **outcome))
    unit.add_event(
        record.group_id,
        "sale.returned",
        record.recorded_ms,
        return_id=record.return_id,
        sale_id=record.sale_id,
        shop_id=record.shop_id,
        terminal_id=record.terminal_id,
        member_id=record.member_id,
        points=-record.points,
    )
    row = find_return(unit, record.group_id, record.return_id)
    assert row is not None, "the return was written just now"
    return Recorded(row, is_replay=False)


def _require_nothing_expired(unit: Unit, record: ReturnRecord) -> None:
    """What expires between a return's decision and its writing is let go, not owed: decide again."""
    sponsor = record.unclaimed.sponsor
    owing = [(record.member_id, record.expired_before)]
    if sponsor is not None:
        owing.append((sponsor.member_id, sponsor.expired_before))
    for member_id, before in owing:
        if member_id is None or before is None:
            continue
        if lots.find_expired(unit, record.group_id, record.sale_id, member_id) != before:
            raise GuardFailed(guard=f"That no points of the sale {record.sale_id} expired in between")


_FIND_REMAINING = "SELECT remaining FROM lot WHERE group_id = :group_id AND lot_id = :lot_id"


def _require_still_spare(unit: Unit, record: ReturnRecord) -> None:
    """Of what is spare in a lot two returns decide at once; the lot has enough for both, but not to spare."""
    sponsor = record.unclaimed.sponsor
    for lot_id, before in (*record.lots_before, *(() if sponsor is None else sponsor.lots_before)):
        row = unit.one(_FIND_REMAINING, {"group_id": record.group_id, "lot_id": lot_id})
        if row is None or row[0] < before:
            raise GuardFailed(guard=f"That the lot {lot_id} holds what it held")


def _count_returned(unit: Unit, record: ReturnRecord, sale_minor: int, returned_minor: int) -> None:
    """A sale that came back whole by this very return is no visit any more."""
    is_whole = returned_minor >= sale_minor > returned_minor - record.total_minor
    if record.member_id is not None and is_whole:
        facts.count_returned(unit, record.group_id, record.member_id)


_COUNT_RETURNS = "SELECT returns FROM sale WHERE group_id = :group_id AND sale_id = :sale_id"


def count_returns(snapshot: Snapshot, group_id: str, sale_id: str) -> int:
    row = snapshot.one(_COUNT_RETURNS, {"group_id": group_id, "sale_id": sale_id})
    return 0 if row is None else int(row[0])


def find_return(snapshot: Snapshot, group_id: str, return_id: str) -> ReturnRow | None:
    row = snapshot.one(_FIND_RETURN, {"group_id": group_id, "return_id": return_id})
    return None if row is None else ReturnRow(*row)


def find_recorded_return(
    snapshot: Snapshot, group_id: str, return_id: str, shop_id: str, business_key: str
) -> ReturnRow | None:
    first = find_return(snapshot, group_id, return_id)
    if first is not None:
        return first
    bindings = {"group_id": group_id, "shop_id": shop_id, "business_key": business_key}
    row = snapshot.one(_FIND_RETURN_BY_BUSINESS_KEY, bindings)
    return None if row is None else ReturnRow(*row)


# Reservations -----------------------------------------------------------------------------------------------

_FIND_RESERVATION = """
SELECT group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id,
    points_redeemed, usage, replaced_by
FROM reservation WHERE group_id = :group_id AND reservation_id = :reservation_id
"""
_ADD_RESERVATION = """
INSERT INTO reservation
    (group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id,
    points_redeemed, usage)
VALUES (:group_id, :reservation_id, :input_hash, :quote_id, :total_minor, :points, :expires_ms, :sale_id,
    :points_redeemed, :usage)
"""


def put_reservation(
    unit: Unit, row: ReservationRow, kept: Sequence[Hold], uses: Sequence[CounterUse], now_ms: int
) -> Recorded[ReservationRow]:
    """Write a reservation with what it keeps, or nothing."""
    stored = find_reservation(unit, row.group_id, row.reservation_id)
    if stored is not None:
        if stored.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The reservation", id=row.reservation_id)
        return Recorded(stored, is_replay=True)
    bindings = bindings_of(row)
    del bindings["replaced_by"]
    unit.run(_ADD_RESERVATION, bindings)
    for hold in kept:
        holds.put_hold(unit, row.group_id, hold)
    claims.hold(unit, row.group_id, row.reservation_id, uses, now_ms=now_ms, expires_ms=row.expires_ms)
    unit.add_event(row.group_id, "reservation.made", now_ms, reservation_id=row.reservation_id)
    return Recorded(row, is_replay=False)


def find_reservation(snapshot: Snapshot, group_id: str, reservation_id: str) -> ReservationRow | None:
    row = snapshot.one(_FIND_RESERVATION, {"group_id": group_id, "reservation_id": reservation_id})
    return None if row is None else ReservationRow(*row)


# The log of reads -------------------------------------------------------------------------------------------

_ADD_READ = """
INSERT INTO read_log (group_id, entry_no, at_ms, member_id, actor, purpose)
SELECT :group_id, coalesce(max(entry_no), 0) + 1, :at_ms, :member_id, :actor, :purpose
FROM read_log WHERE group_id = :group_id
"""
_LIST_READS = """
SELECT at_ms, member_id, actor, purpose FROM read_log INDEXED BY read_log_by_member
WHERE group_id = :group_id AND member_id IN (SELECT value FROM json_each(:member_ids))
ORDER BY entry_no DESC LIMIT :limit
"""


def log_read(unit: Unit, group_id: str, row: ReadLogRow) -> None:
    unit.run(_ADD_READ, bindings_of(row, group_id=group_id))


def list_reads(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
    """Those of the duplicates that were merged into the member too."""
    ids = json.dumps([member_id, *members.list_merged(snapshot, group_id, member_id)])
    bindings = {"group_id": group_id, "member_ids": ids, "limit": limit}
    return [ReadLogRow(*row) for row in snapshot.all(_LIST_READS, bindings)]
