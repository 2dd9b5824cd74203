"""Rows with sensible defaults, and the small steps that the storage tests share."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TypeVar

from central.storage.base import Store
from central.storage.interface.rows import (
    ArticleRow,
    CardRow,
    GroupRow,
    MemberRow,
    ReturnedLine,
    ReturnRecord,
    SaleRecord,
    ShopRow,
    StoredLine,
)
from loyalty.ledger.accrual import accrual
from loyalty.ledger.audit import Finding, audit_ledger
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import Transaction
from loyalty.ledger.reversal import points_owed_by, return_points, reversal

G = "grp"
SHOP = "shop-1"
MEMBER = "mem-1"
NOW_MS = 1_790_000_000_000
EXPIRES_MS = NOW_MS + 1_000_000_000

RowT = TypeVar("RowT")


def a_group(group_id: str = G, **fields: object) -> GroupRow:
    row = GroupRow(group_id, "Pharmacies du Lac", "CH", "CHF", "{}", '{"rules":[]}', 1, NOW_MS)
    return replace(row, **fields)  # type: ignore[arg-type]


def a_shop(shop_id: str = SHOP, group_id: str = G, **fields: object) -> ShopRow:
    return replace(ShopRow(group_id, shop_id, "Shop", "CH", "Europe/Zurich"), **fields)  # type: ignore[arg-type]


def an_article(article_id: str = "art-1", *codes: str, **fields: object) -> ArticleRow:
    codes = codes or (f"code-{article_id}",)
    row = ArticleRow(G, article_id, "Sun cream", "cosmetic", codes, atc="", country_classes={})
    return replace(row, **fields)  # type: ignore[arg-type]


def a_member(member_id: str = MEMBER, group_id: str = G, **fields: object) -> MemberRow:
    row = MemberRow(group_id, member_id, b"key", b"person", b"subject", "fr", SHOP, NOW_MS)
    return replace(row, **{"input_hash": sha256(member_id.encode()).digest()} | fields)  # type: ignore[arg-type]


def a_card(number: str = "7560001", **fields: object) -> CardRow:
    row = CardRow(G, number, f"04{number}", MEMBER, "active", "", None, None, NOW_MS)
    return replace(row, **fields)  # type: ignore[arg-type]


def a_line(line_no: int = 1, *, quantity: int = 1, points: int = 5) -> StoredLine:
    return StoredLine(line_no, "7680001", None, "cosmetic", quantity, 100 * quantity, points)


def head_of(kind_id: str, cause_id: str, at_ms: int = NOW_MS) -> EntryHead:
    return EntryHead(
        transaction_id=f"txn-{kind_id}",
        cause_id=cause_id,
        occurred_ms=at_ms,
        recorded_ms=at_ms,
        actor="till",
        terminal_id="term-1",
        ruleset_version=1,
    )


def line_key_of(sale_id: str) -> bytes:
    return sha256(f"secret {sale_id}".encode()).digest()


def a_sale(
    sale_id: str = "sale-1",
    *,
    lines: Sequence[StoredLine] = (a_line(),),
    member_id: str | None = MEMBER,
    points_owed: int = 0,
    at_ms: int = NOW_MS,
    expires_ms: int | None = EXPIRES_MS,
    **fields: object,
) -> SaleRecord:
    """A sale whose points are the sum of its lines', all of them accrued to the member."""
    points = sum(line.points for line in lines) if member_id else 0
    transaction = None
    if points and member_id:
        transaction = accrual(
            head_of(sale_id, sale_id, at_ms),
            member_id=member_id,
            points=points,
            points_owed=points_owed,
            expires_ms=expires_ms,
            funder="group",
        )
    record = SaleRecord(
        group_id=G,
        sale_id=sale_id,
        business_key=f"bk-{sale_id}",
        input_hash=sha256(sale_id.encode()).digest(),
        shop_id=SHOP,
        terminal_id="term-1",
        operator="op",
        member_id=member_id,
        occurred_ms=at_ms,
        recorded_ms=at_ms,
        currency="CHF",
        total_minor=sum(line.amount_minor for line in lines),
        points=points,
        ruleset_version=1,
        facts='{"lines":1}',
        warnings="[]",
        line_key=line_key_of(sale_id),
        subject_id=b"subject-of-the-lines",
        lines=tuple(lines),
        transaction=transaction,
        reasons="[[1,[]]]",
    )
    return replace(record, **fields)  # type: ignore[arg-type]


def a_return(
    return_id: str,
    sale: SaleRecord,
    lines: Sequence[ReturnedLine],
    transaction: Transaction | None,
    at_ms: int = NOW_MS + 1,
) -> ReturnRecord:
    return ReturnRecord(
        group_id=sale.group_id,
        return_id=return_id,
        business_key=f"bk-{return_id}",
        input_hash=sha256(return_id.encode()).digest(),
        sale_id=sale.sale_id,
        shop_id=sale.shop_id,
        terminal_id="term-1",
        operator="op",
        member_id=sale.member_id,
        occurred_ms=at_ms,
        recorded_ms=at_ms,
        total_minor=sum(line.amount_minor for line in lines),
        points=sum(line.points for line in lines),
        points_owed=points_owed_by(transaction),
        line_key=sale.line_key,
        lines=tuple(lines),
        transaction=transaction,
    )


async def decide_return(
    store: Store, return_id: str, sale: SaleRecord, line_no: int, quantity: int
) -> ReturnRecord:
    """Read what stands and work out the return of some units of one line, as a service would."""
    stored = {line.line_no: line for line in await store.list_sale_lines(sale.group_id, sale.line_key)}
    line = stored[line_no]
    points = return_points(line.points, line.quantity, line.returned_quantity, quantity)
    returned = ReturnedLine(
        line_no, quantity, points, line.amount_minor * quantity // line.quantity, line.returned_quantity
    )
    transaction = None
    if points and sale.member_id:
        lots = await store.list_sale_lots(sale.group_id, sale.sale_id)
        overview = await store.member_overview(sale.group_id, sale.member_id, 0, 1)
        lot = None
        if lots:
            first = lots[0]
            lot = Lot(first.lot_id, first.account, first.amount, first.remaining, first.expires_ms)
        transaction = reversal(
            head_of(return_id, return_id, NOW_MS + 1),
            member_id=sale.member_id,
            points=points,
            lot=lot,
            balance=overview.points,
        )
    return a_return(return_id, sale, [returned], transaction)


async def furnish(store: Store, group_id: str = G) -> None:
    """A group with one shop and one member."""
    await store.put_group(a_group(group_id), "tests")
    await store.put_shop(a_shop(group_id=group_id), NOW_MS)
    await store.enrol_member(a_member(group_id=group_id), None)


async def pages(
    fetch: Callable[[RowT | None], Awaitable[Sequence[RowT]]],
) -> AsyncIterator[RowT]:
    """Everything a paging verb gives; `fetch` gets the last row of the page before."""
    last: RowT | None = None
    while page := await fetch(last):
        for row in page:
            yield row
        last = page[-1]


async def findings(store: Store, group_id: str = G, page: int = 50) -> list[Finding]:
    """What the audit of the group's whole ledger finds: nothing, when all is well."""
    journal = [
        row async for row in pages(lambda last: store.list_journal(group_id, last.seq if last else 0, page))
    ]
    accounts = [
        row
        async for row in pages(lambda last: store.list_accounts(group_id, last.account if last else "", page))
    ]
    lots = [
        row async for row in pages(lambda last: store.list_lots(group_id, last.lot_id if last else "", page))
    ]
    return audit_ledger(journal, accounts, lots)
