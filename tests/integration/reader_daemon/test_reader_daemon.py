"""The reader daemon as a process of its own, spoken to over its real sockets."""

# ruff: noqa: ASYNC240  (a test may touch a file from its own loop)

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.limits.sockets import TAP_LIFETIME_MS
from reader_daemon import control
from reader_daemon.service import run
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, listening
from wire.frames import encode
from wire.messages import CardPresented, Evidence, Hello, ReaderState
from wire.peer import PeerError, SocketError

UID = Evidence(medium="nfc_uid", value="04A2B3C4D5E680")
OTHER_UID = Evidence(medium="nfc_uid", value="04FFEEDDCCBB80")
BARCODE = Evidence(medium="barcode", value="2900000000018")


@pytest.fixture
def daemon(socket_dir: Path) -> Daemon:
    return Daemon(socket_dir)


async def test_a_tap_reaches_every_listener_as_the_same_moment(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk, listening(daemon.socket) as agent:
        before_ms, before_ns = time.time_ns() // 1_000_000, time.monotonic_ns()

        done = await control.tap(daemon.control, Evidence(medium="nfc_uid", value="04:a2:b3:c4:d5:e6:80"))

        after_ms, after_ns = time.time_ns() // 1_000_000, time.monotonic_ns()
        await eventually(lambda: kiosk.taps and kiosk.taps == agent.taps)
        [tap] = kiosk.taps
        assert done.error == ""
        assert (tap.tap_id, tap.evidence) == (done.tap_id, UID)
        assert before_ms <= tap.at_ms <= after_ms
        assert before_ns <= tap.at_monotonic_ns <= after_ns
        assert tap.expires_ms == tap.at_ms + TAP_LIFETIME_MS
        assert kiosk.removed == []


async def test_a_late_listener_gets_the_state_but_no_old_tap(daemon: Daemon) -> None:
    async with daemon.running():
        async with listening(daemon.socket) as early:
            await control.tap(daemon.control, UID)
            await eventually(lambda: early.taps)
        async with listening(daemon.socket) as late:
            new = await control.tap(daemon.control, OTHER_UID)

            await eventually(lambda: late.taps)
            assert late.states == ["ready"]
            assert [tap.tap_id for tap in late.taps] == [new.tap_id]


async def test_removing_the_card_ends_its_tap_once(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        done = await control.tap(daemon.control, UID)

        for _ in range(2):
            assert (await control.remove(daemon.control)).error == ""

        marker = await control.tap(daemon.control, UID)
        await eventually(lambda: len(kiosk.taps) == 2)
        assert kiosk.removed == [done.tap_id]
        assert marker.tap_id != done.tap_id


async def test_a_second_card_takes_the_first_off(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        first = await control.tap(daemon.control, UID)
        second = await control.tap(daemon.control, OTHER_UID)

        await eventually(lambda: len(kiosk.taps) == 2)
        told = [message.tap_id for message in kiosk.received if not isinstance(message, ReaderState)]
        assert told == [first.tap_id, first.tap_id, second.tap_id]
        assert kiosk.removed == [first.tap_id]


@pytest.mark.parametrize("medium", ["barcode", "typed"])
async def test_what_is_read_in_passing_is_never_removed_and_leaves_the_card_alone(
    daemon: Daemon, medium: str
) -> None:
    passing = Evidence(medium=medium, value="2900000000018")
    async with daemon.running(), listening(daemon.socket) as kiosk:
        card = await control.tap(daemon.control, UID)
        await control.tap(daemon.control, passing)
        await control.remove(daemon.control)
        await control.tap(daemon.control, passing)
        await control.remove(daemon.control)
        await control.tap(daemon.control, passing)

        await eventually(lambda: len(kiosk.taps) == 4)
        assert kiosk.removed == [card.tap_id]


async def test_unplugging_takes_the_card_off_and_plugging_in_makes_ready(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        card = await control.tap(daemon.control, UID)

        await control.plug(daemon.control, plugged=False)
        refused = await control.tap(daemon.control, UID)
        async with listening(daemon.socket) as late:
            assert late.states == ["lost"]
        await eventually(lambda: kiosk.removed == [card.tap_id])
        await control.plug(daemon.control, plugged=True)
        again = await control.tap(daemon.control, UID)

        await eventually(lambda: len(kiosk.taps) == 2)
        assert "plug it in" in refused.error
        assert refused.tap_id == ""
        assert kiosk.states == ["ready", "lost", "ready"]
        assert kiosk.removed == [card.tap_id]
        assert [tap.tap_id for tap in kiosk.taps] == [card.tap_id, again.tap_id]


async def test_plugging_twice_changes_nothing(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await control.plug(daemon.control, plugged=True)
        await control.tap(daemon.control, UID)

        await eventually(lambda: kiosk.taps)
        assert kiosk.states == ["ready"]


async def test_impossible_evidence_is_refused_and_nothing_is_told(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        card = await control.tap(daemon.control, UID)

        refused = await control.tap(daemon.control, Evidence(medium="nfc_uid", value="04A2B3C4D"))

        marker = await control.tap(daemon.control, BARCODE)
        await eventually(lambda: len(kiosk.taps) == 2)
        assert refused.tap_id == ""
        assert "a UID is 4 to 10 bytes in hex" in refused.error
        assert [tap.tap_id for tap in kiosk.taps] == [card.tap_id, marker.tap_id]
        assert kiosk.removed == []
        assert "04A2B3C4" not in daemon.log.read_text()


async def test_a_listener_that_gives_orders_is_dismissed_and_not_obeyed(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await control.tap(daemon.control, UID)
        reader, writer = await asyncio.open_unix_connection(daemon.socket)
        try:
            writer.write(encode(Hello(program="kiosk", version="0")))
            writer.write(b'{"kind":"remove_card"}\n')
            async with asyncio.timeout(10):
                said = await reader.read()
        finally:
            writer.close()

        assert b'"kind":"card_' not in said
        await control.tap(daemon.control, BARCODE)
        await eventually(lambda: len(kiosk.taps) == 2)
        assert kiosk.removed == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_daemon_cleanly(daemon: Daemon, number: signal.Signals) -> None:
    async with daemon.running() as process, listening(daemon.socket):
        process.send_signal(number)

        assert await asyncio.wait_for(process.wait(), 10) == 0

    assert not daemon.socket.exists()
    assert not daemon.control.exists()
    assert "Traceback" not in daemon.log.read_text()


async def test_after_a_crash_the_daemon_starts_again_and_listeners_come_back(daemon: Daemon) -> None:
    async with daemon.running() as first, listening(daemon.socket) as kiosk:
        await control.tap(daemon.control, UID)
        await eventually(lambda: kiosk.taps)
        kiosk.received = [message for message in kiosk.received if isinstance(message, CardPresented)]
        first.kill()
        await first.wait()
        with pytest.raises(PeerError, match="is the program started"):
            await control.tap(daemon.control, UID)

        daemon.log.write_text("")
        async with daemon.running():
            await eventually(lambda: kiosk.states and kiosk.states[-1] == "ready")
            again = await control.tap(daemon.control, OTHER_UID)

            await eventually(lambda: len(kiosk.taps) == 2)
            assert kiosk.taps[-1].tap_id == again.tap_id


async def test_the_daemon_holds_no_network_socket(daemon: Daemon) -> None:
    async with daemon.running() as process, listening(daemon.socket):
        await control.tap(daemon.control, UID)
        fds = [str(fd.readlink()) for fd in Path(f"/proc/{process.pid}/fd").iterdir()]
        sockets = {name.removeprefix("socket:[").rstrip("]") for name in fds if name.startswith("socket:")}
        unix = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}

    assert len(sockets) >= 3  # two listen, one is connected
    assert sockets <= unix


async def test_a_second_daemon_on_the_same_sockets_says_why_it_does_not_start(daemon: Daemon) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        with pytest.raises(SocketError, match="another process serves there"):
            await run(daemon.settings, asyncio.Event())

        await control.tap(daemon.control, UID)
        await eventually(lambda: kiosk.taps)


async def test_a_driver_that_cannot_start_ends_the_daemon_and_frees_its_socket(daemon: Daemon) -> None:
    daemon.control.write_text("in the way")

    with pytest.raises(SocketError, match="in the way"):
        await run(daemon.settings, asyncio.Event())

    assert not daemon.socket.exists()


async def test_two_thousand_quick_taps_leave_no_task_thread_or_file_behind(daemon: Daemon) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run(daemon.settings, stop))
    await eventually(daemon.control.exists)
    async with listening(daemon.socket) as kiosk:
        await eventually(lambda: kiosk.states[-1] == "ready")
        tap_ids = [(await control.tap(daemon.control, UID)).tap_id for _ in range(20)]
        before = await settled(held)

        tap_ids += [(await control.tap(daemon.control, UID)).tap_id for _ in range(2_000)]

        await eventually(lambda: len(kiosk.taps) == len(tap_ids))
        assert [tap.tap_id for tap in kiosk.taps] == tap_ids
        assert kiosk.removed == tap_ids[:-1]
        assert len(set(tap_ids)) == len(tap_ids)
        await eventually(lambda: held() <= before)
    stop.set()
    await running


def held() -> tuple[int, int, int]:
    """Tasks, threads and open files of this process."""
    return len(asyncio.all_tasks()), threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


async def settled(count: Callable[[], tuple[int, int, int]]) -> tuple[int, int, int]:
    """The count once it no longer changes from one poll to the next."""
    last = [(-1, -1, -1)]

    def is_settled() -> bool:
        is_same = count() == last[-1]
        last.append(count())
        return is_same

    await eventually(is_settled)
    return last[-1]
