"""Keys of cards, and the counters by which a message of a chip counts once."""

from collections.abc import Sequence

from central.storage.interface.chips import CardKeysRow, CardProofRow, ChipTapRow
from central.storage.interface.common import GuardFailed
from central.storage.interface.rows import CardRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs.cards import find_card, find_card_by_uid
from loyalty.limits.cards import CARD_KEY_VERSIONS_LISTED_MAX

_ADD_KEYS = """
INSERT INTO card_keys (group_id, version, sealed, made_ms) VALUES (:group_id, :version, :sealed, :made_ms)
ON CONFLICT (group_id, version) DO NOTHING
"""
_ALL_KEYS = f"""
SELECT group_id, version, sealed, made_ms, retired_ms FROM card_keys
WHERE group_id = :group_id ORDER BY version DESC LIMIT {CARD_KEY_VERSIONS_LISTED_MAX}
"""  # noqa: S608  -- joined from a constant
_RETIRE_KEYS = """
UPDATE card_keys SET retired_ms = :now_ms
WHERE group_id = :group_id AND version = :version AND retired_ms IS NULL
"""
_ACCEPT = """
INSERT INTO chip_tap (group_id, uid, counter, terminal, at_ms, replays)
VALUES (:group_id, :uid, :counter, :terminal, :at_ms, 0)
ON CONFLICT (group_id, uid) DO UPDATE
SET counter = excluded.counter, terminal = excluded.terminal, at_ms = excluded.at_ms
WHERE chip_tap.counter < excluded.counter
"""
_FIND_TAP = """
SELECT group_id, uid, counter, terminal, at_ms FROM chip_tap WHERE group_id = :group_id AND uid = :uid
"""
_FIND_SAME = """
SELECT 1 FROM chip_tap
WHERE group_id = :group_id AND uid = :uid AND counter = :counter AND terminal = :terminal
    AND at_ms >= :same_since_ms
"""
_COUNT_REPLAY = """
UPDATE chip_tap SET replays = replays + 1 WHERE group_id = :group_id AND uid = :uid RETURNING replays
"""

_KEEP_PROOF = """
INSERT INTO card_proof (group_id, uid, proof_id, terminal, tap_id, begun_ms, expires_ms)
VALUES (:group_id, :uid, :proof_id, :terminal, :tap_id, :begun_ms, :expires_ms)
ON CONFLICT (group_id, uid) DO UPDATE
SET proof_id = excluded.proof_id, terminal = excluded.terminal, tap_id = excluded.tap_id,
    begun_ms = excluded.begun_ms, expires_ms = excluded.expires_ms
WHERE card_proof.begun_ms < excluded.begun_ms
"""
_FIND_PROOF = """
SELECT group_id, uid, proof_id, terminal, tap_id, begun_ms, expires_ms FROM card_proof
WHERE group_id = :group_id AND uid = :uid
"""

_BIND_CHIP = """
UPDATE card SET uid = :uid
WHERE group_id = :group_id AND card_number = :card_number AND uid = '' AND state = 'stock'
    AND NOT EXISTS (SELECT 1 FROM card AS other WHERE other.group_id = :group_id
        AND other.uid = :uid AND other.uid <> '')
"""


def add_card_keys(unit: Unit, row: CardKeysRow) -> None:
    if not unit.run(_ADD_KEYS, bindings_of(row)):
        raise GuardFailed(guard=f"That version {row.version} of the card keys is new")
    unit.add_event(row.group_id, "card_keys.made", row.made_ms, version=row.version)


def list_card_keys(snapshot: Snapshot, group_id: str) -> Sequence[CardKeysRow]:
    return [CardKeysRow(*row) for row in snapshot.all(_ALL_KEYS, {"group_id": group_id})]


def retire_card_keys(unit: Unit, group_id: str, version: int, now_ms: int) -> bool:
    is_retired = bool(unit.run(_RETIRE_KEYS, {"group_id": group_id, "version": version, "now_ms": now_ms}))
    if is_retired:
        unit.add_event(group_id, "card_keys.retired", now_ms, version=version)
    return is_retired


def is_same_tap(snapshot: Snapshot, row: ChipTapRow, *, same_since_ms: int) -> bool:
    """Whether it is the tap that was kept last, asked about again by its terminal: nothing moves then."""
    return snapshot.one(_FIND_SAME, bindings_of(row, same_since_ms=same_since_ms)) is not None


def find_tap(snapshot: Snapshot, group_id: str, uid: str) -> ChipTapRow | None:
    row = snapshot.one(_FIND_TAP, {"group_id": group_id, "uid": uid})
    return None if row is None else ChipTapRow(*row)


def accept_tap(unit: Unit, row: ChipTapRow, *, same_since_ms: int) -> bool:
    if unit.run(_ACCEPT, bindings_of(row)):
        return True
    if is_same_tap(unit, row, same_since_ms=same_since_ms):  # kept since it was looked for
        return True
    _tell_replay(unit, row)
    return False


def _tell_replay(unit: Unit, row: ChipTapRow) -> None:
    """Told at replay 1, 2, 4, 8 ...: whoever repeats a message fills no event stream."""
    counted = unit.one(_COUNT_REPLAY, bindings_of(row))
    assert counted is not None, "a tap that is no newer has one before it"
    replays = int(counted[0])
    if replays & (replays - 1):
        return
    card = find_card_by_uid(unit, row.group_id, row.uid)
    unit.add_event(
        row.group_id,
        "card.message_replayed",
        row.at_ms,
        member_id=None if card is None else card.member_id,
        terminal=row.terminal,
        replays=replays,
    )


def keep_card_proof(unit: Unit, row: CardProofRow) -> bool:
    if unit.run(_KEEP_PROOF, bindings_of(row)):
        return True
    return find_card_proof(unit, row.group_id, row.uid) == row


def find_card_proof(snapshot: Snapshot, group_id: str, uid: str) -> CardProofRow | None:
    found = snapshot.one(_FIND_PROOF, {"group_id": group_id, "uid": uid})
    return None if found is None else CardProofRow(*found)


def bind_chip(unit: Unit, group_id: str, card_number: str, uid: str, now_ms: int) -> CardRow:
    bindings = {"group_id": group_id, "card_number": card_number, "uid": uid}
    if unit.run(_BIND_CHIP, bindings):
        unit.add_event(group_id, "card.chip_written", now_ms, member_id=None)
    card = find_card(unit, group_id, card_number)
    if card is None or card.uid != uid:
        raise GuardFailed(guard="That the number is in stock without a chip, and the chip is no other card's")
    return card
