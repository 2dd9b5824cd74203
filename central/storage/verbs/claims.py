"""Claims: counters of limits guarded by one statement each, their uses, budgets as the ledger holds them."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence

from central.storage.interface.claims import (
    BudgetUse,
    Claimed,
    CounterFault,
    CounterKey,
    CounterUse,
    SponsorPoints,
    Unclaimed,
    Usage,
    UseRow,
)
from central.storage.interface.common import GuardFailed
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from central.storage.verbs import holds, ledger, value_proof, vouchers
from loyalty.ledger import chart
from loyalty.ledger.budget import Budget, BudgetStands, grant
from loyalty.ledger.entry import EntryHead

_OPEN = """
INSERT INTO claim_counter (group_id, claim_key, owner) VALUES (:group_id, :claim_key, :owner)
ON CONFLICT (group_id, claim_key, owner) DO NOTHING
"""
_USE = """
UPDATE claim_counter SET used = used + :amount
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner
    AND (used + held + :amount <= :limit OR :limit IS NULL)
"""
_HOLD = """
UPDATE claim_counter SET held = held + :amount
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner AND used + held + :amount <= :limit
"""
_UNUSE = """
UPDATE claim_counter SET used = used - :amount
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner AND used >= :amount
"""
_UNHOLD = """
UPDATE claim_counter SET held = held - :amount
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner AND held >= :amount
"""
_ADD_USE = """
INSERT INTO claim_use
    (group_id, cause_id, claim_key, owner, rule_id, asset, amount, state, made_ms, expires_ms)
VALUES (:group_id, :cause_id, :claim_key, :owner, :rule_id, :asset, :amount, :state, :made_ms, :expires_ms)
"""
_FREE = """
UPDATE claim_use SET freed = freed + :amount
WHERE group_id = :group_id AND cause_id = :cause_id AND claim_key = :claim_key AND owner = :owner
    AND state = :state AND freed + :amount <= amount
"""
_USE_COLUMNS = """
SELECT cause_id, claim_key, owner, rule_id, asset, amount, freed, state = 'held' AND freed < amount
FROM claim_use
"""
_LIST_OF = f"{_USE_COLUMNS} WHERE group_id = :group_id AND cause_id = :cause_id ORDER BY claim_key, owner"
_LIST_BETWEEN = f"""
{_USE_COLUMNS} INDEXED BY claim_use_by_key
WHERE group_id = :group_id AND claim_key >= :first_key AND claim_key <= :last_key AND state = 'used'
ORDER BY claim_key DESC, owner, cause_id LIMIT :limit
"""
_LIST_OVER = f"""
{_USE_COLUMNS} INDEXED BY claim_use_held
WHERE group_id = :group_id AND state = 'held' AND freed < amount AND expires_ms <= :now_ms
ORDER BY expires_ms, cause_id, claim_key LIMIT :limit
"""
_FIND_COUNTER = """
SELECT used + held FROM claim_counter
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner
"""
_FIND_ACCOUNT = """
SELECT balance, held FROM account WHERE group_id = :group_id AND account = :account AND asset = :asset
"""
_USES = """
coalesce((SELECT sum(u.amount - u.freed) FROM claim_use AS u INDEXED BY claim_use_by_key
    WHERE u.group_id = c.group_id AND u.claim_key = c.claim_key AND u.owner = c.owner AND u.asset = ''
        AND u.state = '{state}'), 0)
