"""Members, and what a screen shows of one in a single snapshot."""

from collections.abc import Sequence

from central.storage.base import IdempotencyConflict, Recorded
from central.storage.interface.rows import CardRow, ExpiringLots, MemberOverview, MemberRow, TicketRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import cards, ledger
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points, member_points_owed

MEMBER_COLUMNS = (
    "group_id, member_id, key_wrapped, person_sealed, subject_sealed, language, home_shop_id, enrolled_ms,"
    " email_hash, phone_hash, input_hash, merged_into, merged_key"
)
_MEMBER_COLUMNS = f"SELECT {MEMBER_COLUMNS} FROM member"  # noqa: S608  -- joined from constants
_FIND_MEMBER = f"{_MEMBER_COLUMNS} WHERE group_id = :group_id AND member_id = :member_id"
# Without statistics the planner would take the primary key and read the whole group: name the indexes.
_FIND_MEMBERS_BY_HASH = f"""
{_MEMBER_COLUMNS} INDEXED BY member_by_email WHERE group_id = :group_id AND email_hash = :email_hash
UNION
{_MEMBER_COLUMNS} INDEXED BY member_by_phone WHERE group_id = :group_id AND phone_hash = :phone_hash
ORDER BY member_id
"""
_LIST_MERGED = """
SELECT member_id FROM member INDEXED BY member_by_survivor
WHERE group_id = :group_id AND merged_into = :survivor_id ORDER BY member_id
"""
_ADD_MEMBER = """
INSERT INTO member
    (group_id, member_id, key_wrapped, person_sealed, subject_sealed, language, home_shop_id, enrolled_ms,
     email_hash, phone_hash, input_hash)
VALUES (:group_id, :member_id, :key_wrapped, :person_sealed, :subject_sealed, :language, :home_shop_id,
    :enrolled_ms, :email_hash, :phone_hash, :input_hash)
"""
_LIST_TICKETS = """
SELECT sale_id, occurred_ms, recorded_ms, shop_id, total_minor, points,
    (SELECT name FROM shop WHERE shop.group_id = sale.group_id AND shop.shop_id = sale.shop_id)
FROM sale
WHERE group_id = :group_id AND member_id = :member_id AND (occurred_ms, sale_id) < (:before_ms, :before_id)
UNION ALL
SELECT return_id, occurred_ms, recorded_ms, shop_id, -total_minor, -points,
    (SELECT name FROM shop WHERE shop.group_id = back.group_id AND shop.shop_id = back.shop_id)
FROM sale_return AS back
WHERE group_id = :group_id AND member_id = :member_id AND (occurred_ms, return_id) < (:before_ms, :before_id)
ORDER BY 2 DESC, 1 DESC LIMIT :limit
"""
_POINTS_SINCE = """
SELECT
    (SELECT coalesce(sum(points), 0) FROM sale
     WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms >= :since_ms)
  - (SELECT coalesce(sum(points), 0) FROM sale_return
     WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms >= :since_ms)
"""
_EXPIRING = """
SELECT sum(remaining), expires_ms FROM lot
WHERE group_id = :group_id AND account = :account AND asset = :asset AND remaining > 0
    AND expires_ms IS NOT NULL
GROUP BY expires_ms ORDER BY expires_ms LIMIT 1
"""
_END_OF_TIME_MS = 2**63 - 1


def enrol_member(unit: Unit, row: MemberRow, card: CardRow | None) -> Recorded[MemberRow]:
    """Write a member and the first card, if any, together."""
    stored = find_member(unit, row.group_id, row.member_id)
    if stored is not None:
        if stored.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The member", id=row.member_id)
        return Recorded(stored, is_replay=True)
    unit.run(_ADD_MEMBER, bindings_of(row))
    unit.add_event(
        row.group_id,
        "member.enrolled",
        row.enrolled_ms,
        member_id=row.member_id,
        home_shop_id=row.home_shop_id,
    )
    if card is not None:
        cards.hand_out(unit, card, actor=row.member_id)
    return Recorded(row, is_replay=False)


def find_member(snapshot: Snapshot, group_id: str, member_id: str) -> MemberRow | None:
    row = snapshot.one(_FIND_MEMBER, {"group_id": group_id, "member_id": member_id})
    return None if row is None else MemberRow(*row)


def list_merged(snapshot: Snapshot, group_id: str, survivor_id: str) -> Sequence[str]:
    """The duplicates that were merged into a member."""
    rows = snapshot.all(_LIST_MERGED, {"group_id": group_id, "survivor_id": survivor_id})
    return [row[0] for row in rows]


def find_members_by_hash(
    snapshot: Snapshot, group_id: str, email_hash: bytes | None, phone_hash: bytes | None
) -> Sequence[MemberRow]:
    """Members with this e-mail or this phone; a None finds nobody."""
    bindings = {"group_id": group_id, "email_hash": email_hash, "phone_hash": phone_hash}
    return [MemberRow(*row) for row in snapshot.all(_FIND_MEMBERS_BY_HASH, bindings)]


def member_overview(
    snapshot: Snapshot, group_id: str, member_id: str, since_ms: int, tickets: int
) -> MemberOverview:
    """`points_since`: points of tickets that occurred at or after `since_ms`, less those of returns."""
    return overview_of(
        snapshot,
        group_id,
        member_id,
        points=ledger.balance(snapshot, group_id, member_points(member_id), POINTS),
        points_owed=-ledger.balance(snapshot, group_id, member_points_owed(member_id), POINTS),
        since_ms=since_ms,
        tickets=tickets,
    )


def overview_of(
    snapshot: Snapshot,
    group_id: str,
    member_id: str,
    *,
    points: int,
    points_owed: int,
    since_ms: int,
    tickets: int,
) -> MemberOverview:
    """As `member_overview`, where the balances were read in the same snapshot."""
    account = member_points(member_id)
    expiring = snapshot.one(_EXPIRING, {"group_id": group_id, "account": account, "asset": str(POINTS)})
    listed = tuple(list_tickets(snapshot, group_id, member_id, None, tickets))
    if len(listed) < tickets or (listed and listed[-1].occurred_ms < since_ms):  # the whole day is listed
        points_since = sum([each.points for each in listed if each.occurred_ms >= since_ms])
    else:
        since = snapshot.one(
            _POINTS_SINCE, {"group_id": group_id, "member_id": member_id, "since_ms": since_ms}
        )
        assert since is not None
        points_since = since[0]
    return MemberOverview(
        points=points,
        points_owed=points_owed,
        points_since=points_since,
        expiring=None if expiring is None else ExpiringLots(*expiring),
        tickets=listed,
    )


def list_tickets(
    snapshot: Snapshot, group_id: str, member_id: str, before: tuple[int, str] | None, limit: int
) -> Sequence[TicketRow]:
    """Sales and returns, latest first; a return stands under its own id, with negative totals.

    `before`: (occurred_ms, sale_id) of the last ticket of the page before.
    """
    before_ms, before_id = before or (_END_OF_TIME_MS, "")
    bindings = {
        "group_id": group_id,
        "member_id": member_id,
        "before_ms": before_ms,
        "before_id": before_id,
        "limit": limit,
    }
    return [TicketRow(*row) for row in snapshot.all(_LIST_TICKETS, bindings)]
