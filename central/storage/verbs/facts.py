"""What rules may read of a member: dated traits, counted purchases, the balance."""

import json
from collections.abc import Iterable, Mapping, Sequence

from central.storage.interface.common import Change, GuardFailed
from central.storage.interface.facts import WORKED_OUT, FactsAsked, FactsRow, TraitChange, TraitRow
from central.storage.unit import Bindings, Snapshot, Unit
from central.storage.verbs import ledger
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.limits.members import SPONSOR_CHAIN_MAX

SEGMENT = "segment"
SPONSOR = "sponsor"
TIER = "tier"

# Purchases --------------------------------------------------------------------------------------------------

_COUNT_TICKET = """
INSERT INTO member_purchases (group_id, member_id, tickets) VALUES (:group_id, :member_id, 1)
ON CONFLICT (group_id, member_id) DO UPDATE SET tickets = member_purchases.tickets + 1
WHERE member_purchases.tickets = :tickets_before OR :tickets_before IS NULL
"""
_COUNT_TICKETS = """
INSERT INTO member_purchases (group_id, member_id, tickets) VALUES (:group_id, :member_id, :tickets)
ON CONFLICT (group_id, member_id) DO UPDATE SET tickets = member_purchases.tickets + excluded.tickets
"""
_FIND_ERASED = """
SELECT member_id FROM member
WHERE group_id = :group_id AND member_id IN (SELECT value FROM json_each(:ids)) AND key_wrapped IS NULL
LIMIT 1
"""
_COUNT_RETURNED = """
UPDATE member_purchases SET returned = returned + 1 WHERE group_id = :group_id AND member_id = :member_id
"""


def require_there(unit: Unit, group_id: str, member_ids: Iterable[str]) -> None:
    """Nobody earns or spends who was erased since it was decided. Raises: GuardFailed."""
    ids = json.dumps(sorted(set(member_ids)))
    erased = unit.one(_FIND_ERASED, {"group_id": group_id, "ids": ids})
    if erased is not None:
        raise GuardFailed(guard=f"That {erased[0]} is a member")


def count_ticket(unit: Unit, group_id: str, member_id: str, tickets_before: int | None) -> None:
    """Count a sale. Raises: GuardFailed: another ticket of the member came since `tickets_before`."""
    bindings = {"group_id": group_id, "member_id": member_id, "tickets_before": tickets_before}
    if not unit.run(_COUNT_TICKET, bindings):
        raise GuardFailed(guard="That the member had no other ticket in between")


def count_tickets(unit: Unit, group_id: str, tickets: Mapping[str, int]) -> None:
    """Count sales by member, whatever tickets came in between."""
    rows = [
        {"group_id": group_id, "member_id": member_id, "tickets": count}
        for member_id, count in sorted(tickets.items())  # locks in one order for all
    ]
    unit.run_each(_COUNT_TICKETS, rows)


def count_returned(unit: Unit, group_id: str, member_id: str) -> None:
    """Count a sale of which everything has come back."""
    unit.run(_COUNT_RETURNED, {"group_id": group_id, "member_id": member_id})


# Reading ----------------------------------------------------------------------------------------------------

_FIND_COUNTS = """
SELECT tickets, returned FROM member_purchases WHERE group_id = :group_id AND member_id = :member_id
"""
# The index holds all that is asked for: no row of the table itself is read.
_FIND_WINDOW = """
SELECT coalesce(sum(CASE WHEN total_minor > 0 AND returned_minor >= total_minor THEN 0 ELSE 1 END), 0),
    coalesce(sum(total_minor - returned_minor), 0)
FROM sale INDEXED BY sale_by_member_amount
WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms >= :since_ms AND occurred_ms <= :at_ms
"""
_FIND_LAST = """
SELECT occurred_ms FROM sale INDEXED BY sale_by_member_amount
WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms <= :at_ms
    AND NOT (total_minor > 0 AND returned_minor >= total_minor)
ORDER BY occurred_ms DESC LIMIT 1
"""
_TRAIT_COLUMNS = "SELECT kind, value, from_ms, to_ms, actor, until_day FROM member_trait"
_LIST_TRAITS_AT = f"""
{_TRAIT_COLUMNS} INDEXED BY member_trait_by_end
WHERE group_id = :group_id AND member_id = :member_id AND to_ms IS NULL AND from_ms <= :at_ms
UNION ALL
{_TRAIT_COLUMNS} INDEXED BY member_trait_by_end
WHERE group_id = :group_id AND member_id = :member_id AND to_ms > :at_ms AND from_ms <= :at_ms
ORDER BY 1, 2
"""


