"""Commands to a card behind nfcpy: its own PN532 driver, and a chip that speaks NXP's protocol on a line."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.chips.ev2first import CardProofFailed, first_command
from central.services.members.card_proofs import SELECT_NDEF
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon
from tests.integration.reader_daemon.test_card_talks import UID, Talker, a_tag, prove, talking
from tools.cards.kinds import AnyCard, ContactlessCard
from tools.cards.pn532 import Pn532


@pytest.fixture
def chip() -> Iterator[Pn532]:
    """nfcpy opens what stands in /dev alone, and there only root may put a name."""
    port = Path("/dev") / f"officinePN532x{secrets.token_hex(4)}"
    try:
        with Pn532(port) as made:
            yield made
    except PermissionError as error:
        pytest.skip(f"no serial line of its own here: {error}")


@pytest.fixture
def daemon(socket_dir: Path, chip: Pn532) -> Daemon:
    device = f"tty:{chip.name}:pn532"
    return Daemon(socket_dir, driver=["nfc"], nfc_device=device, card_talks=["proof", "till"])


async def put(chip: Pn532, talker: Talker, card: AnyCard) -> str:
    before = len(talker.taps)
    chip.insert(UID, card)
    await eventually(lambda: len(talker.taps) > before, deadline_s=20)
    return talker.taps[-1].tap_id


async def take(chip: Pn532, talker: Talker) -> None:
    before = len(talker.removed)
    chip.pull()
    await eventually(lambda: len(talker.removed) > before, deadline_s=20)


async def test_a_card_answers_challenges_while_it_lies_there(daemon: Daemon, chip: Pn532) -> None:
    card = a_tag()
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await put(chip, talker, card)
        assert talker.taps[0].evidence.medium == "ntag424"
        for _ in range(2):
            await prove(talker, tap_id)
        with pytest.raises(CardProofFailed):
            await prove(talker, tap_id, bytes(16))
        await prove(talker, tap_id)

        assert card.proofs == 3
        assert not talker.removed, "talking with a card is no tap and no removal"


async def test_a_talk_is_for_the_card_of_its_tap_alone(daemon: Daemon, chip: Pn532) -> None:
    other = a_tag(bytes(16))
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await put(chip, talker, a_tag())
        await take(chip, talker)
        assert (await talker.ask(SELECT_NDEF, tap_id=tap_id)).trouble == "card_gone"
        other_tap_id = await put(chip, talker, other)

        assert (await talker.ask(SELECT_NDEF, tap_id=tap_id)).trouble == "card_gone"
        assert (await talker.ask(SELECT_NDEF, tap_id=other_tap_id)).trouble == ""


async def test_a_card_taken_in_the_middle_is_told_and_the_next_one_works(daemon: Daemon, chip: Pn532) -> None:
    def tear(block: bytes) -> None:
        if block[1:3] == b"\x90\x71":
            chip.pull()

    async with daemon.running(), talking(daemon.socket) as talker:
        chip.insert(UID, a_tag(), tear)
        await eventually(lambda: talker.taps, deadline_s=20)
        tap_id = talker.taps[0].tap_id
        torn = await talker.ask(SELECT_NDEF, first_command(3), tap_id=tap_id)
        assert (torn.trouble, len(torn.answers)) == ("card_gone", 1)
        await eventually(lambda: tap_id in talker.removed, deadline_s=20)

        await prove(talker, await put(chip, talker, a_tag()))


async def test_a_till_resets_the_card_and_reads_its_uid(daemon: Daemon, chip: Pn532) -> None:
    card = ContactlessCard(UID, b"")
    select, read = bytes.fromhex("00A4000C02E104"), bytes.fromhex("00B0000002")
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await put(chip, talker, card)
        known = await talker.ask(SELECT_NDEF, select, read, tap_id=tap_id, purpose="till", is_first=True)
        assert (known.atr, known.answers) == ("3B80800101", ("9000", "9000", "00009000"))
        uid = await talker.ask(bytes.fromhex("FFCA000000"), tap_id=tap_id, purpose="till")
        assert uid.answers == (UID.hex().upper() + "9000",)
        again = await talker.ask(read, tap_id=tap_id, purpose="till", is_first=True)

        assert again.answers == ("6986",), "nothing is selected any more"
        assert not talker.removed
