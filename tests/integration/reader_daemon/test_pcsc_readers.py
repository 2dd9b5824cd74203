"""Virtual chip cards in a real pcscd, read by the daemon in a process of its own (C-03; complaints 25-27)."""

import asyncio
import os
import signal
import statistics
import sys
import threading
import time
from pathlib import Path

import pytest

from reader_daemon import control
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Listener, listening
from tests.pcscd import IN_TURN
from tools.cards.kinds import AnyCard, ContactCard, ContactlessCard, SunCard
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import VirtualReaderSlot
from wire.messages import Evidence

pytestmark = IN_TURN

UID = bytes.fromhex("04A2B3C4D5E680")
OTHER_UID = bytes.fromhex("04FFEEDDCCBB80")
KILLS = 10
OUTAGES = 5


def evidence(uid: bytes) -> Evidence:
    return Evidence(medium="nfc_uid", value=uid.hex().upper())


@pytest.fixture
def daemon(socket_dir: Path) -> Daemon:
    return Daemon(socket_dir, driver=["pcsc"])


async def insert(slot: VirtualReaderSlot, listener: Listener, card: AnyCard) -> float:
    """Put the card in and wait for its tap; milliseconds from the one to the other."""
    before = len(listener.taps)
    started_ns = time.monotonic_ns()
    slot.insert(card)
    await eventually(lambda: len(listener.taps) > before)
    assert len(listener.taps) == before + 1
    return (listener.taps[-1].at_monotonic_ns - started_ns) / 1e6


async def pull(slot: VirtualReaderSlot, listener: Listener) -> None:
    before = len(listener.removed)
    slot.pull()
    await eventually(lambda: len(listener.removed) > before)


