"""From a blank chip to a burn: written, handed out, tapped, proved (P-26, C-03), over a real pcscd."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from central.chips.ntag424 import card_link
from loyalty.programme.production import card_numbers
from officine.card_desk import CardDesk, card_desk
from officine.commands.card_making import Row, write_all
from tests.central_fixture import CARD, MEMBER, SUN_CREAM
from tests.helpers import eventually
from tests.integration.terminal.test_terminal_value import redeem, told
from tests.pcscd import IN_TURN, own_pcscd
from tests.terminal_fixture import Shop, a_terminal
from tools.cards.blank424 import BlankNtag424
from tools.cards.kinds import ContactlessCard
from tools.cards.vpcd import PORT, VirtualReaderSlot
from tools.till import Item

pytestmark = IN_TURN
LINK = card_link("https://loy.example/t")
UIDS = [bytes.fromhex(f"04A2B3C4D5E6{end:02X}") for end in (0x80, 0x81, 0x82)]
NUMBERS = card_numbers("29", 77, 3)


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[VirtualReaderSlot]:
    with own_pcscd(tmp_path / "pcscd.log"), VirtualReaderSlot(PORT) as slot:
        yield slot


@pytest.fixture
async def shop(slot: VirtualReaderSlot, tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    reading = {"driver": ("simulated", "pcsc"), "card_talks": ("proof", "personalise")}
    async with a_terminal(tmp_path, socket_dir, reader=reading) as shop:
        await shop.central.services.card_keys.make(shop.central.operator)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
        assert (await shop.till.award([big], card=CARD)).response.result == "Success"
        yield shop


class Hand:
    """Puts cards on the reader one after the other, each taken off when its number was done."""

    def __init__(self, slot: VirtualReaderSlot, desk: CardDesk) -> None:
        self._slot = slot
        self.desk = desk

    async def put(
        self, card: BlankNtag424 | ContactlessCard, tear: Callable[[bytes], bool] | None = None
    ) -> None:
        """Lay a card down; `tear` says at which command it is torn away, to be put back."""
        torn = threading.Event()

        def before(apdu: bytes) -> None:
            if tear is not None and not torn.is_set() and tear(apdu):
                torn.set()
                self._slot.pull()

        self._slot.insert(card, before)
        await eventually(lambda: self.desk.tap_id != "" or torn.is_set(), deadline_s=20)
        if tear is not None:
            await eventually(torn.is_set, deadline_s=20)
            await eventually(lambda: self.desk.tap_id == "", deadline_s=20)
            self._slot.insert(card)

    async def take(self) -> None:
        """Take the card off."""
        self._slot.pull()
        await eventually(lambda: self.desk.tap_id == "", deadline_s=20)


async def write(
    shop: Shop, hand: "Hand", numbers: list[str], *laying: Callable[[], Awaitable[None]]
) -> list[Row]:
    """Write cards for the numbers, while each is laid down in turn."""
    done: list[str] = []
    writing = asyncio.create_task(
        write_all(shop.central.services, shop.central.operator, hand.desk, numbers, LINK, tell=done.append)
    )
    for at, lay in enumerate(laying):
        await lay()
        await eventually(lambda at=at: sum("take it off" in text for text in done) > at, deadline_s=30)
        await hand.take()
    return await writing


async def test_blank_cards_are_written_handed_out_tapped_and_burn(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    first, second = BlankNtag424(UIDS[0]), BlankNtag424(UIDS[1])
    async with card_desk(shop.settings.reader_socket) as desk:
        hand = Hand(slot, desk)
        rows = await write(shop, hand, NUMBERS[:2], lambda: hand.put(first), lambda: hand.put(second))
    assert [(row.number, row.outcome, row.version) for row in rows] == [
        (NUMBERS[0], "written", 1),
        (NUMBERS[1], "written", 1),
    ]
    body = {"card_number": NUMBERS[0], "member_id": MEMBER}
    assert (await shop.central.post("cards/validate", body, token="office")).status == 200

    slot.insert(first)
    await eventually(lambda: shop.kiosk.state.session is not None, deadline_s=20)
    await eventually(lambda: shop.kiosk.session.state == "open", deadline_s=20)
    current = shop.agent.desk.current
    assert current is not None
    assert current.identified is not None
    assert (current.evidence.medium, current.identified.strength) == ("ntag424", "aes_card")
    answer = await redeem(shop, 500, shop.till.new_ticket())

    assert told(answer)["result"] == "Success", told(answer)
    assert first.proofs == 2, "one to be written, one to burn"


async def test_a_card_torn_away_while_it_is_written_is_finished_in_the_same_run(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    card, changes = BlankNtag424(UIDS[2]), []

    def at_the_third_key(apdu: bytes) -> bool:
        changes.extend([apdu] if apdu[:2] == b"\x90\xc4" else [])
        return len(changes) == 3

    async with card_desk(shop.settings.reader_socket) as desk:
        hand = Hand(slot, desk)
        rows = await write(shop, hand, [NUMBERS[2]], lambda: hand.put(card, at_the_third_key))

    assert [(row.outcome, row.tries) for row in rows] == [("finished", 2)]
    assert set(card.versions) == {1}


async def test_a_number_with_a_chip_and_a_card_that_is_none_are_told_and_the_next_goes_on(
    shop: Shop, slot: VirtualReaderSlot
) -> None:
    good = BlankNtag424(UIDS[0])
    async with card_desk(shop.settings.reader_socket) as desk:
        hand = Hand(slot, desk)
        rows = await write(
            shop,
            hand,
            [CARD, NUMBERS[0], NUMBERS[1]],
            lambda: hand.put(ContactlessCard(UIDS[1])),
            lambda: hand.put(good),
        )
        again = await write(shop, hand, [NUMBERS[2]], lambda: hand.put(good))

    assert [(row.number, row.outcome) for row in rows] == [
        (CARD, "number_has_chip"),
        (NUMBERS[0], "card_not_blank"),
        (NUMBERS[1], "written"),
    ]
    assert [(row.number, row.outcome) for row in again] == [(NUMBERS[1], "already")]
    assert again[0].what_next