def read_facts(snapshot: Snapshot, group_id: str, member_id: str, asked: FactsAsked) -> FactsRow:
    """See `FactStore.read_facts`: only what is asked for is looked up."""
    key = {"group_id": group_id, "member_id": member_id, "at_ms": asked.at_ms}
    counts = snapshot.one(_FIND_COUNTS, key) if asked.counts else None
    tickets, returned = counts or (0, 0)
    quarter = window(snapshot, key, asked.quarter_ms)
    year = window(snapshot, key, asked.year_ms)
    last = snapshot.one(_FIND_LAST, key) if asked.last else None
    traits = snapshot.all(_LIST_TRAITS_AT, key) if asked.traits else []
    return FactsRow(
        tickets=tickets,
        returned=returned,
        visits_3_months=quarter[0],
        spent_3_months_minor=quarter[1],
        spent_12_months_minor=year[1],
        last_ms=None if last is None else last[0],
        points=ledger.balance(snapshot, group_id, member_points(member_id), POINTS) if asked.points else 0,
        traits=tuple(TraitRow(*row) for row in traits),
    )


def window(snapshot: Snapshot, key: Bindings, since_ms: int | None) -> tuple[int, int]:
    """Visits and what was spent since a moment (None: nothing is asked)."""
    if since_ms is None:
        return 0, 0
    found = snapshot.one(_FIND_WINDOW, {**key, "since_ms": since_ms})
    assert found is not None, "a sum has a row"
    return int(found[0]), int(found[1])


# Traits -----------------------------------------------------------------------------------------------------

_LIST_TRAITS = f"""
{_TRAIT_COLUMNS} WHERE group_id = :group_id AND member_id = :member_id ORDER BY entry_no DESC LIMIT :limit
"""
_END_TRAIT = """
UPDATE member_trait SET to_ms = CASE WHEN from_ms > :now_ms THEN from_ms ELSE :now_ms END
WHERE group_id = :group_id AND member_id = :member_id AND kind = :kind AND to_ms IS NULL
    AND (value = :value OR :value IS NULL)
"""
_FIND_TRAIT = """
SELECT value FROM member_trait
WHERE group_id = :group_id AND member_id = :member_id AND kind = :kind AND to_ms IS NULL
ORDER BY value
"""
_ADD_TRAIT = """
INSERT INTO member_trait (group_id, member_id, entry_no, kind, value, from_ms, actor, until_day)
SELECT :group_id, :member_id, coalesce(max(entry_no), 0) + 1, :kind, :value, :now_ms, :actor,
    CAST(:until_day AS TEXT)
FROM member_trait WHERE group_id = :group_id AND member_id = :member_id
"""
# The kind is bound: with it written here PostgreSQL may walk the index of all who are in a tier.
_FIND_TIER = f"""
{_TRAIT_COLUMNS}
WHERE group_id = :group_id AND member_id = :member_id AND kind = :kind AND to_ms IS NULL
"""
_PUT_PERSON = """
UPDATE member SET person_sealed = :person_sealed
WHERE group_id = :group_id AND member_id = :member_id AND person_sealed = :person_before
"""


def put_traits(unit: Unit, change: TraitChange) -> Change:
    """See `FactStore.put_traits`."""
    key = {
        "group_id": change.group_id,
        "member_id": change.member_id,
        "now_ms": change.now_ms,
        "actor": change.actor,
    }
    changed = 0
    for kind, value in sorted(change.alone.items()):
        if kind == TIER:
            changed += give_tier(unit, key, value, change.tier_until)
        else:
            changed += put_alone(unit, key, kind, value)
    changed += _put_segments(unit, key, change)
    if change.person_sealed is not None:
        sealed = {"person_sealed": change.person_sealed, "person_before": change.person_before}
        if not unit.run(_PUT_PERSON, {**key, **sealed}):
            raise GuardFailed(guard=f"That the record of {change.member_id} was not changed in between")
        changed += 1
    if not changed:
        return Change.UNCHANGED
    unit.add_event(change.group_id, "member.changed", change.now_ms, member_id=change.member_id)
    return Change.CHANGED