"""
_COUNTERS_BESIDE_USES = f"""
SELECT c.claim_key, c.owner, c.used, {_USES.format(state="used")}
FROM claim_counter AS c WHERE c.group_id = :group_id
"""
_HELD_BESIDE_USES = f"""
SELECT c.claim_key, c.owner, c.held, {_USES.format(state="held")}
FROM claim_counter AS c WHERE c.group_id = :group_id
"""
_SUM_BUDGETS = """
SELECT claim_key, rule_id, asset, sum(amount - freed) FROM claim_use
WHERE group_id = :group_id AND asset <> '' GROUP BY claim_key, rule_id, asset
"""
_VOUCHERS_USED_AND_THERE = """
SELECT u.voucher_id, u.sale_id, l.remaining, 0
FROM voucher_use AS u
JOIN voucher AS v ON v.group_id = u.group_id AND v.voucher_id = u.voucher_id
JOIN lot AS l ON l.group_id = v.group_id AND l.lot_id = v.lot_id
WHERE u.group_id = :group_id AND u.restored_by IS NULL AND l.remaining > 0
"""
"""A voucher that paid for a ticket, was not restored, and is there all the same."""
_GROUP = ""
"""The owner of what counts for the whole group."""


def take(
    unit: Unit, group_id: str, sale_id: str, claimed: Claimed, *, reservation_id: str | None, now_ms: int
) -> None:
    """Write what a sale takes, after freeing what its reservation kept; its transactions and benefits apart.

    Raises: GuardFailed: a limit is used up, a budget's floor, a hold that ended meanwhile.
    """
    for hold_id, posted in claimed.holds:
        holds.end(unit, group_id, hold_id, posted, now_ms)
    if reservation_id is not None and free_kept(unit, group_id, reservation_id) < claimed.reserved:
        raise GuardFailed(guard=f"That the reservation {reservation_id} still keeps its limits")
    use(unit, group_id, sale_id, claimed.uses, now_ms)
    for budget in claimed.budgets:
        _add(unit, group_id, sale_id, budget, now_ms)
    _move_sponsors(unit, group_id, "sponsor.rewarded", claimed.sponsor, now_ms)
    if claimed.discount is not None:
        told = bindings_of(claimed.discount, sale_id=sale_id)
        unit.add_event(group_id, "discount.given", now_ms, **told)


def use(unit: Unit, group_id: str, cause_id: str, uses: Sequence[CounterUse], now_ms: int) -> None:
    """Count uses, each guarded by its limit. Raises: GuardFailed."""
    for each in sorted(uses, key=_place):
        _move(unit, group_id, _USE, each)
        _add(unit, group_id, cause_id, each, now_ms)


def hold(
    unit: Unit, group_id: str, cause_id: str, uses: Sequence[CounterUse], *, now_ms: int, expires_ms: int
) -> None:
    """Keep uses for a reservation. Raises: GuardFailed: a limit is used up."""
    for each in sorted(uses, key=_place):
        assert each.limit is not None, "a reservation keeps only what there is"
        _move(unit, group_id, _HOLD, each)
        _add(unit, group_id, cause_id, each, now_ms, expires_ms)


def free_kept(unit: Unit, group_id: str, reservation_id: str) -> int:
    """Free the limits that a reservation keeps; how many it kept."""
    kept = [row for row in list_uses(unit, group_id, reservation_id) if row.is_held]
    for row in kept:
        _free_held(unit, group_id, row)
    return len(kept)


def give_back(
    unit: Unit, group_id: str, sale_id: str, return_id: str, unclaimed: Unclaimed, *, now_ms: int
) -> None:
    """Write what a return gives back. Raises: GuardFailed: more than the sale took."""
    for budget in unclaimed.budgets:
        _free(unit, group_id, UseRow(sale_id, budget.claim_key, _GROUP, "", "", budget.amount, 0, False))
    if unclaimed.frees_limits:
        for row in list_uses(unit, group_id, sale_id):
            left = row.amount - row.freed
            if row.asset or not left or row.rule_id in unclaimed.spent_rules:
                continue
            _free(unit, group_id, UseRow(sale_id, row.claim_key, row.owner, "", "", left, 0, False))
            place = {"group_id": group_id, "claim_key": row.claim_key, "owner": row.owner}
            has_moved = unit.run(_UNUSE, place | {"amount": left})
            assert has_moved, "a use is counted by its counter"
    for transaction in unclaimed.transactions:
        ledger.post_transaction(unit, group_id, transaction)
    vouchers.give_back(unit, group_id, sale_id, return_id, unclaimed.vouchers)
    _move_sponsors(unit, group_id, "sponsor.taken_back", unclaimed.sponsor, now_ms)


def _move_sponsors(unit: Unit, group_id: str, kind: str, sponsor: SponsorPoints | None, now_ms: int) -> None:
    """Post a sponsor's points; the event does not tell whose purchase it was."""
    if sponsor is None:
        return
    if sponsor.transaction is not None:
        ledger.post_transaction(unit, group_id, sponsor.transaction)
    told: dict[str, str | int] = {"member_id": sponsor.member_id, "points": sponsor.points}
    if sponsor.refused:
        kind, told = "sponsor.not_rewarded", told | {"reason": sponsor.refused}
    unit.add_event(group_id, kind, now_ms, **told)


def expire_all(unit: Unit, group_id: str, now_ms: int, limit: int) -> int:
    """Free what was promised for too long: holds of value, and limits that reservations kept."""
    freed = holds.expire_holds(unit, group_id, now_ms, limit)
    return freed + _expire_uses(unit, group_id, now_ms, limit)


def _expire_uses(unit: Unit, group_id: str, now_ms: int, limit: int) -> int:
    rows = unit.all(_LIST_OVER, {"group_id": group_id, "now_ms": now_ms, "limit": limit})
    for row in rows:
        _free_held(unit, group_id, _use_row(row))
    return len(rows)


def grant_budgets(unit: Unit, group_id: str, budgets: Sequence[Budget], head: EntryHead) -> None:
    """Bring budgets to the amounts of the version of the programme that is active from now on."""
    stands = [(budget, _stands(unit, group_id, budget.rule_id, str(budget.asset))) for budget in budgets]
    transaction = grant(head, stands)
    if transaction is not None:
        ledger.post_transaction(unit, group_id, transaction)


