"""Tickets per second through the HTTP API, beside the bare database on the same disk in the same run."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import apsw
import msgspec

from tools.bench.figures import Figures, figures
from wire import api

CLIENTS: Final = 16
TICKETS: Final = 2_000
LINES_PER_TICKET: Final = 5
BARE_COMMITS: Final = 500


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """`bare_commits_per_s`: one durable row at a time (SQLite, WAL, FULL), the disk's own pace."""

    tickets_per_s: float
    request_ms: Figures
    bare_commits_per_s: float

    @property
    def ratio(self) -> float:
        """Tickets per bare durable commit; above 1 group commit earns its keep."""
        return self.tickets_per_s / self.bare_commits_per_s


async def measure(
    url: str, token: str, holders: Sequence[api.EvidenceBody], codes: Sequence[str], scratch: Path
) -> SalesFigures:
    """Send `TICKETS` tickets from `CLIENTS` clients; every ticket must be booked."""
    run = time.time_ns()
    latencies: list[float] = []
    numbers = iter(range(TICKETS))

    async def work(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            body = msgspec.json.encode(_sale(run, number, holders, codes))
            started = time.perf_counter()
            async with session.post(f"{url}/api/v1/sales", data=body) as response:
                answer = await response.read()
                assert response.status == 201 or response.status == 200, answer
            latencies.append((time.perf_counter() - started) * 1000)

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(limit=CLIENTS)
    ) as session:
        started = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(CLIENTS)))
        elapsed_s = time.perf_counter() - started
    return SalesFigures(
        tickets_per_s=TICKETS / elapsed_s,
        request_ms=figures(latencies),
        bare_commits_per_s=await asyncio.to_thread(_bare_commits_per_s, scratch / "bare.db"),
    )


def _sale(run: int, number: int, holders: Sequence[api.EvidenceBody], codes: Sequence[str]) -> api.SaleBody:
    now_ms = time.time_ns() // 1_000_000
    lines = [
        api.LineBody(line_no=index, code=codes[(number + index) % len(codes)], quantity=1, amount_minor=1_250)
        for index in range(LINES_PER_TICKET)
    ]
    return api.SaleBody(
        sale_id=f"bench-{run}-{number}",
        business_key=f"bench-{run}-{number}",
        occurred_ms=now_ms,
        sent_ms=now_ms,
        basket=api.BasketBody(currency="CHF", lines=lines),
        holder=holders[number % len(holders)],
    )


def _bare_commits_per_s(path: Path) -> float:
    path.unlink(missing_ok=True)
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE posting (id INTEGER PRIMARY KEY, amount INTEGER) STRICT")
    started = time.perf_counter()
    for number in range(BARE_COMMITS):
        connection.execute("INSERT INTO posting (amount) VALUES (?)", (number,))
    elapsed_s = time.perf_counter() - started
    connection.close()
    return BARE_COMMITS / elapsed_s
