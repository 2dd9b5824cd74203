"""The bench measures what it says: raw rows are the service's own, the load counts every answer."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from kiosk.contact_sheet import MODES
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES
from tools.bench import kiosk, raw
from tools.bench.load import Load, LoadFailed
from tools.bench.progress import LINE_EACH_S, Progress
from tools.bench.report import Report, against
from tools.bench.traffic import Request, Sales
from tools.bench.world import Size, make_world

SMALL = Size(members=5, tickets=3, promotions=6, shops=2, vouchers=4)


class _Requests:
    """One request again and again."""

    def next_request(self) -> Request:
        return Request(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n", 0)

    def take_answer(self, request: Request, answer: bytes) -> None:
        pass


def _tell(_what: str, _done: int, _total: int) -> None:
    pass


@asynccontextmanager
async def _serving(status: int, asked: list[int]) -> AsyncIterator[int]:
    async def answer(_: web.Request) -> web.Response:
        asked.append(status)
        return web.Response(status=status, text="said")

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_raw_store_writes_exactly_what_the_service_wrote(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "world", SMALL, _tell)
    rows = await raw.take_rows(world, tmp_path, purchases=7)

    # `write` itself refuses when the journal's hash differs from the one that the service came to.
    found = await asyncio.to_thread(raw.write, world.copy_to(tmp_path / "copy").database, rows, 3)
    assert found.per_s > 0


async def test_raw_store_notices_rows_that_differ(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "world", SMALL, _tell)
    rows = await raw.take_rows(world, tmp_path, purchases=2)
    purchases, head = msgspec.msgpack.decode(rows.read_bytes())
    rows.write_bytes(msgspec.msgpack.encode((purchases[:-1], head)))

    with pytest.raises(AssertionError, match="the rows written again"):
        await asyncio.to_thread(raw.write, world.database, rows, 3)


async def test_closed_loop_counts_every_answer() -> None:
    asked: list[int] = []
    async with _serving(200, asked) as port:
        found = await Load(port, _Requests()).closed(0.2, 4, warm_up_s=0.05)

    assert found.acknowledged == len(asked) > 0
    assert len(found.latencies_ms) <= found.acknowledged


async def test_open_loop_sends_every_request_that_is_due() -> None:
    asked: list[int] = []
    async with _serving(200, asked) as port:
        found = await Load(port, _Requests()).open(0.2, 300)

    assert found.acknowledged == len(asked) > 0
    assert all(latency > 0 for latency in found.latencies_ms)


async def test_an_answer_that_is_no_success_ends_the_load() -> None:
    async with _serving(503, []) as port:
        with pytest.raises(LoadFailed, match=r"503 .*: said"):
            await Load(port, _Requests()).closed(0.2, 2)


def test_ratios_are_taken_round_by_round() -> None:
    measured = against("a", "/s", [10.0, 30.0], "b", [20.0, 30.0])

    assert measured.ratios == (0.5, 1.0)
    assert "0.75 | 0.50..1.00 | b" in Report([measured]).markdown()


async def test_each_purchase_presents_the_voucher_that_its_baskets_last_one_gave(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "world", SMALL, _tell)
    sales = Sales(world)
    first = sales.next_request()

    given = b"01234 56789 01234 56789"
    sales.take_answer(first, b'HTTP/1.1 200 OK\r\n\r\n{"vouchers":[{"code":"' + given + b'"}]}')
    later = [sales.next_request() for _ in range(SMALL.vouchers)]

    assert world.codes[0].encode() in first.content
    assert [given in request.content for request in later] == [False, False, False, True]
    assert later[-1].basket == first.basket


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_plain_line_now_and_then_on_a_pipe() -> None:
    out, now_s = io.StringIO(), [0.0]
    told = Progress(out, clock=lambda: now_s[0])
    told.stage("Drawing")
    for done in range(1, 101):
        now_s[0] += LINE_EACH_S / 40
        told("scenes", done, 100)
    told.end()
    assert out.getvalue().splitlines() == [
        "Drawing …",
        "  scenes: 40 of 100, 40 %, 30 s",
        "  scenes: 80 of 100, 80 %, 60 s",
        "  scenes: 100 of 100, 100 %, 75 s",
    ]


def test_progress_is_one_line_written_over_on_a_terminal() -> None:
    out, now_s = _Terminal(), [0.0]
    told = Progress(out, clock=lambda: now_s[0])
    told.stage("Drawing")
    for done in (1, 2, 3):
        now_s[0] += 1
        told("scenes", done, 3)
    told.stage("Next")
    written = out.getvalue().split("\n")
    assert written[0] == "Drawing …"
    assert [part.strip() for part in written[1].split("\r")] == [
        "",
        "scenes: 1 of 3, 33 %, 1 s",
        "scenes: 2 of 3, 66 %, 2 s",
        "scenes: 3 of 3, 100 %, 3 s",
    ]
    assert written[2] == "Next …"


def test_the_bench_draws_each_scene_at_each_size_and_mode_and_in_each_language() -> None:
    drawn = [kiosk._pictures(turn, has_every_language=False) for turn in range(len(kiosk.SIZES))]
    for pictures in drawn:
        assert len(pictures) == len(SCENES) * len(MODES)
        assert {(mode, scene.name) for mode, _, scene in pictures} == {
            (mode, scene.name) for mode in MODES for scene in SCENES
        }
    spoken = {(scene.name, language) for pictures in drawn for _, language, scene in pictures}
    assert spoken == {(scene.name, language) for scene in SCENES for language in LANGUAGES}
    everything = kiosk._pictures(0, has_every_language=True)
    assert len(everything) == len(SCENES) * len(MODES) * len(LANGUAGES)
