"""A full disk: a clear refusal, nothing half-written, and all goes on once there is room again.

RELIABILITY invariants 1-5. Once by a limit on the size of files (anywhere), once on a real full ext4 (root).
"""

import resource
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from central.services.core.clock import system_clock
from tests.central_fixture import SUN_CREAM
from tests.drill.books import Books, sound_books
from tests.drill.conftest import Drill
from tests.drill.place import HOLDERS, Place, a_place
from tests.drill.tickets import Lane, a_till, drained, outbox_counts
from tests.drill.till_client import http_session
from tools.faults.ext4 import NoLoopDisk, loop_disk
from tools.till import Item
from wire import api, api_sales

pytestmark = [pytest.mark.drill, pytest.mark.timeout(180)]

SALES_BEFORE = 20
SALES_MAX = 3_000
"""The disk must be full after so many tickets; more than its size could hold."""
REFUSED = 5
LIMIT_HEADROOM_BYTES = 64 * 1024
FULL_DISK_MIB = 8
BALLAST_BYTES = 3 * 1024 * 1024
POINTS = 12


def a_ticket(number: int) -> bytes:
    now_ms = system_clock()
    line = api_sales.LineBody(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=POINTS * 100)
    body = api_sales.SaleBody(
        sale_id=f"full-{number}",
        business_key=f"key-full-{number}",
        occurred_ms=now_ms,
        sent_ms=now_ms,
        basket=api_sales.BasketBody(currency="CHF", lines=[line]),
        holder=api.EvidenceBody(medium="nfc_uid", value=HOLDERS[0].uid),
    )
    return msgspec.json.encode(body)


async def fill_and_recover(
    place: Place, fill: Callable[[], None], free: Callable[[], None]
) -> tuple[Books, int]:
    """Sell; `fill` the disk; sell until refused; `free` it; send the refused again. Books, and refusals."""
    sent: dict[int, bytes] = {}
    refused: list[api.Problem] = []
    async with http_session(place.token) as session:

        async def sell(number: int) -> api.Problem | None:
            body = sent.setdefault(number, a_ticket(number))
            async with session.post(f"{place.stack.central_url}/api/v1/sales", data=body) as response:
                content = await response.read()
                if response.status in (200, 201):
                    return None
                assert response.content_type == "application/problem+json", content
                return msgspec.json.decode(content, type=api.Problem)

        for number in range(SALES_BEFORE):
            assert await sell(number) is None
        fill()
        number = SALES_BEFORE
        waiting: list[int] = []
        while len(refused) < REFUSED:
            assert number < SALES_BEFORE + SALES_MAX, "the disk never became full"
            problem = await sell(number)
            if problem is not None:
                refused.append(problem)
                waiting.append(number)
            number += 1
        booked = number - len(waiting)
        assert await place.points_of(HOLDERS[0]) == booked * POINTS, "a full disk can still be read"
        free()
        for each in waiting:
            assert await sell(each) is None
        assert await sell(number) is None
        assert await place.points_of(HOLDERS[0]) == (number + 1) * POINTS
    for problem in refused:
        assert (problem.status, problem.code) == (503, "store_failed")
        assert "disk" in problem.detail
        assert "again" in problem.detail
    await place.stack.stop()
    books = await sound_books(place.stack.plan.database_address)
    assert books.sales == {f"full-{each}": POINTS for each in range(number + 1)}
    assert books.lines == number + 1
    return books, len(refused)


def limit_files(place: Place, program: str, size: int) -> None:
    """No file of the program grows past `size` from now on; -1: as it likes."""
    process = place.stack.programs[program].process
    assert process is not None
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


async def test_central_refuses_clearly_when_files_may_not_grow_and_recovers(
    tmp_path: Path, drill: Drill
) -> None:
    async with a_place(tmp_path / "state") as place:
        await place.stack.start(("central",))
        wal = place.stack.plan.database.with_name("central.db-wal")

        def fill() -> None:
            limit_files(place, "central", wal.stat().st_size + LIMIT_HEADROOM_BYTES)

        books, refused = await fill_and_recover(place, fill, lambda: limit_files(place, "central", -1))
        drill.tell(sales=len(books.sales), refused=refused, half_written=0)


async def test_central_refuses_clearly_on_a_full_ext4_and_recovers(tmp_path: Path, drill: Drill) -> None:
    try:
        with loop_disk(tmp_path, FULL_DISK_MIB) as disk:
            ballast = disk.mount_point / "ballast"
            logs = tmp_path / "logs"
            logs.mkdir()
            (disk.mount_point / "logs").symlink_to(logs)
            async with a_place(disk.mount_point) as place:
                await place.stack.start(("central",))

                def fill() -> None:
                    ballast.write_bytes(bytes(BALLAST_BYTES))

                books, refused = await fill_and_recover(place, fill, ballast.unlink)
            drill.tell(sales=len(books.sales), refused=refused, half_written=0)
    except NoLoopDisk as error:
        pytest.skip(f"an ext4 of its own needs root and loop devices: {error}")


async def test_a_terminal_that_cannot_note_a_ticket_says_so_and_takes_it_later(
    tmp_path: Path, drill: Drill
) -> None:
    async with a_place(tmp_path / "state") as place, a_till(place) as till:
        stack = place.stack
        await stack.start(("central", "terminal"))
        lane = Lane(till, HOLDERS[0])
        for _ in range(SALES_BEFORE):
            await lane.report()
        await drained(stack)
        limit_files(place, "terminal", LIMIT_HEADROOM_BYTES)

        ticket = till.new_ticket()
        item = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=POINTS * 100)
        refused = await till.award([item], card=HOLDERS[0].card, ticket=ticket)
        limit_files(place, "terminal", -1)
        taken = await till.award([item], card=HOLDERS[0].card, ticket=ticket)

        await drained(stack)
        await stack.stop()
        counts = await outbox_counts(stack)
        books = await sound_books(stack.plan.database_address)
    drill.tell(tickets=SALES_BEFORE + 1, said=refused.response.error_condition)
    assert refused.response.result == "Failure"
    assert refused.response.additional_response
    assert taken.response.result == "Success"
    assert (counts.depth, counts.refused, counts.delivered) == (0, 0, SALES_BEFORE + 1)
    assert books.balances[HOLDERS[0].member_id] == lane.points + POINTS
