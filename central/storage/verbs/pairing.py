"""Terminals that ask for a token, and their taking in."""

from dataclasses import replace

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.pairing import PairedToken, PairingRow
from central.storage.interface.rows import TokenRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of
from central.storage.verbs.groups import put_token

_COLUMNS = """
SELECT p.pairing_id, p.code, p.public_key, p.serial, p.poi_id, p.version, p.address, p.requested_ms,
    p.expires_ms, p.group_id, p.shop_id, p.terminal_id, p.token_id, p.sealed_token, t.revoked_ms
FROM pairing p LEFT JOIN token t ON t.group_id = p.group_id AND t.token_id = p.token_id
"""
_FIND = f"{_COLUMNS} WHERE p.pairing_id = :pairing_id"
_FIND_BY_CODE = f"{_COLUMNS} WHERE p.code = :code"
_FORGET = "DELETE FROM pairing WHERE expires_ms < :before_ms"
_COUNT_WAITING = "SELECT count(*) FROM pairing WHERE expires_ms > :now_ms AND group_id IS NULL"
_ADD = """
INSERT INTO pairing
    (pairing_id, code, public_key, serial, poi_id, version, address, requested_ms, expires_ms)
VALUES (:pairing_id, :code, :public_key, :serial, :poi_id, :version, :address, :requested_ms, :expires_ms)
ON CONFLICT (code) DO NOTHING
"""
_APPROVE = """
UPDATE pairing
SET group_id = :group_id, shop_id = :shop_id, terminal_id = :terminal_id, token_id = :token_id,
    sealed_token = :sealed_token, expires_ms = :expires_ms
WHERE pairing_id = :pairing_id AND group_id IS NULL AND expires_ms > :now_ms
"""
_SAID = ("public_key", "serial", "poi_id", "version", "address")
"""What a request says; the rest is ours."""


def put_pairing(
    unit: Unit, row: PairingRow, *, waiting_max: int, forget_before_ms: int
) -> Recorded[PairingRow]:
    stored = find_pairing(unit, row.pairing_id)
    if stored is not None:
        if any(getattr(stored, name) != getattr(row, name) for name in _SAID):
            raise IdempotencyConflict(what="The pairing", id=row.pairing_id)
        return Recorded(stored, is_replay=True)
    unit.run(_FORGET, {"before_ms": forget_before_ms})
    waiting = unit.one(_COUNT_WAITING, {"now_ms": row.requested_ms})
    if waiting is not None and waiting[0] >= waiting_max:
        raise GuardFailed(guard=f"That fewer than {waiting_max} terminals wait to be paired")
    if not unit.run(_ADD, bindings_of(row)):
        raise GuardFailed(guard="That the pairing code is free")
    return Recorded(row, is_replay=False)


def find_pairing(snapshot: Snapshot, pairing_id: str) -> PairingRow | None:
    row = snapshot.one(_FIND, {"pairing_id": pairing_id})
    return None if row is None else _pairing(row)


def find_pairing_by_code(snapshot: Snapshot, code: str) -> PairingRow | None:
    row = snapshot.one(_FIND_BY_CODE, {"code": code})
    return None if row is None else _pairing(row)


def approve_pairing(
    unit: Unit, pairing_id: str, token: PairedToken, *, now_ms: int, expires_ms: int
) -> PairingRow:
    """The token first: the pairing refers to it. A guard that fails undoes both."""
    put_token(
        unit,
        TokenRow(
            group_id=token.group_id,
            token_id=token.token_id,
            token_hash=token.token_hash,
            label=token.label,
            permissions=token.permissions,
            shop_id=token.shop_id,
            terminal_id=token.terminal_id,
            created_ms=now_ms,
        ),
    )
    taken = bindings_of(token, pairing_id=pairing_id, now_ms=now_ms, expires_ms=expires_ms)
    if not unit.run(_APPROVE, taken):
        raise GuardFailed(guard="That the terminal still waits to be paired")
    unit.add_event(
        token.group_id,
        "terminal.paired",
        now_ms,
        token_id=token.token_id,
        shop_id=token.shop_id,
        terminal_id=token.terminal_id,
    )
    stored = find_pairing(unit, pairing_id)
    assert stored is not None, "it was written just now"
    return replace(stored, revoked_ms=None)


def _pairing(row: Row) -> PairingRow:
    return row_of(PairingRow, row)