async def test_a_card_is_a_tap_when_it_comes_and_removed_when_it_goes(
    daemon: Daemon, first: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        took_ms = []
        for _ in range(5):
            took_ms.append(await insert(first, kiosk, ContactlessCard(UID)))
            await pull(first, kiosk)

        assert [tap.evidence for tap in kiosk.taps] == [evidence(UID)] * 5
        assert kiosk.removed == [tap.tap_id for tap in kiosk.taps]
        assert kiosk.last_state.reader == "Virtual PCD 00 00, Virtual PCD 00 01"
    with capsys.disabled():
        sys.stdout.write(
            f"\ninsertion to event, PC/SC: {statistics.median(took_ms):.0f} ms (max {max(took_ms):.0f} ms)\n"
        )


async def test_sun_cards_and_contact_cards_hand_on_their_own_evidence(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    sun = SunCard(UID, meta_key=bytes(16), mac_key=bytes(16))
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await insert(first, kiosk, sun)
        assert kiosk.taps[-1].evidence == Evidence(medium="ntag424", value=sun.sun_url())
        await pull(first, kiosk)

        await insert(first, kiosk, ContactCard(bytes.fromhex("97560000000000000017")))
        assert kiosk.taps[-1].evidence == Evidence(medium="chip", value="iccsn:97560000000000000017")
        await pull(first, kiosk)

        await insert(first, kiosk, ContactCard(bytes.fromhex("80756000000000000001")))
        assert kiosk.taps[-1].evidence == Evidence(medium="chip", value="health_card")
    assert "80756" not in daemon.log.read_text()


@pytest.mark.parametrize("torn_at", range(4))
async def test_a_card_torn_away_while_it_is_read_is_said_so_and_the_next_one_is_read(
    daemon: Daemon, first: VirtualReaderSlot, torn_at: int
) -> None:
    asked = 0

    def tear(apdu: bytes) -> None:
        nonlocal asked
        asked += 1
        if asked > torn_at:
            first.pull()

    async with daemon.running(), listening(daemon.socket) as kiosk:
        first.insert(SunCard(UID, meta_key=bytes(16), mac_key=bytes(16)), tear)
        await eventually(lambda: "hold it still" in kiosk.last_state.detail)
        assert kiosk.last_state.state == "ready"
        assert kiosk.taps == kiosk.removed == []

        await insert(first, kiosk, ContactlessCard(OTHER_UID))

        assert kiosk.taps[-1].evidence == evidence(OTHER_UID)
        await eventually(lambda: kiosk.last_state.detail == "")
        await pull(first, kiosk)
    assert "Traceback" not in daemon.log.read_text()


async def test_a_card_that_replaces_a_torn_one_at_once_is_read(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    torn = threading.Event()

    def tear(_: bytes) -> None:
        first.pull()
        torn.set()

    async with daemon.running(), listening(daemon.socket) as kiosk:
        first.insert(ContactlessCard(UID), tear)
        await eventually(torn.is_set)
        await insert(first, kiosk, ContactlessCard(OTHER_UID))
        assert [tap.evidence for tap in kiosk.taps] == [evidence(OTHER_UID)]


async def test_of_two_cards_at_once_the_last_one_counts(
    daemon: Daemon, first: VirtualReaderSlot, second: VirtualReaderSlot
) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await insert(first, kiosk, ContactlessCard(UID))
        await insert(second, kiosk, ContactlessCard(OTHER_UID))
        one, other = kiosk.taps
        assert [one.evidence, other.evidence] == [evidence(UID), evidence(OTHER_UID)]
        assert kiosk.removed == [one.tap_id]

        first.pull()  # its tap is over: nothing more is told of it
        await pull(second, kiosk)

        assert kiosk.removed == [one.tap_id, other.tap_id]


async def test_a_card_changed_faster_than_the_poll_is_two_taps(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await insert(first, kiosk, ContactlessCard(UID))
        first.pull()
        first.insert(ContactlessCard(OTHER_UID))

        await eventually(lambda: len(kiosk.taps) == 2)
        assert kiosk.taps[-1].evidence == evidence(OTHER_UID)
        assert kiosk.removed == [kiosk.taps[0].tap_id]


@pytest.mark.parametrize("message", [b"\xff" * 200, bytes(0xFFFD)], ids=["garbage", "64 KB"])
async def test_a_card_with_a_bad_message_is_its_uid(
    daemon: Daemon, first: VirtualReaderSlot, message: bytes
) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await insert(first, kiosk, ContactlessCard(UID, message))
        assert kiosk.taps[-1].evidence == evidence(UID)
        assert kiosk.last_state.state == "ready"


async def test_a_card_without_a_number_is_said_so(daemon: Daemon, first: VirtualReaderSlot) -> None:
    async with daemon.running(), listening(daemon.socket) as kiosk:
        first.insert(ContactlessCard(bytes.fromhex("08010203")))
        await eventually(lambda: "use a loyalty card" in kiosk.last_state.detail)
        assert kiosk.taps == []


async def test_a_silent_card_is_left_after_the_deadline_and_the_next_is_read(
    daemon: Daemon, first: VirtualReaderSlot, second: VirtualReaderSlot
) -> None:
    awake = threading.Event()
    async with daemon.running(), listening(daemon.socket) as kiosk:
        slow = ContactlessCard(UID, b"\xd0\x00\x00")
        first.insert(slow, lambda _: awake.wait(4) and None)
        await eventually(lambda: "too slowly" in kiosk.last_state.detail or kiosk.taps, deadline_s=30)
        awake.set()

        await insert(second, kiosk, ContactlessCard(OTHER_UID))
        assert kiosk.taps[-1].evidence == evidence(OTHER_UID)


async def test_pcscd_killed_and_started_ten_times_costs_no_tap(
    daemon: Daemon, pcscd: Pcscd, first: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    uids = [UID[:-2] + number.to_bytes(2) for number in range(2 * KILLS)]
    back_ms = []
    async with daemon.running(), listening(daemon.socket) as kiosk:
        for lying, waiting in zip(uids[::2], uids[1::2], strict=True):
            await insert(first, kiosk, ContactlessCard(lying))
            pcscd.stop(signal.SIGKILL)
            await eventually(lambda: kiosk.last_state.state == "lost")
            assert kiosk.removed[-1] == kiosk.taps[-1].tap_id
            first.pull()
            first.insert(ContactlessCard(waiting))  # while nobody can see it

            await asyncio.to_thread(pcscd.start)
            started_ns = time.monotonic_ns()
            await eventually(lambda expected=waiting: kiosk.taps[-1].evidence == evidence(expected))
            back_ms.append((kiosk.taps[-1].at_monotonic_ns - started_ns) / 1e6)
            await pull(first, kiosk)

        assert [tap.evidence for tap in kiosk.taps] == [evidence(uid) for uid in uids]
        assert kiosk.removed == [tap.tap_id for tap in kiosk.taps]
    with capsys.disabled():
        sys.stdout.write(
            f"\npcscd killed {KILLS} times: taps lost: {len(uids) - len(kiosk.taps)} of {len(uids)}, "
            f"from return to the tap {statistics.median(back_ms):.0f} ms (max {max(back_ms):.0f} ms)\n"
        )


async def test_a_card_waits_no_longer_for_a_pcscd_that_was_away_so_long_that_help_was_asked_for(
    daemon: Daemon, pcscd: Pcscd, first: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    back_ms = []
    async with daemon.running(), listening(daemon.socket) as kiosk:
        for number in range(OUTAGES):
            uid = UID[:-2] + number.to_bytes(2)
            await eventually(lambda: kiosk.last_state.state == "ready")
            pcscd.stop(signal.SIGKILL)
            await eventually(lambda: kiosk.last_state.state == "needs_help", deadline_s=30)
            first.insert(ContactlessCard(uid))

            await asyncio.to_thread(pcscd.start)
            started_ns = time.monotonic_ns()
            await eventually(lambda before=number: len(kiosk.taps) > before, deadline_s=20)
            back_ms.append((kiosk.taps[-1].at_monotonic_ns - started_ns) / 1e6)
            assert kiosk.taps[-1].evidence == evidence(uid)
            await pull(first, kiosk)
    with capsys.disabled():
        sys.stdout.write(
            f"\npcscd away until help was asked for, {OUTAGES} times: "
            f"from return to the tap {statistics.median(back_ms):.0f} ms (max {max(back_ms):.0f} ms)\n"
        )


async def test_the_daemon_restarts_pcscd_itself_when_it_does_not_come_back(
    socket_dir: Path, pcscd: Pcscd, first: VirtualReaderSlot
) -> None:
    asked = socket_dir / "asked"
    daemon = Daemon(socket_dir, driver=["pcsc"], pcsc_restart_command=["touch", str(asked)])
    async with daemon.running(), listening(daemon.socket) as kiosk:
        pcscd.stop(signal.SIGKILL)
        await eventually(lambda: "its service was restarted" in kiosk.last_state.detail, deadline_s=20)
        await eventually(asked.exists)
        await asyncio.to_thread(pcscd.start)  # the command's work, done by its owner here

        await insert(first, kiosk, ContactlessCard(UID))
        assert kiosk.last_state.state == "ready"


async def test_a_machine_without_readers_asks_for_help_and_goes_on_when_one_is_plugged_in(
    socket_dir: Path, pcscd: Pcscd, first: VirtualReaderSlot
) -> None:
    empty = socket_dir / "no-readers"
    empty.mkdir()
    pcscd.stop()
    await asyncio.to_thread(lambda: pcscd.start(readers=empty))
    daemon = Daemon(socket_dir, driver=["pcsc"])
    async with daemon.running(until="lost"), listening(daemon.socket) as kiosk:
        assert "No reader is plugged in" in kiosk.last_state.detail
        await eventually(lambda: kiosk.last_state.state == "needs_help", deadline_s=40)
        assert "lsusb" in kiosk.last_state.detail
        pcscd.stop()
        await asyncio.to_thread(pcscd.start)

        await eventually(lambda: kiosk.last_state.state == "ready", deadline_s=20)
        await insert(first, kiosk, ContactlessCard(UID))


async def test_readers_can_be_chosen_by_name(
    socket_dir: Path, first: VirtualReaderSlot, second: VirtualReaderSlot
) -> None:
    daemon = Daemon(socket_dir, driver=["pcsc"], pcsc_readers=["Virtual PCD 00 01"])
    async with daemon.running(), listening(daemon.socket) as kiosk:
        assert kiosk.last_state.reader == "Virtual PCD 00 01"
        first.insert(ContactlessCard(UID))
        await insert(second, kiosk, ContactlessCard(OTHER_UID))
        assert [tap.evidence for tap in kiosk.taps] == [evidence(OTHER_UID)]


async def test_several_drivers_stand_side_by_side_and_one_lost_leaves_the_others(
    socket_dir: Path, pcscd: Pcscd, first: VirtualReaderSlot
) -> None:
    daemon = Daemon(socket_dir, driver=["simulated", "pcsc"])
    async with daemon.running(), listening(daemon.socket) as kiosk:
        await eventually(lambda: "Virtual PCD" in kiosk.last_state.reader)
        await insert(first, kiosk, ContactlessCard(UID))
        await control.tap(daemon.control, evidence(OTHER_UID))
        await eventually(lambda: len(kiosk.taps) == 2)
        assert kiosk.removed == [kiosk.taps[0].tap_id]

        pcscd.stop(signal.SIGKILL)
        await eventually(lambda: "pcscd went away" in kiosk.last_state.detail)

        assert (kiosk.last_state.state, kiosk.last_state.reader) == ("ready", "Simulated reader")
        assert kiosk.removed == [kiosk.taps[0].tap_id], "the card on the other reader still lies there"


async def test_a_stopped_pcscd_that_hangs_is_waited_for_and_the_daemon_still_stops(
    daemon: Daemon, pcscd: Pcscd, first: VirtualReaderSlot
) -> None:
    async with daemon.running() as process, listening(daemon.socket) as kiosk:
        os.kill(pcscd.pid, signal.SIGSTOP)
        try:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
        finally:
            os.kill(pcscd.pid, signal.SIGCONT)
        assert kiosk.taps == []
