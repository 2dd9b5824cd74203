"""A month's clearing counted again from a copy of the database: SQL on tables, nothing of the clearing's.

Lines are found by the members' keys, as central finds them; what others pay is read from the explanations of
tickets and the programme's text, not from the lines that were written for the settlement. Written for tests
whose journal holds one open month.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from central.services.bundle import Services
from central.services.core.vault import Vault

Pairs = Counter[tuple[str, str]]


def recount(copy: Path, group_id: str, vault: Vault) -> Pairs:
    """What each pair of parties is left with, above 0: (debtor, creditor) -> minor units."""
    db = sqlite3.connect(copy)
    gross: Counter[tuple[str, str]] = Counter()
    try:
        for sale in _sales(db, group_id):
            _count_lines(db, vault, group_id, sale, gross)
        _count_stored_value(db, group_id, gross)
        _count_services(db, group_id, gross)
        _count_points_spent(db, group_id, gross)
        _count_associations(db, group_id, gross)
    finally:
        db.close()
    nets: Pairs = Counter()
    for (debtor, creditor), amount in gross.items():
        if debtor != creditor:
            low, high = sorted((debtor, creditor))
            nets[low, high] += amount if debtor == low else -amount
    return Counter(
        {(pair if amount > 0 else pair[::-1]): abs(amount) for pair, amount in nets.items() if amount}
    )


def _sales(db: sqlite3.Connection, group_id: str) -> list[dict[str, Any]]:
    names = ("sale_id", "shop_id", "member_id", "sold_to", "ruleset_version")
    query = f"SELECT {', '.join(names)} FROM sale WHERE group_id = ?"  # the names above
    return [dict(zip(names, row, strict=True)) for row in db.execute(query, (group_id,))]


def _programme(db: sqlite3.Connection, group_id: str, version: int) -> dict[str, Any]:
    query = "SELECT programme FROM programme_version WHERE group_id = ? AND ruleset_version = ?"
    found: dict[str, Any] = json.loads(db.execute(query, (group_id, version)).fetchone()[0])
    return found


def _payer(funder: str, shop_id: str) -> str:
    return f"shop/{shop_id}" if funder == "shop" else funder


def _count_lines(
    db: sqlite3.Connection, vault: Vault, group_id: str, sale: dict[str, Any], gross: Pairs
) -> None:
    """Discounts, vouchers and points of rules that somebody pays for, less what came back."""
    line_key = _line_key(db, vault, group_id, sale)
    text = db.execute(
        "SELECT reasons FROM line_store_why WHERE group_id = ? AND line_key = ?", (group_id, line_key)
    ).fetchone()
    if text is None:
        return
    programme = _programme(db, group_id, sale["ruleset_version"])
    funders = {rule["id"]: rule["funder"] for rule in programme["rules"] if "funder" in rule}
    issuer = _payer(programme.get("funder", "group"), sale["shop_id"])
    shop = f"shop/{sale['shop_id']}"
    step = programme.get("voucher_step")
    lines = {line[0]: line[3] for line in json.loads(text[0])}
    backs = _returns(db, group_id, sale["sale_id"], line_key)
    points: dict[str, list[tuple[int, int]]] = {}
    for line_no, reasons in lines.items():
        for reason in reasons:
            rule_id, given, amount, stage = reason[0], reason[3], -reason[5], reason[6]
            if rule_id not in funders:
                continue
            funder = _payer(funders[rule_id], sale["shop_id"])
            if stage == "promotion" and amount:
                gross[funder, shop] += amount
                for shop_id, quantity, before, after in backs.get(line_no, []):
                    gross[f"shop/{shop_id}", funder] += (
                        amount * after // quantity - amount * before // quantity
                    )
            elif stage == "accrual" and given:
                points.setdefault(rule_id, []).append((line_no, given))
    for rule_id, shares in points.items():
        funder = _payer(funders[rule_id], sale["shop_id"])
        whole = sum(given for _, given in shares)
        worth = (2 * whole * step["worth_minor"] + step["points"]) // (2 * step["points"])
        gross[funder, issuer] += worth
        for (line_no, _), part in zip(shares, _split(worth, [given for _, given in shares]), strict=True):
            for _, quantity, before, after in backs.get(line_no, []):
                gross[issuer, funder] += part * after // quantity - part * before // quantity
    _count_vouchers(db, group_id, sale, gross, _taken_by(lines, backs))


def _taken_by(
    lines: dict[int, Any], backs: dict[int, list[tuple[str, int, int, int]]]
) -> dict[str, str | None]:
    """By what a voucher is called on lines: the shop that took back all units that it paid for."""
    spoke: dict[str, set[int]] = {}
    for line_no, reasons in lines.items():
        for reason in reasons:
            if reason[6] == "voucher":
                spoke.setdefault(reason[0], set()).add(line_no)
    return {rule_id: _taken_whole_by(line_nos, backs) for rule_id, line_nos in spoke.items()}


def _taken_whole_by(line_nos: set[int], backs: dict[int, list[tuple[str, int, int, int]]]) -> str | None:
    """The shop that took all units of these lines back; None: the customer still has some."""
    for line_no in line_nos:
        if not any(after == quantity for _, quantity, _, after in backs.get(line_no, [])):
            return None
    return backs[min(line_nos)][0][0]


def _count_vouchers(
    db: sqlite3.Connection,
    group_id: str,
    sale: dict[str, Any],
    gross: Pairs,
    taken_by: dict[str, str | None],
) -> None:
    """Paid when they are used, and not when their goods are back: whether or not they are good again."""
    query = """
    SELECT u.used_minor, v.definition, l.funder FROM voucher_use AS u
    JOIN voucher AS v ON v.group_id = u.group_id AND v.voucher_id = u.voucher_id
    JOIN lot AS l ON l.group_id = v.group_id AND l.lot_id = v.lot_id
    WHERE u.group_id = ? AND u.sale_id = ?"""
    for used, definition, funder in db.execute(query, (group_id, sale["sale_id"])).fetchall():
        gross[funder, f"shop/{sale['shop_id']}"] += used
        shop_id = taken_by[f"voucher.{definition}"]
        if shop_id is not None:
            gross[f"shop/{shop_id}", funder] += used


def _returns(
    db: sqlite3.Connection, group_id: str, sale_id: str, line_key: bytes
) -> dict[int, list[tuple[str, int, int, int]]]:
    """By line: the shop of each return, the line's units, how many were back before and after it.

    A line's returns are told apart by the order of the sale's returns; each names a line at most once.
    """
    shops = db.execute(
        "SELECT shop_id FROM sale_return WHERE group_id = ? AND sale_id = ? ORDER BY recorded_ms, return_id",
        (group_id, sale_id),
    ).fetchall()
    assert len({shop for (shop,) in shops}) <= 1, "the recount knows tickets whose returns are in one shop"
    found: dict[int, list[tuple[str, int, int, int]]] = {}
    query = """
    SELECT r.line_no, l.quantity, r.already_returned, r.quantity FROM line_store_return AS r
    JOIN line_store_line AS l ON l.group_id = r.group_id AND l.line_key = r.line_key AND l.line_no = r.line_no
    WHERE r.group_id = ? AND r.line_key = ? ORDER BY r.line_no, r.already_returned"""
    for line_no, sold, before, back in db.execute(query, (group_id, line_key)).fetchall():
        found.setdefault(line_no, []).append((shops[0][0], sold, before, before + back))
    return found


def _line_key(db: sqlite3.Connection, vault: Vault, group_id: str, sale: dict[str, Any]) -> bytes:
    if sale["member_id"] is None:
        return vault.anonymous_line_key(group_id, sale["sale_id"])
    query = "SELECT key_wrapped, merged_into, merged_key FROM member WHERE group_id = ? AND member_id = ?"
    owner = sale["sold_to"] or sale["member_id"]
    wrapped, survivor, merged = db.execute(query, (group_id, owner)).fetchone()
    if survivor is None:
        return vault.line_key(vault.open_key(group_id, owner, wrapped), sale["sale_id"])
    kept, _, _ = db.execute(query, (group_id, survivor)).fetchone()
    key = vault.open_merged_key(group_id, owner, vault.open_key(group_id, survivor, kept), merged)
    return vault.line_key(key, sale["sale_id"])


_MONEY = "'CHF/2', 'MEAL.CHF/2', 'EUR/2', 'MEAL.EUR/2'"


def _count_stored_value(db: sqlite3.Connection, group_id: str, gross: Pairs) -> None:
    """What lots held and a shop was paid with, and what went back into lots at a shop."""
    spent = f"""
    SELECT l.funder, p.target, a.amount FROM allocation AS a
    JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
    JOIN posting AS p ON p.group_id = a.group_id AND p.journal_seq = a.journal_seq AND p.source = l.account
        AND p.asset = l.asset AND p.target LIKE 'shop/%/value_redeemed'
    WHERE a.group_id = ? AND l.asset IN ({_MONEY})"""
    for funder, account, amount in db.execute(spent, (group_id,)).fetchall():
        gross[funder, account.removesuffix("/value_redeemed")] += amount
    back = f"""
    SELECT l.funder, p.source, x.amount FROM (
        SELECT group_id, journal_seq, lot_id, amount FROM lot_restore
        UNION ALL SELECT group_id, journal_seq, lot_id, amount FROM lot) AS x
    JOIN lot AS l ON l.group_id = x.group_id AND l.lot_id = x.lot_id
    JOIN posting AS p ON p.group_id = x.group_id AND p.journal_seq = x.journal_seq AND p.target = l.account
        AND p.asset = l.asset AND p.source LIKE 'shop/%/value_redeemed'
    WHERE x.group_id = ? AND l.asset IN ({_MONEY})"""
    for funder, account, amount in db.execute(back, (group_id,)).fetchall():
        gross[account.removesuffix("/value_redeemed"), funder] += amount


def _count_services(db: sqlite3.Connection, group_id: str, gross: Pairs) -> None:
    """Services drawn, unit by unit in the order of the journal: each at its place in what was sold."""
    query = """
    SELECT l.source_id, l.funder, p.target, a.amount, v.paid_minor, v.amount FROM allocation AS a
    JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
    JOIN ledger_transaction AS t ON t.group_id = a.group_id AND t.journal_seq = a.journal_seq
    JOIN posting AS p ON p.group_id = a.group_id AND p.journal_seq = a.journal_seq
    JOIN value_act AS v ON v.group_id = a.group_id AND v.act_id = l.source_id
    WHERE a.group_id = ? AND t.kind = 'value_draw' ORDER BY a.journal_seq, a.allocation_no"""
    used: Counter[str] = Counter()
    for source, funder, account, amount, paid, units in db.execute(query, (group_id,)).fetchall():
        for _ in range(amount):
            at = used[source]
            used[source] += 1
            gross[funder, account.removesuffix("/value_redeemed")] += (
                paid * (at + 1) // units - paid * at // units
            )


def _count_points_spent(db: sqlite3.Connection, group_id: str, gross: Pairs) -> None:
    """Points that paid, at the rate of the ticket's programme; what came back of them, to their lots."""
    query = """
    SELECT sale_id, shop_id, points_redeemed, redemption_id, ruleset_version FROM sale
    WHERE group_id = ? AND points_redeemed > 0"""
    for sale_id, shop_id, points, redemption_id, version in db.execute(query, (group_id,)).fetchall():
        step = _programme(db, group_id, version)["voucher_step"]
        worth = points // step["points"] * step["worth_minor"]
        taken = db.execute(
            """SELECT l.funder, sum(a.amount) FROM allocation AS a
            JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
            JOIN ledger_transaction AS t ON t.group_id = a.group_id AND t.journal_seq = a.journal_seq
            WHERE a.group_id = ? AND t.transaction_id = ? GROUP BY l.funder ORDER BY min(a.allocation_no)""",
            (group_id, redemption_id),
        ).fetchall()
        assert sum(amount for _, amount in taken) == points, "the recount knows redemptions from lots alone"
        for (funder, _), part in zip(taken, _split(worth, [amount for _, amount in taken]), strict=True):
            gross[funder, f"shop/{shop_id}"] += part
        # What each return told its customer that the points were worth, as it was written then. Returns of
        # before that was written (None): their share, in the order in which they came.
        backs = db.execute(
            """SELECT r.shop_id, r.points_restored, r.restoration_id, b.amount_minor
            FROM sale_return AS r JOIN ledger_transaction AS t
                ON t.group_id = r.group_id AND t.transaction_id = r.restoration_id
            LEFT JOIN return_tender AS b
                ON b.group_id = r.group_id AND b.return_id = r.return_id AND b.tender_no = 0
            WHERE r.group_id = ? AND r.sale_id = ? AND r.points_restored > 0
            ORDER BY t.journal_seq""",
            (group_id, sale_id),
        ).fetchall()
        backs = _with_worth(backs, points, worth)
        assert sum(restored for _, restored, _, _ in backs) <= points
        is_all_back = sum(restored for _, restored, _, _ in backs) == points
        assert not is_all_back or sum(value for _, _, _, value in backs) == worth, "points came back whole"
        for back_shop, restored, restoration_id, value in backs:
            into = db.execute(
                """SELECT l.funder, sum(x.amount) FROM (
                    SELECT group_id, journal_seq, restore_no, lot_id, amount FROM lot_restore
                    UNION ALL SELECT group_id, journal_seq, 1000 + lot_no, lot_id, amount FROM lot) AS x
                JOIN lot AS l ON l.group_id = x.group_id AND l.lot_id = x.lot_id
                JOIN ledger_transaction AS t ON t.group_id = x.group_id AND t.journal_seq = x.journal_seq
                WHERE x.group_id = ? AND t.transaction_id = ? GROUP BY l.funder ORDER BY min(x.restore_no)""",
                (group_id, restoration_id),
            ).fetchall()
            assert sum(amount for _, amount in into) == restored, "nobody owed points"
            for (funder, _), part in zip(into, _split(value, [amount for _, amount in into]), strict=True):
                gross[f"shop/{back_shop}", funder] += part


