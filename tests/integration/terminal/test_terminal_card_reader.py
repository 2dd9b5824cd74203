"""A till speaks with the card on the reader through nexo, JSON and XML, over a real pcscd (P-12; C-03)."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import eventually
from tests.integration.terminal.test_terminal_value import told
from tests.pcscd import IN_TURN, own_pcscd
from tests.terminal_fixture import Shop, a_terminal
from tools.cards.kinds import ContactCard
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.till import SimulatedTill
from tools.till.xml_till import XmlTill
from wire.nexo.device import (
    CardReaderAPDURequest,
    CardReaderAPDUResponse,
    CardReaderInitRequest,
    CardReaderInitResponse,
    CardReaderPowerOffRequest,
    CardReaderPowerOffResponse,
)

pytestmark = IN_TURN
SERIAL = "97560000000000000017"
READING = {"driver": ("simulated", "pcsc"), "card_talks": ("proof", "till")}


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[VirtualReaderSlot]:
    with own_pcscd(tmp_path / "pcscd.log"), VirtualReaderSlot(PORT) as slot:
        yield slot


@pytest.fixture
async def shop(slot: VirtualReaderSlot, tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    async with a_terminal(tmp_path, socket_dir, reader=READING, allow_card_apdu=True) as shop:
        desk = shop.agent.desk
        await eventually(lambda: desk.reader is not None and "PCD" in desk.reader.reader)
        yield shop


@pytest.fixture(params=["json", "xml"])
async def till(request: pytest.FixtureRequest, shop: Shop) -> AsyncIterator[SimulatedTill]:
    if request.param == "json":
        yield shop.till
        return
    async with XmlTill(shop.till.url.removesuffix("/nexo"), sale_id="TILL-X") as till:
        yield till


def apdu(ins: str, p1: str, p2: str, data: str | None = None, le: str | None = None, cla: str = "00") -> Any:
    return CardReaderAPDURequest(
        apdu_class=cla,
        apdu_instruction=ins,
        apdu_par1=p1,
        apdu_par2=p2,
        apdu_data=data,
        apdu_expected_length=le,
    )


async def test_a_till_resets_the_card_reads_a_file_and_lets_it_go(
    till: SimulatedTill, slot: VirtualReaderSlot
) -> None:
    card = ContactCard(bytes.fromhex(SERIAL))
    slot.insert(card)
    begun = await till.ask(CardReaderInitRequest(max_waiting_time=20), CardReaderInitResponse)
    assert told(begun)["result"] == "Success", told(begun)
    assert begun.icc_reset_data is not None
    assert (begun.icc_reset_data.atr_value, begun.entry_mode) == (card.atr.hex().upper(), ["ICC"])

    selected = await till.ask(apdu("A4", "00", "00", "2F02"), CardReaderAPDUResponse)
    read = await till.ask(apdu("B0", "00", "00", le="00"), CardReaderAPDUResponse)
    missing = await till.ask(apdu("a4", "00", "00", "2f01"), CardReaderAPDUResponse)
    ended = await till.ask(CardReaderPowerOffRequest(), CardReaderPowerOffResponse)
    after = await till.ask(apdu("B0", "00", "00", le="00"), CardReaderAPDUResponse)

    assert (selected.card_status_words, selected.apdu_data) == ("9000", None)
    assert (read.card_status_words, read.apdu_data) == ("9000", "5A0A" + SERIAL)
    assert (told(missing)["result"], missing.card_status_words) == ("Success", "6A82")
    assert told(ended)["result"] == "Success"
    assert told(after)["code"] == "card_not_begun"


async def test_a_talk_ends_with_its_card_and_is_one_tills(shop: Shop, slot: VirtualReaderSlot) -> None:
    slot.insert(ContactCard(bytes.fromhex(SERIAL)))
    begun = await shop.till.ask(CardReaderInitRequest(max_waiting_time=20), CardReaderInitResponse)
    assert told(begun)["result"] == "Success", told(begun)
    second = await shop.second_till()
    others = await second.ask(apdu("B0", "00", "00", le="00"), CardReaderAPDUResponse)
    slot.pull()
    await eventually(lambda: shop.agent.desk.lying_tap_id == "", deadline_s=20)
    gone = await shop.till.ask(apdu("B0", "00", "00", le="00"), CardReaderAPDUResponse)

    assert told(others)["code"] == "card_not_begun"
    assert (told(gone)["condition"], told(gone)["code"]) == ("Cancel", "card_talk_card_gone")
    nobody = await shop.till.ask(CardReaderInitRequest(max_waiting_time=0), CardReaderInitResponse)
    assert (told(nobody)["condition"], told(nobody)["code"]) == ("Cancel", "nobody_tapped")


async def test_the_readers_own_commands_are_no_tills(shop: Shop, slot: VirtualReaderSlot) -> None:
    slot.insert(ContactCard(bytes.fromhex(SERIAL)))
    await shop.till.ask(CardReaderInitRequest(max_waiting_time=20), CardReaderInitResponse)
    keys = apdu("82", "00", "00", "FFFFFFFFFFFF", cla="FF")
    refused = await shop.till.ask(keys, CardReaderAPDUResponse)
    assert (told(refused)["condition"], told(refused)["code"]) == ("NotAllowed", "card_talk_not_permitted")


async def test_a_reader_that_permits_no_till_carries_nothing(
    slot: VirtualReaderSlot, tmp_path: Path, socket_dir: Path
) -> None:
    driver = {"driver": ("simulated", "pcsc")}
    async with a_terminal(tmp_path, socket_dir, reader=driver, allow_card_apdu=True) as shop:
        slot.insert(ContactCard(bytes.fromhex(SERIAL)))
        refused = await shop.till.ask(CardReaderInitRequest(max_waiting_time=20), CardReaderInitResponse)
        assert told(refused)["code"] == "card_talk_not_permitted"
