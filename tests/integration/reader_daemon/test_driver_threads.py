"""A driver's thread and the loop it reports to: real threads, a driver of three lines each."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reader_daemon.cards.evidence import normalise
from reader_daemon.readers.base import ReaderFault, State
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker
from reader_daemon.service import ReaderService
from reader_daemon.settings import ReaderSettings
from tests.helpers import eventually
from tests.integration.reader_daemon.running import listening
from wire.messages import Evidence

GOOD = Evidence(medium="nfc_uid", value="04A2B3C4D5E680")
BAD = Evidence(medium="nfc_uid", value="04")


class Told:
    """A sink that keeps what it is told, and by which thread."""

    def __init__(self) -> None:
        self.taps: list[Evidence] = []
        self.unreads: list[str] = []
        self.states: list[tuple[State, str]] = []
        self.threads: set[threading.Thread] = set()

    def presented(self, evidence: Evidence, uid: str = "", *, took_ms: int = 0, reader: str = "") -> str:
        del uid, took_ms, reader
        self.threads.add(threading.current_thread())
        self.taps.append(normalise(evidence))
        return f"tap-{len(self.taps)}"

    def removed(self, tap_id: str | None = None) -> None:
        self.threads.add(threading.current_thread())

    def unread(self, reason: str) -> None:
        self.unreads.append(reason)

    def state_changed(
        self, state: State, detail: str = "", *, reader: str = "", fault: ReaderFault | None = None
    ) -> None:
        self.states.append((state, detail))


class Does(ThreadDriver):
    """A driver whose whole work is a function."""

    def __init__(self, work: Callable[[Worker], None], means: Means | None = None) -> None:
        super().__init__("test", means or Means())
        self._work = work

    def use(self, worker: Worker) -> None:
        self._work(worker)


async def test_what_a_thread_sees_is_told_on_the_loop_and_bad_evidence_does_not_end_it() -> None:
    def work(worker: Worker) -> None:
        worker.ready("reader")
        assert worker.presented(BAD) is None
        assert worker.presented(GOOD) == "tap-1"
        worker.removed("tap-1")
        while True:
            worker.go_on()

    told = Told()
    running = asyncio.create_task(Does(work).run(told))
    await eventually(lambda: told.taps)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert (told.taps, len(told.unreads)) == ([GOOD], 1)
    assert told.threads == {threading.main_thread()}
    await eventually(lambda: not [thread for thread in threading.enumerate() if thread.name == "reader-test"])


async def test_a_driver_with_a_bug_ends_the_daemon_and_shows_it() -> None:
    def work(worker: Worker) -> None:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        await asyncio.wait_for(Does(work).run(Told()), 10)


async def test_the_button_ends_the_wait_for_the_next_try() -> None:
    tries = 0

    def work(worker: Worker) -> None:
        nonlocal tries
        tries += 1
        raise ReaderFailedError(reason="broken", fault="went_away")

    told = Told()
    driver = Does(work)
    running = asyncio.create_task(driver.run(told))
    for wanted in range(2, 12):
        driver.hurry()  # without it the last of these tries would come after half a minute
        await eventually(lambda wanted=wanted: tries >= wanted, deadline_s=6)
    running.cancel()
    await asyncio.wait({running})

    assert told.states[0] == ("lost", "broken; trying again")
    assert told.states[-1][0] == "needs_help"


async def test_commands_that_fail_or_are_not_there_do_not_end_the_recovery() -> None:
    def work(worker: Worker) -> None:
        worker.hurry()
        raise ReaderFailedError(reason="broken", fault="went_away")

    told = Told()
    means = Means(restart_service=["false"], power_cycle=["/no/such/program"])
    running = asyncio.create_task(Does(work, means).run(told))
    await eventually(lambda: told.states and told.states[-1][0] == "needs_help", deadline_s=20)
    running.cancel()
    await asyncio.wait({running})

    details = [detail for _, detail in told.states]
    assert any("service was restarted" in detail for detail in details)
    assert any("switched off and on" in detail for detail in details)


async def test_a_reader_that_fails_in_the_same_way_for_days_is_told_once(socket_dir: Path) -> None:
    settings = ReaderSettings(socket=socket_dir / "reader", control_socket=socket_dir / "control")
    service = ReaderService()
    seat = service.seat("scanner", "serial")
    async with await service.listen(settings), listening(settings.socket) as kiosk:
        for _ in range(50):
            seat.state_changed("needs_help", "it does not exist; plug it in")
        seat.state_changed("ready")
        await eventually(lambda: kiosk.last_state.state == "ready")
        assert kiosk.states == ["starting", "needs_help", "ready"]
