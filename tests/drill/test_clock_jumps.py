"""Clocks that jump by a year: no balance changes, nothing is booked twice, what waited is delivered later.

RELIABILITY invariant 7 (order by sequence and central's receipt), with 1-5. Real processes under libfaketime;
where that is missing, the terminal's own clock parameter alone.
"""

from pathlib import Path

import pytest

from terminal.clock import iso, wall_clock
from terminal.database import Database
from terminal.outbox import Entry, Outbox
from tests.central_fixture import CARD, MEMBER
from tests.drill.books import sound_books
from tests.drill.conftest import Drill
from tests.drill.place import HOLDERS, Place, a_place
from tests.drill.tickets import Lane, a_till, drained, outbox_counts
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, a_terminal
from tools.demo.stack import Stack
from tools.faults.wrong_clock import RIGHT, NoFaketime, WrongClock
from tools.till import read_additional
from wire.nexo.base import SaleData, TransactionIdentification

pytestmark = [pytest.mark.drill, pytest.mark.timeout(180)]

JUMPS = ("+365d", "-365d")
SMALL_JUMPS = ("+20h", "-20h")
TICKETS = 4
HOUR_MS = 3_600_000
YEAR_MS = 365 * 86_400_000


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("who", ["terminal", "central"])
async def test_a_clock_that_jumps_a_year_parks_tickets_and_changes_no_balance(
    tmp_path: Path, drill: Drill, monkeypatch: pytest.MonkeyPatch, who: str, jump: str
) -> None:
    clock = a_wrong_clock(tmp_path)
    async with a_place(tmp_path / "state") as place, a_till(place) as till:
        lane = Lane(till, HOLDERS[0])
        await start_with(place, clock, who, monkeypatch)
        for _ in range(TICKETS):
            await lane.report()
        await drained(place.stack)
        before = await place.points_of(HOLDERS[0])
        assert before == lane.points

        clock.set(jump)
        for _ in range(TICKETS):
            await lane.report()
        parked = await the_parked_head(place.stack)
        while_wrong = await place.points_of(HOLDERS[0])
        await place.stack.kill(who)  # a reboot in the wrong year changes nothing
        await start_with(place, clock, who, monkeypatch, names=(who,))
        await lane.report()
        assert await place.points_of(HOLDERS[0]) == before

        clock.set(RIGHT)
        await drained(place.stack)
        await lane.report()
        await drained(place.stack)
        after = await place.points_of(HOLDERS[0])
        await place.stack.stop()
        counts = await outbox_counts(place.stack)
        books = await sound_books(place.stack.plan.database_address)

    drill.tell(tickets=len(lane.reported), queued=lane.queued, parked_because=parked.reason_code)
    assert parked.reason_code == "clock_skew"
    assert "clock" in parked.reason
    assert while_wrong == before, "a jump changes no balance"
    assert after == lane.points == books.balances[HOLDERS[0].member_id]
    assert (counts.depth, counts.refused, counts.delivered) == (0, 0, len(lane.reported))
    assert list(books.business_keys) == lane.reported, "booked once, in the order of the till"


async def test_clocks_wrong_by_hours_delay_nothing(
    tmp_path: Path, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = a_wrong_clock(tmp_path)
    async with a_place(tmp_path / "state") as place, a_till(place) as till:
        lane = Lane(till, HOLDERS[0])
        await start_with(place, clock, "terminal", monkeypatch)
        for jump in (*SMALL_JUMPS, RIGHT):
            clock.set(jump)
            for _ in range(TICKETS):
                await lane.report()
        await drained(place.stack)
        await place.stack.stop()
        books = await sound_books(place.stack.plan.database_address)
    drill.tell(tickets=len(lane.reported), queued=lane.queued)
    assert books.balances[HOLDERS[0].member_id] == lane.points
    assert list(books.business_keys) == lane.reported, "the order is the till's, not the clock's"


@pytest.mark.parametrize("ahead_ms", [HOUR_MS, YEAR_MS])
async def test_a_till_whose_clock_is_ahead_loses_no_ticket(
    tmp_path: Path, socket_dir: Path, drill: Drill, ahead_ms: int
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        stamp = iso(wall_clock() + ahead_ms)
        ticket = SaleData(
            sale_transaction_id=TransactionIdentification(transaction_id="ahead-1", time_stamp=stamp)
        )
        answer = await shop.till.award([CREAM], card=CARD, ticket=ticket)
        again = await shop.till.award([CREAM], card=CARD, ticket=ticket)
        await shop.drained()
        points = await shop.central.points_of(MEMBER)
        booked = await shop.sales_booked()
    drill.tell(points=points, booked=booked)
    assert (answer.response.result, again.response.result) == ("Success", "Success")
    assert (points, booked) == (39, 1)


@pytest.mark.parametrize("offset_ms", [YEAR_MS, -YEAR_MS])
async def test_a_terminal_given_a_wrong_clock_delivers_once_it_is_right(
    tmp_path: Path, socket_dir: Path, drill: Drill, offset_ms: int
) -> None:
    off_by_ms = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + off_by_ms[0]) as shop:
        await shop.till.award([CREAM], card=CARD)
        await shop.drained()
        before = await shop.central.points_of(MEMBER)
        off_by_ms[0] = offset_ms
        answer = await shop.till.award([CREAM], card=CARD)
        await eventually(lambda: shop.agent.sender.parked_code == "clock_skew")
        assert await shop.central.points_of(MEMBER) == before
        off_by_ms[0] = 0
        await shop.drained()
        after = await shop.central.points_of(MEMBER)
    drill.tell(before=before, after=after)
    assert read_additional(answer.response.additional_response)["queued"] == "true"
    assert (before, after) == (39, 78)


def a_wrong_clock(tmp_path: Path) -> WrongClock:
    try:
        return WrongClock(tmp_path / "clock")
    except NoFaketime as error:
        pytest.skip(str(error))


async def start_with(
    place: Place,
    clock: WrongClock,
    who: str,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...] = ("central", "terminal"),
) -> None:
    """Start programs, one of them under the clock that can be set wrong."""
    for name in names:
        with monkeypatch.context() as patch:
            for variable, value in clock.environ.items() if name == who else ():
                patch.setenv(variable, value)
            await place.stack.start((name,))


async def the_parked_head(stack: Stack) -> Entry:
    """The entry that waits for a person, once it does."""

    async def head() -> Entry | None:
        async with Database(stack.plan.state / "terminal" / "terminal.db") as database:
            entry = await Outbox(database).find_head()
        return entry if entry is not None and entry.state == "parked" else None

    found: Entry | None = await eventually(head, 30)
    assert found is not None
    return found