def put_alone(unit: Unit, key: Bindings, kind: str, value: str | None) -> int:
    """Make this the member's only trait of the kind; how many rows that took.

    `key`: group_id, member_id, now_ms, actor.
    """
    held = unit.one(_FIND_TRAIT, {**key, "kind": kind})
    if (held[0] if held else None) == value:
        return 0
    if kind == SPONSOR and value is not None and is_ring(unit, key, value):
        raise GuardFailed(guard=f"That {key['member_id']} did not bring {value}")
    return replace_alone(unit, key, kind, value)


def replace_alone(unit: Unit, key: Bindings, kind: str, value: str | None) -> int:
    """As `put_alone`, where it is known that there will be no ring; what is so already stays."""
    held = unit.one(_FIND_TRAIT, {**key, "kind": kind})
    if (held[0] if held else None) == value:
        return 0
    ended = unit.run(_END_TRAIT, {**key, "kind": kind, "value": None})
    if value is not None:
        add_trait(unit, key, kind, value)
    return ended + (value is not None)


def add_trait(unit: Unit, key: Bindings, kind: str, value: str, until_day: str | None = None) -> None:
    """A trait that begins now."""
    unit.run(_ADD_TRAIT, {**key, "kind": kind, "value": value, "until_day": until_day})


def give_tier(unit: Unit, key: Bindings, tier: str | None, until_day: str | None) -> int:
    """A tier by hand; None takes one that was given so away, and leaves one that was worked out."""
    held = _held_tier(unit, key)
    is_by_hand = held is not None and held.actor != WORKED_OUT
    if tier is None and not is_by_hand:
        return 0
    if held is not None and is_by_hand and (held.value, held.until_day) == (tier, until_day):
        return 0
    return _replace_tier(unit, key, tier, until_day)


def keep_tier(unit: Unit, key: Bindings, tier: str | None, as_of_day: str) -> int:
    """A tier as it was worked out; one that was given by hand goes before it while it holds."""
    held = _held_tier(unit, key)
    if held is not None and held.holds_by_hand(as_of_day):
        return 0
    if tier is None if held is None else (held.actor, held.value) == (WORKED_OUT, tier):
        return 0
    return _replace_tier(unit, key, tier, None)


def _held_tier(unit: Unit, key: Bindings) -> TraitRow | None:
    found = unit.one(_FIND_TIER, {**key, "kind": TIER})
    return None if found is None else TraitRow(*found)


def _replace_tier(unit: Unit, key: Bindings, tier: str | None, until_day: str | None) -> int:
    ended = unit.run(_END_TRAIT, {**key, "kind": TIER, "value": None})
    if tier is not None:
        add_trait(unit, key, TIER, tier, until_day)
    return ended + (tier is not None)


def is_ring(unit: Unit, key: Bindings, sponsor_id: str) -> bool:
    """Walk up from the new sponsor to that one's sponsor and so on: the member itself must not be there."""
    above: str | None = sponsor_id
    for _ in range(SPONSOR_CHAIN_MAX):
        if above is None:
            return False
        if above == key["member_id"]:
            return True
        found = unit.one(_FIND_TRAIT, {**key, "member_id": above, "kind": SPONSOR})
        above = found[0] if found else None
    return True


def _put_segments(unit: Unit, key: Bindings, change: TraitChange) -> int:
    if not change.join and not change.leave:
        return 0
    bindings = {**key, "kind": SEGMENT}
    changed = sum(unit.run(_END_TRAIT, {**bindings, "value": name}) for name in sorted(change.leave))
    held = {row[0] for row in unit.all(_FIND_TRAIT, bindings)}
    for name in sorted(change.join - held):
        changed += unit.run(_ADD_TRAIT, {**bindings, "value": name, "until_day": None})
    if len(held | change.join) > change.segments_max:
        raise GuardFailed(guard=f"That {change.member_id} is in {change.segments_max} segments at most")
    return changed


def list_traits(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[TraitRow]:
    """See `FactStore.list_traits`."""
    bindings = {"group_id": group_id, "member_id": member_id, "limit": limit}
    return [TraitRow(*row) for row in snapshot.all(_LIST_TRAITS, bindings)]
