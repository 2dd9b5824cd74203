"""Groups, rule sets, access tokens and shops."""

# ruff: noqa: S105  -- no password: the names of statements about tokens

import json
from collections.abc import Sequence
from dataclasses import replace

from central.storage.base import Change, IdempotencyConflict
from central.storage.interface.rows import GroupRow, ShopRow, TokenRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from central.storage.verbs import claims
from loyalty.ledger.budget import Budget
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.journal import GENESIS

# A group's programme stands in `programme_version` alone. Every row that names its group is checked against
# `pharmacy_group`, and SQLite reads a parent's whole row to compare its key: megabytes of rules for each.
_GROUP_COLUMNS = """
SELECT pharmacy_group.group_id, name, country, currency, settings,
    coalesce(v.programme, pharmacy_group.programme), pharmacy_group.ruleset_version, created_ms
FROM pharmacy_group
LEFT JOIN programme_version AS v
    ON v.group_id = pharmacy_group.group_id AND v.ruleset_version = pharmacy_group.ruleset_version
"""
_FIND_GROUP = f"{_GROUP_COLUMNS} WHERE pharmacy_group.group_id = :group_id"
_LIST_GROUPS = f"{_GROUP_COLUMNS} ORDER BY pharmacy_group.group_id"
_LIST_GROUP_IDS = "SELECT group_id FROM pharmacy_group ORDER BY group_id"
_ADD_GROUP = """
INSERT INTO pharmacy_group
    (group_id, name, country, currency, settings, programme, ruleset_version, created_ms)
VALUES (:group_id, :name, :country, :currency, :settings, '', :ruleset_version, :created_ms)
"""
_ADD_HEAD = "INSERT INTO group_head (group_id, journal_hash) VALUES (:group_id, :journal_hash)"
_CHANGE_GROUP = """
UPDATE pharmacy_group SET name = :name, country = :country, currency = :currency, settings = :settings,
    programme = '', ruleset_version = :ruleset_version
WHERE group_id = :group_id
"""
_FIND_PROGRAMME = """
SELECT programme FROM programme_version WHERE group_id = :group_id AND ruleset_version = :ruleset_version
"""
_ADD_PROGRAMME = """
INSERT INTO programme_version (group_id, ruleset_version, programme, actor, recorded_ms)
VALUES (:group_id, :ruleset_version, :programme, :actor, :recorded_ms)
"""


def put_group(unit: Unit, row: GroupRow, actor: str, budgets: Sequence[Budget], now_ms: int) -> Change:
    """Make or change a group. Another programme needs a higher `ruleset_version`; `created_ms` stays."""
    stored = find_group(unit, row.group_id)
    if stored is None:
        unit.run(_ADD_GROUP, bindings_of(row))
        unit.run(_ADD_HEAD, {"group_id": row.group_id, "journal_hash": GENESIS})
        unit.add_event(row.group_id, "group.added", now_ms, group_id=row.group_id)
        _add_programme(unit, row, actor, budgets, now_ms)
        return Change.CREATED
    row = replace(row, created_ms=stored.created_ms)
    if row == stored:
        return Change.UNCHANGED
    if (row.programme, row.ruleset_version) != (stored.programme, stored.ruleset_version):
        if row.ruleset_version <= stored.ruleset_version:
            raise IdempotencyConflict(what="The rule set version", id=str(row.ruleset_version))
        _add_programme(unit, row, actor, budgets, now_ms)
        same_programme = replace(row, programme=stored.programme, ruleset_version=stored.ruleset_version)
    else:
        same_programme = row
    if same_programme != stored:
        unit.add_event(row.group_id, "group.changed", now_ms, group_id=row.group_id)
    unit.run(_CHANGE_GROUP, bindings_of(row))
    return Change.CHANGED


def _add_programme(unit: Unit, row: GroupRow, actor: str, budgets: Sequence[Budget], now_ms: int) -> None:
    unit.run(_ADD_PROGRAMME, bindings_of(row, actor=actor, recorded_ms=now_ms))
    unit.add_event(row.group_id, "programme.changed", now_ms, ruleset_version=row.ruleset_version)
    head = EntryHead(
        transaction_id=f"programme/{row.ruleset_version}/budgets",
        cause_id=f"programme/{row.ruleset_version}",
        occurred_ms=now_ms,
        recorded_ms=now_ms,
        actor=actor,
        terminal_id=None,
        ruleset_version=row.ruleset_version,
    )
    claims.grant_budgets(unit, row.group_id, budgets, head)


def find_group(snapshot: Snapshot, group_id: str) -> GroupRow | None:
    row = snapshot.one(_FIND_GROUP, {"group_id": group_id})
    return None if row is None else GroupRow(*row)


def list_groups(snapshot: Snapshot) -> Sequence[GroupRow]:
    return [GroupRow(*row) for row in snapshot.all(_LIST_GROUPS, {})]


def list_group_ids(snapshot: Snapshot) -> Sequence[str]:
    """Out of the key's index: neither settings nor programmes are read."""
    return [group_id for (group_id,) in snapshot.all(_LIST_GROUP_IDS, {})]


def find_programme(snapshot: Snapshot, group_id: str, ruleset_version: int) -> str | None:
    row = snapshot.one(_FIND_PROGRAMME, {"group_id": group_id, "ruleset_version": ruleset_version})
    return None if row is None else row[0]