def find_usage(
    snapshot: Snapshot,
    group_id: str,
    counters: Sequence[CounterKey],
    budgets: Sequence[tuple[str, str]],
) -> Usage:
    found = {}
    for claim_key, owner in counters:
        place = {"group_id": group_id, "claim_key": claim_key, "owner": owner}
        row = snapshot.one(_FIND_COUNTER, place)
        found[claim_key, owner] = 0 if row is None else row[0]
    stands = {rule_id: _stands(snapshot, group_id, rule_id, asset) for rule_id, asset in budgets}
    return Usage(found, stands)


def list_uses(snapshot: Snapshot, group_id: str, cause_id: str) -> Sequence[UseRow]:
    rows = snapshot.all(_LIST_OF, {"group_id": group_id, "cause_id": cause_id})
    return [_use_row(row) for row in rows]


def list_uses_between(
    snapshot: Snapshot, group_id: str, first_key: str, last_key: str, limit: int
) -> Sequence[UseRow]:
    bindings = {"group_id": group_id, "first_key": first_key, "last_key": last_key, "limit": limit}
    return [_use_row(row) for row in snapshot.all(_LIST_BETWEEN, bindings)]


def check_counters(snapshot: Snapshot, group_id: str) -> Sequence[CounterFault]:
    """Counters and spendings beside the sums of their uses, stored value beside the ledger; what differs."""
    faults = [
        CounterFault(*row)
        for sql in (_COUNTERS_BESIDE_USES, _HELD_BESIDE_USES)
        for row in snapshot.all(sql, {"group_id": group_id})
        if row[2] != row[3]
    ]
    for claim_key, rule_id, asset, total in snapshot.all(_SUM_BUDGETS, {"group_id": group_id}):
        spent = _stands(snapshot, group_id, rule_id, asset).spent
        if spent != total:
            faults.append(CounterFault(claim_key, _GROUP, spent, total))
    faults += [CounterFault(*row) for row in snapshot.all(_VOUCHERS_USED_AND_THERE, {"group_id": group_id})]
    return [*faults, *value_proof.check_stored_value(snapshot, group_id)]


def _move(unit: Unit, group_id: str, sql: str, each: CounterUse) -> None:
    bindings = bindings_of(each, group_id=group_id)
    unit.run(_OPEN, {name: bindings[name] for name in ("group_id", "claim_key", "owner")})
    del bindings["rule_id"]
    if not unit.run(sql, bindings):
        raise GuardFailed(guard=f"That the limit {each.claim_key} leaves {each.amount}")


def _add(
    unit: Unit,
    group_id: str,
    cause_id: str,
    each: CounterUse | BudgetUse,
    now_ms: int,
    expires_ms: int | None = None,
) -> None:
    bindings = {
        "group_id": group_id,
        "cause_id": cause_id,
        "claim_key": each.claim_key,
        "owner": each.owner if isinstance(each, CounterUse) else _GROUP,
        "rule_id": each.rule_id,
        "asset": "" if isinstance(each, CounterUse) else str(each.asset),
        "amount": each.amount,
        "state": "used" if expires_ms is None else "held",
        "made_ms": now_ms,
        "expires_ms": expires_ms,
    }
    unit.run(_ADD_USE, bindings)


def _free_held(unit: Unit, group_id: str, row: UseRow) -> None:
    _free(unit, group_id, row)
    place = {"group_id": group_id, "claim_key": row.claim_key, "owner": row.owner}
    has_moved = unit.run(_UNHOLD, place | {"amount": row.amount})
    assert has_moved, "what is held is counted by its counter"


def _free(unit: Unit, group_id: str, row: UseRow) -> None:
    bindings = {
        "group_id": group_id,
        "cause_id": row.cause_id,
        "claim_key": row.claim_key,
        "owner": row.owner,
        "amount": row.amount,
        "state": "held" if row.is_held else "used",
    }
    if not unit.run(_FREE, bindings):
        raise GuardFailed(guard=f"That {row.cause_id} took {row.amount} of {row.claim_key}")


def _stands(snapshot: Snapshot, group_id: str, rule_id: str, asset: str) -> BudgetStands:
    place = {"group_id": group_id, "asset": asset}
    left = snapshot.one(_FIND_ACCOUNT, place | {"account": chart.campaign_budget(rule_id)}) or (0, 0)
    spent = snapshot.one(_FIND_ACCOUNT, place | {"account": chart.campaign_spent(rule_id)}) or (0, 0)
    return BudgetStands(left=left[0], held=left[1], spent=spent[0])


def _place(each: CounterUse) -> CounterKey:
    """One order for all writers: an engine with row locks needs it."""
    return each.claim_key, each.owner


def _use_row(row: Row) -> UseRow:
    return UseRow(*(*row[:-1], bool(row[-1])))
