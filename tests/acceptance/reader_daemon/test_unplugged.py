"""A USB reader pulled out and put back while pcscd goes on: the screen and the till are told (C-03, C-32)."""

import sys
from collections.abc import Iterator

import pytest

from tests.acceptance.first_tap.conftest import Group
from tests.acceptance.reader_daemon.test_card_to_screen import attract, balance, plastic, see
from tests.helpers import eventually
from tests.pcscd import IN_TURN
from tools.cards.usb_port import UsbPort
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.demo.desk.facts import DeskCard

pytestmark = [pytest.mark.asyncio(loop_scope="module"), IN_TURN]

UsbGroup = tuple[Group, UsbPort]
PULLED_OUT = 5
DOES_NOT_WORK = "Le lecteur de cartes ne marche pas en ce moment"
TELL_THE_COUNTER = "Merci de le signaler au comptoir"


@pytest.fixture
def slot() -> Iterator[VirtualReaderSlot]:
    with VirtualReaderSlot(PORT) as slot:
        yield slot


async def till_hears_of_reader(group: Group) -> bool | None:
    """Whether the card reader works, as the terminal tells the till (nexo Diagnosis)."""
    status = (await group.till.diagnosis()).poi_status
    assert status is not None
    return status.card_reader_ok_flag


async def until_the_till_hears(group: Group, *, works: bool) -> None:
    async def is_told() -> bool:
        return await till_hears_of_reader(group) is works

    told: bool = await eventually(is_told, deadline_s=20)
    assert told


async def lost_screen(group: Group) -> tuple[str, ...]:
    head = await group.viewer.wait_for(lambda head: head.screen == "reader_lost", deadline_s=20)
    return head.texts


async def tap(group: Group, slot: VirtualReaderSlot, card: DeskCard) -> None:
    slot.insert(plastic(card))
    await see(group, await balance(group, card))


async def test_a_reader_pulled_out_is_said_in_words_and_the_tap_after_its_return_is_shown(
    usb_group: UsbGroup, slot: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    group, port = usb_group
    shown = 0
    for turn in range(PULLED_OUT):
        before, after = group.card("ms_card", turn % 3), group.card("ms_card", (turn + 1) % 3)
        await tap(group, slot, before)
        port.unplug()  # the card still lies on it: nobody could see it leave
        texts = await lost_screen(group)
        await until_the_till_hears(group, works=False)
        slot.pull()
        port.plug()
        await attract(group)
        await until_the_till_hears(group, works=True)
        await tap(group, slot, after)
        shown += 1
        slot.pull()
        await attract(group)
        said = " ".join(texts)
        assert DOES_NOT_WORK in said, texts
        assert "0x" not in said, texts
        assert "Gemalto" not in said, texts
    with capsys.disabled():
        sys.stdout.write(
            f"\nreader pulled out {PULLED_OUT} times: taps lost: {PULLED_OUT - shown} of {PULLED_OUT}\n"
        )


async def test_a_card_held_to_the_reader_while_it_comes_back_is_a_tap(
    usb_group: UsbGroup, slot: VirtualReaderSlot
) -> None:
    group, port = usb_group
    port.unplug()
    await lost_screen(group)
    card = group.card("ms_card", 1)
    slot.insert(plastic(card))
    port.plug()
    await see(group, await balance(group, card))
    slot.pull()
    await attract(group)


async def test_a_reader_that_stays_away_sends_the_customer_to_the_counter_until_it_is_back(
    usb_group: UsbGroup, slot: VirtualReaderSlot
) -> None:
    group, port = usb_group
    port.unplug()
    await group.viewer.wait_for(
        lambda head: head.screen == "reader_lost" and TELL_THE_COUNTER in " ".join(head.texts), deadline_s=40
    )
    port.plug()
    await attract(group)
    await tap(group, slot, group.card("ms_card", 2))
    slot.pull()
    await attract(group)


async def test_a_plugged_in_reader_that_only_fails_is_no_ready_reader(
    usb_group: UsbGroup, slot: VirtualReaderSlot
) -> None:
    group, port = usb_group
    port.fail(fails=True)
    await lost_screen(group)
    await until_the_till_hears(group, works=False)
    port.fail(fails=False)
    await attract(group)
    await tap(group, slot, group.card("ms_card", 0))
    slot.pull()
    await attract(group)


async def test_a_reader_daemon_that_dies_with_no_card_on_it_is_told_to_the_till_too(
    usb_group: UsbGroup, slot: VirtualReaderSlot
) -> None:
    group, _ = usb_group
    await until_the_till_hears(group, works=True)
    await group.stack.kill("reader")
    await lost_screen(group)
    await until_the_till_hears(group, works=False)
    await group.stack.start(("reader",))
    await attract(group)
    await until_the_till_hears(group, works=True)
    await tap(group, slot, group.card("ms_card", 1))
    slot.pull()
    await attract(group)