def _with_worth(backs: list[Any], points: int, worth: int) -> list[tuple[str, int, str, int]]:
    """The returns of a ticket with what their points were worth, told or worked out."""
    found, before = [], 0
    for shop_id, restored, restoration_id, told in backs:
        share = worth * (before + restored) // points - worth * before // points
        found.append((shop_id, restored, restoration_id, share if told is None else told))
        before += restored
    return found


def _count_associations(db: sqlite3.Connection, group_id: str, gross: Pairs) -> None:
    """The share of each shop; donated points by the funder of their lots, at the rate of now."""
    query = """
    SELECT association_id, shop_id, share_bp, sum(counted_minor) FROM association_turnover
    WHERE group_id = ? GROUP BY association_id, shop_id, share_bp"""
    for association, shop_id, share_bp, counted in db.execute(query, (group_id,)).fetchall():
        gross[f"shop/{shop_id}", f"association/{association}"] += (2 * counted * share_bp + 10_000) // 20_000
    given = """
    SELECT v.other_id, l.funder, sum(a.amount) FROM value_move AS v
    JOIN ledger_transaction AS t ON t.group_id = v.group_id AND t.transaction_id = v.transaction_id
    JOIN allocation AS a ON a.group_id = t.group_id AND a.journal_seq = t.journal_seq
    JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
    WHERE v.group_id = ? AND v.kind = 'donation' GROUP BY v.other_id, l.funder"""
    (version,) = db.execute(
        "SELECT ruleset_version FROM pharmacy_group WHERE group_id = ?", (group_id,)
    ).fetchone()
    step = _programme(db, group_id, version).get("voucher_step")
    for association, funder, points in db.execute(given, (group_id,)).fetchall():
        gross[funder, f"association/{association}"] += points * step["worth_minor"] // step["points"]


def _split(whole: int, weights: list[int]) -> list[int]:
    """Largest remainder, written again."""
    total = sum(weights)
    parts = [whole * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts


async def copied_and_recounted(
    services: Services, group_id: str, path: Path, *, forgets_told: bool = False
) -> Pairs:
    """Copy the store and count it again. `forgets_told`: as if returns had not written what points paid."""
    await services.store.copy_into(path)
    if forgets_told:
        await asyncio.to_thread(_forget_told, path)
    vault: Vault = services.sales._vault
    return recount(path, group_id, vault)


def _forget_told(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER return_tender_refuses_delete")
        assert db.execute("DELETE FROM return_tender WHERE tender_no = 0").rowcount
