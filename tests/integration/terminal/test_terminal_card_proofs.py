"""From a till to the chip and back: points burn only while the card itself is there (C-03; ADR 22).

A virtual NTAG 424 DNA with a live counter in a real pcscd, reader daemon, agent, central: all run.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from central.services.cards.card_keys import CardKeys
from loyalty.limits.cards import CARD_PROOF_WAIT_S
from tests.central_fixture import CARD, GROUP, MEMBER, SUN_CREAM, UID
from tests.helpers import eventually
from tests.integration.terminal.test_caisse_ap import SETTINGS as CAISSE_AP
from tests.integration.terminal.test_caisse_ap import till_of
from tests.integration.terminal.test_terminal_value import load, pay, redeem, reference, told
from tests.pcscd import IN_TURN, own_pcscd
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.cards.kinds import AnyCard
from tools.cards.ntag424 import Ntag424
from tools.cards.own_chip import OwnChipCard
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.till import Item, requests
from wire.nexo.base import TransactionIdentification
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyResponse

pytestmark = IN_TURN
SERIAL = "97560000000000000017"


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[VirtualReaderSlot]:
    with own_pcscd(tmp_path / "pcscd.log"), VirtualReaderSlot(PORT) as slot:
        yield slot


@pytest.fixture
async def shop(slot: VirtualReaderSlot, tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    """A shop with the programme's default table; its member has a thousand points."""
    async with a_terminal(tmp_path, socket_dir, reader={"driver": ("simulated", "pcsc")}) as shop:
        await shop.central.services.card_keys.make(shop.central.operator)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
        assert (await shop.till.award([big], card=CARD)).response.result == "Success"
        desk = shop.agent.desk
        await eventually(lambda: desk.reader is not None and "PCD" in desk.reader.reader)
        yield shop


async def keys_of(shop: Shop) -> CardKeys:
    return (await shop.central.services.card_keys.in_use(GROUP))[0]


async def a_tag(shop: Shop, uid: str = UID) -> Ntag424:
    keys, number = await keys_of(shop), bytes.fromhex(uid)
    return Ntag424(
        number, meta_key=keys.meta, mac_key=keys.file_key(number), keys={3: keys.proof_key(number)}
    )


def named(acquired: CardAcquisitionResponse) -> TransactionIdentification:
    """What the till names the acquired card by."""
    assert acquired.poi_data is not None
    return acquired.poi_data.poi_transaction_id


async def insert(shop: Shop, slot: VirtualReaderSlot, card: AnyCard, **more: object) -> None:
    slot.insert(card, **more)  # type: ignore[arg-type]
    await eventually(lambda: shop.agent.desk.lying_tap_id != "", deadline_s=20)
    await eventually(
        lambda: shop.agent.desk.current is not None and not shop.agent.desk.current.is_asking, deadline_s=20
    )


async def pull(shop: Shop, slot: VirtualReaderSlot) -> None:
    slot.pull()
    await eventually(lambda: shop.agent.desk.lying_tap_id == "", deadline_s=20)


async def test_a_burn_is_proved_by_the_card_that_lies_there(
    shop: Shop, slot: VirtualReaderSlot, capsys: pytest.CaptureFixture[str]
) -> None:
    card = await a_tag(shop)
    await insert(shop, slot, card)
    took_ms = []
    for _ in range(10):
        ticket = shop.till.new_ticket()
        started_s = time.monotonic()
        answer = await redeem(shop, 500, ticket)
        took_ms.append((time.monotonic() - started_s) * 1000)
        undo = requests.loyalty(shop.till, "RedemptionRefund", ticket=ticket, original=reference(answer))
        assert told(await shop.till.ask(undo, LoyaltyResponse))["result"] == "Success"

    assert card.proofs == 10
    assert await shop.central.points_of(MEMBER) == 1000
    with capsys.disabled():
        sys.stdout.write(
            f"\nredemption with proof, till to till: {statistics.median(took_ms):.0f} ms"
            f" (max {max(took_ms):.0f} ms)\n"
        )


