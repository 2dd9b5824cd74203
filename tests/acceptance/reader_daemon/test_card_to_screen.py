"""A chip card in a reader, pcscd, reader daemon, terminal: its balance on the screen (C-03, C-32)."""

import asyncio
import dataclasses
import signal
import statistics
import sys
import time
from collections.abc import Iterator

import msgspec
import pytest

from tests.acceptance.first_tap.conftest import Group
from tests.pcscd import IN_TURN
from tools.cards.kinds import ContactCard, ContactlessCard
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.demo.desk.facts import DeskCard
from tools.demo.stack import free_port
from wire import api
from wire.messages import Evidence

pytestmark = [pytest.mark.asyncio(loop_scope="module"), IN_TURN]

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


async def issue(group: Group, number: str, uid: str, member_id: str) -> None:
    """Enter a card as head office does."""
    settings = str(group.stack.plan.state / "officine.toml")
    arguments = ("card", "issue", number, "--uid", uid, "--member", member_id, "--json")
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "officine.main",
        "--config",
        settings,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await program.communicate()
    assert msgspec.json.decode(said)["card"]["state"] == "active", said


async def see_range(group: Group, profile: api.ProfileView) -> None:
    """Wait for the member screen with exactly this range, and no exact balance."""
    wanted = f"{profile.points_from}{profile.points_to}"
    frame = await group.viewer.wait_for(
        lambda head: (
            head.screen == "member"
            and any("".join(filter(str.isdigit, text)) == wanted for text in head.texts)
        ),
        deadline_s=20,
    )
    assert "Une carte sans contact affiche le solde exact." in " ".join(frame.texts)


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


async def test_a_contact_chip_card_shows_its_members_range_until_it_is_pulled(
    real_group: RealGroup, first: VirtualReaderSlot
) -> None:
    """Its serial number is read, as any reader may: it shows what a printed number shows, and earns."""
    group, _ = real_group
    serial = bytes.fromhex("97560000000000000017")
    profile = await group.profile(group.card("ms_card"))
    await issue(group, "2900000999998", f"iccsn:{serial.hex()}", profile.member_id)
    as_number = DeskCard(
        id="chip", label="", kind="chip", evidence=Evidence(medium="typed", value="2900000999998")
    )
    seen = await group.profile(as_number)
    assert seen.points is None
    first.insert(ContactCard(serial))
    await see_range(group, seen)
    told = await group.till.award([group.item()])
    assert told.response.result == "Success"
    after = await group.profile(group.card("ms_card"))
    assert after.points is not None
    assert profile.points is not None
    assert after.points > profile.points
    first.pull()
    await attract(group)


async def test_a_health_card_is_named_on_the_screen_and_its_number_is_in_no_file(
    real_group: RealGroup, first: VirtualReaderSlot
) -> None:
    group, _ = real_group
    serial = bytes.fromhex("80756009999999999991")
    first.insert(ContactCard(serial))
    await group.viewer.wait_for(
        lambda head: head.screen == "refused" and "une carte d’assurance-maladie" in " ".join(head.texts),
        deadline_s=20,
    )
    first.pull()
    await attract(group)
    kept = [each.read_bytes() for each in group.stack.plan.state.rglob("*") if each.is_file()]
    assert any(b"card_presented" in content for content in kept), "the logs are among what is looked into"
    for spelt in (serial, serial.hex().encode()):
        assert not any(spelt in content for content in kept)


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
