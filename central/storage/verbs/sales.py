"""Sales: written together, found, listed."""

import json
from collections import Counter
from collections.abc import Sequence

from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.rows import (
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
    offline,
    settlement,
    stored_value,
    vouchers,
)
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
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