# Tokens -----------------------------------------------------------------------------------------------------

_TOKEN_COLUMNS = """
SELECT group_id, token_id, token_hash, label, permissions, shop_id, terminal_id, created_ms, revoked_ms
FROM token
"""
_FIND_TOKEN_BY_ID = f"{_TOKEN_COLUMNS} WHERE group_id = :group_id AND token_id = :token_id"
_FIND_TOKEN = f"{_TOKEN_COLUMNS} WHERE token_hash = :token_hash"
_LIST_TOKENS = f"{_TOKEN_COLUMNS} WHERE group_id = :group_id ORDER BY token_id"
_ADD_TOKEN = """
INSERT INTO token
    (group_id, token_id, token_hash, label, permissions, shop_id, terminal_id, created_ms, revoked_ms)
VALUES (:group_id, :token_id, :token_hash, :label, :permissions, :shop_id, :terminal_id, :created_ms,
    :revoked_ms)
"""
_REVOKE_TOKEN = """
UPDATE token SET revoked_ms = :now_ms
WHERE group_id = :group_id AND token_id = :token_id AND revoked_ms IS NULL
"""


def put_token(unit: Unit, row: TokenRow) -> None:
    """Issue a token once; a revoked one is not revived by sending it again."""
    stored = unit.one(_FIND_TOKEN_BY_ID, {"group_id": row.group_id, "token_id": row.token_id})
    if stored is not None:
        known = _token(stored)
        if replace(row, created_ms=known.created_ms, revoked_ms=known.revoked_ms) != known:
            raise IdempotencyConflict(what="The token", id=row.token_id)
        return
    if unit.one(_FIND_TOKEN, {"token_hash": row.token_hash}) is not None:
        raise IdempotencyConflict(what="The secret of the token", id=row.token_id)
    unit.run(_ADD_TOKEN, bindings_of(row, permissions=json.dumps(sorted(row.permissions))))
    unit.add_event(row.group_id, "token.issued", row.created_ms, token_id=row.token_id)


def find_token(snapshot: Snapshot, token_hash: bytes) -> TokenRow | None:
    row = snapshot.one(_FIND_TOKEN, {"token_hash": token_hash})
    return None if row is None else _token(row)


def list_tokens(snapshot: Snapshot, group_id: str) -> Sequence[TokenRow]:
    return [_token(row) for row in snapshot.all(_LIST_TOKENS, {"group_id": group_id})]


def revoke_token(unit: Unit, group_id: str, token_id: str, now_ms: int) -> bool:
    """Whether this call revoked it; False when it was revoked before or does not exist."""
    is_revoked = unit.run(_REVOKE_TOKEN, {"group_id": group_id, "token_id": token_id, "now_ms": now_ms})
    if is_revoked:
        unit.add_event(group_id, "token.revoked", now_ms, token_id=token_id)
    return bool(is_revoked)


def _token(row: Row) -> TokenRow:
    group_id, token_id, token_hash, label, permissions, *rest = row
    return TokenRow(group_id, token_id, token_hash, label, frozenset(json.loads(permissions)), *rest)


# Shops ------------------------------------------------------------------------------------------------------

_SHOP_COLUMNS = """
SELECT group_id, shop_id, name, country, time_zone, external_id, street, postcode, city, phone, opening_hours,
    website, latitude_e7, longitude_e7
FROM shop
"""
_FIND_SHOP = f"{_SHOP_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id"
_LIST_SHOPS = f"{_SHOP_COLUMNS} WHERE group_id = :group_id ORDER BY shop_id"
_PUT_SHOP = """
INSERT INTO shop
    (group_id, shop_id, name, country, time_zone, external_id, street, postcode, city, phone, opening_hours,
     website, latitude_e7, longitude_e7)
VALUES (:group_id, :shop_id, :name, :country, :time_zone, :external_id, :street, :postcode, :city, :phone,
    :opening_hours, :website, :latitude_e7, :longitude_e7)
ON CONFLICT (group_id, shop_id) DO UPDATE SET name = excluded.name, country = excluded.country,
    time_zone = excluded.time_zone, external_id = excluded.external_id, street = excluded.street,
    postcode = excluded.postcode, city = excluded.city, phone = excluded.phone,
    opening_hours = excluded.opening_hours, website = excluded.website,
    latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7
"""


def put_shop(unit: Unit, row: ShopRow, now_ms: int) -> Change:
    stored = find_shop(unit, row.group_id, row.shop_id)
    if row == stored:
        return Change.UNCHANGED
    unit.run(_PUT_SHOP, bindings_of(row))
    kind = "shop.added" if stored is None else "shop.changed"
    unit.add_event(row.group_id, kind, now_ms, shop_id=row.shop_id)
    return Change.CREATED if stored is None else Change.CHANGED


def find_shop(snapshot: Snapshot, group_id: str, shop_id: str) -> ShopRow | None:
    row = snapshot.one(_FIND_SHOP, {"group_id": group_id, "shop_id": shop_id})
    return None if row is None else ShopRow(*row)


def list_shops(snapshot: Snapshot, group_id: str) -> Sequence[ShopRow]:
    return [ShopRow(*row) for row in snapshot.all(_LIST_SHOPS, {"group_id": group_id})]
