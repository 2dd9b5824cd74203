"""A chip card in a reader, pcscd, reader daemon, terminal: its balance on the screen (C-03, C-32)."""

import asyncio
import dataclasses
import signal
import statistics
import sys
import time
from collections.abc import Iterator

import pytest

from tests.acceptance.first_tap.conftest import Group
from tools.cards.kinds import ContactlessCard
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.demo.desk.server import DeskCard
from tools.demo.stack import free_port

# The machine has one pcscd: in a parallel run, waiting for one's turn counts.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

RealGroup = tuple[Group, Pcscd]
KILLS = 10


@pytest.fixture
def first() -> Iterator[VirtualReaderSlot]:
    with VirtualReaderSlot(PORT) as slot:
        yield slot


@pytest.fixture
def second() -> Iterator[VirtualReaderSlot]:
    with VirtualReaderSlot(PORT + 1) as slot:
        yield slot


def plastic(card: DeskCard) -> ContactlessCard:
    return ContactlessCard(bytes.fromhex(card.evidence.value))


async def balance(group: Group, card: DeskCard) -> int:
    points = (await group.profile(card)).points
    assert points is not None
    return points


async def see(group: Group, points: int) -> None:
    """Wait for the member screen with exactly this balance."""
    wanted = str(points)
    await group.viewer.wait_for(
        lambda head: (
            head.screen == "member"
            and any("".join(filter(str.isdigit, text)) == wanted for text in head.texts)
        ),
        deadline_s=20,
    )


async def attract(group: Group) -> None:
    await group.viewer.wait_for(lambda head: head.screen == "attract", deadline_s=20)


async def test_a_chip_card_shows_its_members_balance_until_it_is_pulled(
    real_group: RealGroup, first: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    group, _ = real_group
    took_ms = []
    for index in (0, 1, 2):
        card = group.card("ms_card", index)
        points = await balance(group, card)
        await attract(group)
        started_s = time.monotonic()
        first.insert(plastic(card))
        await see(group, points)
        took_ms.append((time.monotonic() - started_s) * 1000)
        first.pull()
        await attract(group)
    with capsys.disabled():
        sys.stdout.write(
            f"\ninsertion to balance on the screen: {statistics.median(took_ms):.0f} ms "
            f"(max {max(took_ms):.0f} ms)\n"
        )


async def test_a_card_torn_away_leaves_the_screen_as_it_was_and_the_next_one_is_read(
    real_group: RealGroup, first: VirtualReaderSlot
) -> None:
    group, _ = real_group
    card = group.card("ms_card", 1)
    torn = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tear(_: bytes) -> None:
        first.pull()
        loop.call_soon_threadsafe(torn.set)

    first.insert(plastic(group.card("ms_card", 0)), tear)
    await asyncio.wait_for(torn.wait(), 20)
    first.insert(plastic(card))
    await see(group, await balance(group, card))
    first.pull()
    await attract(group)


async def test_of_two_cards_in_two_readers_the_last_one_is_shown(
    real_group: RealGroup, first: VirtualReaderSlot, second: VirtualReaderSlot
) -> None:
    group, _ = real_group
    one, other = group.card("ms_card", 0), group.card("ms_card", 1)
    first.insert(plastic(one))
    await see(group, await balance(group, one))
    second.insert(plastic(other))
    await see(group, await balance(group, other))
    first.pull()
    second.pull()
    await attract(group)


async def test_pcscd_killed_ten_times_is_said_on_the_screen_and_no_card_is_lost(
    real_group: RealGroup, first: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    group, pcscd = real_group
    shown = 0
    for kill in range(KILLS):
        pcscd.stop(signal.SIGKILL)
        await group.viewer.wait_for(lambda head: head.screen == "reader_lost", deadline_s=20)
        card = group.card("ms_card", kill % 3)
        first.insert(plastic(card))
        await asyncio.to_thread(pcscd.start)
        await see(group, await balance(group, card))
        shown += 1
        first.pull()
    await attract(group)
    with capsys.disabled():
        sys.stdout.write(f"\npcscd killed {KILLS} times: cards not shown: {KILLS - shown} of {KILLS}\n")


async def test_an_emulated_nfc_tag_shows_its_members_balance(real_group: RealGroup) -> None:
    group, _ = real_group
    card = group.card("ms_card", 2)
    device = f"udp:localhost:{free_port()}"
    await group.stack.programs["reader"].stop()
    group.stack.plan = dataclasses.replace(
        group.stack.plan, reader_options={"driver": ["nfc"], "nfc_device": device}
    )
    await group.stack.start(("reader",))
    await attract(group)
    tag = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.cards", "tag", device, card.evidence.value
    )
    try:
        await see(group, await balance(group, card))
    finally:
        tag.kill()
        await tag.wait()
    await attract(group)
