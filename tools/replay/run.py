"""One replay from file to report: articles, members, then tickets, each member's in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
import msgspec

from central.gateways.rows import NoteKind, Parsed
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.imports import REPLAY_ERRORS_SHOWN_MAX, REPLAY_WORKERS_MAX
from tools.replay import uci_file
from tools.replay.client import ApiClient, Refused
from tools.replay.plan import Plan, Ticket, lanes_of, make_plan
from tools.replay.report import (
    ErrorView,
    RefusedView,
    ReplayReport,
    UnmatchedView,
    account_of,
    latency_of,
    pounds_of,
)
from tools.replay.uci_file import CURRENCY, TIME_ZONE, UciLine
from wire.api_catalogue import ArticleView, GroupView, ShopBody, ShopView
from wire.api_members import MemberPersonView
from wire.api_sales import ReturnBody, ReturnView, SaleBody, SaleView

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""

ItemT = TypeVar("ItemT")

SHOP_ID: Final = "uci-shop"
WORKERS: Final = 8


class ReplayRefused(LoyaltyError):
    """The group a replay was pointed at cannot take these tickets."""

    code = "replay_refused"
    trouble = Trouble.CONFLICT
    text = "{why}"


class _Counts:
    """What the answers said; one event loop, so plain integers."""

    def __init__(self) -> None:
        self.sales_booked = 0
        self.sales_replayed = 0
        self.returns_booked = 0
        self.returns_replayed = 0
        self.points_accrued = 0
        self.points_reversed = 0
        self.points_owed = 0
        self.returned_value_minor = 0
        self.errors: list[ErrorView] = []
        self.error_count = 0

    def fail(self, what: str, refused: Refused) -> None:
        self.error_count += 1
        if len(self.errors) < REPLAY_ERRORS_SHOWN_MAX:
            self.errors.append(
                ErrorView(what=what, status=refused.status, code=refused.code, detail=str(refused))
            )

    def sold(self, view: SaleView, *, is_replay: bool) -> None:
        if is_replay:
            self.sales_replayed += 1
            return
        self.sales_booked += 1
        self.points_accrued += view.points

    def returned(self, view: ReturnView, *, is_replay: bool) -> None:
        if is_replay:
            self.returns_replayed += 1
            return
        self.returns_booked += 1
        self.points_reversed += view.points
        self.points_owed += view.points_owed
        self.returned_value_minor += view.total_minor


async def replay_uci(
    path: Path,
    *,
    url: str,
    token: str,
    lines: int | None = None,
    workers: int = WORKERS,
    on_progress: OnProgress = lambda _what, _done, _total: None,
) -> ReplayReport:
    """Replay the first `lines` lines of a UCI file (None: all) into the token's group, through its API.

    The token needs shops.write, articles.write, members.write, sales.write and sales.history: the role
    `importer`. Ids are made of the file's own numbers: the same file again books nothing.

    Args:
        workers: requests under way at once, 1 to REPLAY_WORKERS_MAX.
    Raises: FileUnreadable, FileBroken; ReplayRefused: no answer, wrong token, another currency.
    """
    parsed = await asyncio.to_thread(uci_file.read, path, lines)
    plan = await asyncio.to_thread(make_plan, parsed, SHOP_ID)
    workers = max(1, min(workers, REPLAY_WORKERS_MAX))
    counts = _Counts()
    connector = aiohttp.TCPConnector(limit=workers)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = ApiClient(session, url, token)
        group_id = await _prepare(client)
        await _send_all(
            "articles",
            [[*list(plan.articles.items())[at::workers]] for at in range(workers)],
            lambda item: _put_article(client, counts, *item),
            on_progress,
        )
        await _send_all(
            "members",
            [[*list(plan.members.values())[at::workers]] for at in range(workers)],
            lambda body: _guarded(counts, body.member_id, client.post("/members", body, MemberPersonView)),
            on_progress,
        )
        started_ns = time.monotonic_ns()
        await _send_all(
            "tickets",
            lanes_of(plan.tickets, workers),
            lambda ticket: _send_ticket(client, counts, ticket),
            on_progress,
        )
        took_ms = (time.monotonic_ns() - started_ns) // 1_000_000
    return _report(group_id, plan, parsed, counts, client, took_ms)


async def _prepare(client: ApiClient) -> str:
    """Check the group and put the shop."""
    shop = ShopBody(name="Replay of recorded tickets", country="FR", time_zone=TIME_ZONE)
    try:
        group = await client.get("/group", GroupView)
        if group.currency != CURRENCY:
            why = (
                f"The tickets are in {CURRENCY}, group {group.group_id} counts in {group.currency}."
                f" Replay into a group of its own that counts in {CURRENCY}."
            )
            raise ReplayRefused(why=why)
        await client.put(f"/shops/{SHOP_ID}", shop, ShopView)
    except Refused as refused:
        raise ReplayRefused(why=f"{refused} ({refused.code})") from refused
    return group.group_id


async def _send_all(
    what: str,
    dealt: Sequence[Sequence[ItemT]],
    send: Callable[[ItemT], Awaitable[None]],
    on_progress: OnProgress,
) -> None:
    """Each worker sends its own items one after the other."""
    total = sum(len(items) for items in dealt)
    done = 0

    async def work(items: Sequence[ItemT]) -> None:
        nonlocal done
        for item in items:
            await send(item)
            done += 1
            on_progress(what, done, total)

    async with asyncio.TaskGroup() as group:
        for items in dealt:
            group.create_task(work(items))


async def _guarded(counts: _Counts, what: str, sending: Awaitable[object]) -> None:
    try:
        await sending
    except Refused as refused:
        counts.fail(what, refused)


async def _put_article(client: ApiClient, counts: _Counts, article_id: str, body: msgspec.Struct) -> None:
    await _guarded(counts, article_id, client.put(f"/articles/{article_id}", body, ArticleView))


async def _send_ticket(client: ApiClient, counts: _Counts, ticket: Ticket) -> None:
    body = ticket.body

    def body_now() -> SaleBody | ReturnBody:
        return msgspec.structs.replace(body, sent_ms=time.time_ns() // 1_000_000)

    try:
        if isinstance(body, SaleBody):
            sale, is_replay = await client.post_ticket("/sales", body_now, SaleView)
            counts.sold(sale, is_replay=is_replay)
        else:
            path = f"/sales/{ticket.sale_id}/returns"
            returned, is_replay = await client.post_ticket(path, body_now, ReturnView)
            counts.returned(returned, is_replay=is_replay)
    except Refused as refused:
        counts.fail(body.business_key, refused)


def _report(
    group_id: str, plan: Plan, parsed: Parsed[UciLine], counts: _Counts, client: ApiClient, took_ms: int
) -> ReplayReport:
    return ReplayReport(
        group_id=group_id,
        articles=len(plan.articles),
        members=len(plan.members),
        read=account_of(plan.read),
        sold=account_of(plan.sold),
        returned=account_of(plan.returned),
        unmatched=account_of(plan.unmatched),
        refused=account_of(plan.refused),
        tickets=len(plan.tickets),
        sales_booked=counts.sales_booked,
        sales_replayed=counts.sales_replayed,
        returns_booked=counts.returns_booked,
        returns_replayed=counts.returns_replayed,
        points_accrued=counts.points_accrued,
        points_reversed=counts.points_reversed,
        points_owed=counts.points_owed,
        points_net=counts.points_accrued - counts.points_reversed,
        returned_value_minor=counts.returned_value_minor,
        retries=client.retries,
        took_ms=took_ms,
        tickets_per_1000_s=len(plan.tickets) * 1_000_000 // max(1, took_ms),
        latency=latency_of(client.took_us),
        error_count=counts.error_count,
        errors=counts.errors,
        unmatched_lines=[
            UnmatchedView(
                line=each.line,
                invoice=each.invoice,
                code=each.code,
                customer=each.customer,
                quantity=each.quantity,
                amount=pounds_of(each.amount_e4),
            )
            for each in plan.unmatched_lines
        ],
        refused_lines=[
            RefusedView(line=note.line, code=note.code, detail=note.detail)
            for note in parsed.notes
            if note.kind is NoteKind.REFUSED
        ],
    )