async def test_a_card_taken_away_is_asked_for_on_the_screen_and_the_burn_goes_on(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    card = await a_tag(shop)
    await insert(shop, slot, card)
    acquired = await shop.till.acquire()
    await pull(shop, slot)

    ticket = shop.till.new_ticket()
    burning = asyncio.create_task(redeem(shop, 500, ticket, reference=named(acquired)))
    await eventually(lambda: shop.kiosk.state.wants_card)
    slot.insert(card)
    answer = await burning

    assert told(answer)["result"] == "Success", told(answer)
    assert not shop.kiosk.state.wants_card
    assert (card.proofs, card.counter) == (1, 2)


async def test_another_card_cannot_stand_in_for_the_one_that_was_identified(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    card, other = await a_tag(shop), await a_tag(shop, "04FFEEDDCCBB80")
    await insert(shop, slot, card)
    acquired = await shop.till.acquire()
    await pull(shop, slot)
    slot.insert(other)
    await eventually(lambda: shop.agent.desk.lying_tap_id != "", deadline_s=20)

    answer = await redeem(shop, 500, shop.till.new_ticket(), reference=named(acquired))

    assert (told(answer)["condition"], told(answer)["code"]) == ("InvalidCard", "card_proof_failed")
    assert (card.proofs, other.proofs) == (0, 0)


async def test_a_copied_message_burns_nothing(shop: Shop, slot: VirtualReaderSlot) -> None:
    """A phone that plays a fresh message back: identified, and of no use where value moves."""
    card = await a_tag(shop)
    card.counter += 1
    copy = Ntag424(card.uid, meta_key=bytes(16), mac_key=bytes(16), keys={3: bytes(16)})
    message = card.sun_url()
    copy.sun_url = lambda: message  # type: ignore[method-assign]
    await insert(shop, slot, copy)
    assert shop.agent.desk.current is not None
    assert shop.agent.desk.current.identified is not None

    answer = await redeem(shop, 500, shop.till.new_ticket())

    assert told(answer)["code"] == "card_proof_failed"
    assert copy.proofs == 0


async def test_a_card_torn_away_within_its_proof_is_asked_for_again(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    card = await a_tag(shop)
    torn = []

    def tear(apdu: bytes) -> None:
        if apdu[:2] == b"\x90\xaf" and not torn:
            torn.append(apdu)
            slot.pull()

    await insert(shop, slot, card, before_answer=tear)
    burning = asyncio.create_task(redeem(shop, 500, shop.till.new_ticket()))
    await eventually(lambda: shop.kiosk.state.wants_card, deadline_s=20)
    slot.insert(card)

    assert told(await burning)["result"] == "Success"
    assert torn


async def test_a_till_gives_up_waiting_for_the_card(shop: Shop, slot: VirtualReaderSlot) -> None:
    await insert(shop, slot, await a_tag(shop))
    acquired = await shop.till.acquire()
    await pull(shop, slot)
    service_id = shop.till.new_service_id()
    body = requests.loyalty(
        shop.till, "Redemption", [CREAM], ticket=shop.till.new_ticket(), points=500, reference=named(acquired)
    )
    burning = asyncio.create_task(shop.till.ask(body, LoyaltyResponse, service_id))
    await eventually(lambda: shop.kiosk.state.wants_card)
    await shop.till.abort(service_id, category="Loyalty")

    answer = await burning
    assert (told(answer)["condition"], told(answer)["code"]) == ("Cancel", "card_not_there")
    assert not shop.kiosk.state.wants_card


async def test_a_purse_is_paid_from_by_a_contact_card_that_signs(shop: Shop, slot: VirtualReaderSlot) -> None:
    keys, serial = await keys_of(shop), bytes.fromhex(SERIAL)
    body = {
        "card_number": "2990000000712",
        "uid": f"iccsn:{SERIAL}",
        "member_id": MEMBER,
        "state": "active",
    }
    assert (await shop.central.post("cards", body, token="office")).status == 200
    card = OwnChipCard(serial, keys.chip_key(serial))
    await insert(shop, slot, card)

    burned = await redeem(shop, 500, shop.till.new_ticket())
    paid = await pay(shop, 100, shop.till.new_ticket())

    assert told(burned)["result"] == "Success", told(burned)
    assert told(paid)["code"] == "stored_value_too_low", "asked and proved; there is nothing in the purse"
    assert card.signed == 2


async def test_a_till_that_hangs_up_while_the_card_is_to_prove_itself_ends_the_wait_and_pays_nothing(
    slot: VirtualReaderSlot, tmp_path: Path, socket_dir: Path
) -> None:
    """Caisse-AP has no word for "stop": the till hangs up, on a real socket."""
    settings = {**CAISSE_AP, "reader": {"driver": ("simulated", "pcsc")}}
    async with a_terminal(tmp_path, socket_dir, **settings) as shop:
        await shop.central.services.card_keys.make(shop.central.operator)
        desk, till = shop.agent.desk, till_of(shop.agent)
        await eventually(lambda: desk.reader is not None and "PCD" in desk.reader.reader)
        card = await a_tag(shop)
        await insert(shop, slot, card)
        await load(shop, 3000)
        async with shop.agent.till.turn_of("TILL-1"):  # its card is known, and goes before it is asked
            reader, writer = await asyncio.open_connection("127.0.0.1", till.port)
            writer.write(till.write(CE="756", CD="0", CB="1250"))
            await eventually(lambda: any(each.get_name() == "caisse-ap-work" for each in asyncio.all_tasks()))
            await eventually(lambda: desk.current is not None and desk.current.bound_to == "TILL-1")
            await pull(shop, slot)
        await eventually(lambda: shop.kiosk.state.wants_card)
        assert not reader.at_eof(), "the till waits for its answer"

        started_s = time.monotonic()
        writer.close()
        await eventually(lambda: all(each.get_name() != "caisse-ap-work" for each in asyncio.all_tasks()))

        assert time.monotonic() - started_s < CARD_PROOF_WAIT_S / 2, "nobody waited for the card any more"
        await eventually(lambda: not shop.kiosk.state.wants_card)
        stands = (await shop.central.get(f"members/{MEMBER}/purse", token="office")).body
        assert (stands["purse_minor"], stands["purse_held_minor"]) == (3000, 0)
        assert card.proofs == 0
        await insert(shop, slot, card)
        paid = await till.debit("1250")
        assert (paid["AE"], card.proofs) == ("10", 1), "the same card pays when the till asks anew"
