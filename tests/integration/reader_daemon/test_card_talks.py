"""Commands to the card that lies there, over a real pcscd: bound to the tap, ended by its removal."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from central.chips.ev2first import CardProofFailed, answer_challenge, first_command, require_proof
from central.services.members.card_proofs import SELECT_NDEF
from tests.helpers import eventually
from tests.integration.reader_daemon.running import Daemon, Listener
from tests.pcscd import IN_TURN
from tools.cards.kinds import AnyCard, ContactCard, ContactlessCard
from tools.cards.ntag424 import Ntag424
from tools.cards.vpcd import VirtualReaderSlot
from wire.messages import CardAnswers, CardCommands, FromReader, Hello, TalkPurpose
from wire.peer import Link, connect_forever

pytestmark = IN_TURN

UID = bytes.fromhex("04A2B3C4D5E680")
KEY = bytes(range(16))


class Talker(Listener):
    """An agent as the daemon sees it: hears taps, sends commands."""

    def __init__(self) -> None:
        super().__init__()
        self.link: Link | None = None

    async def ask(
        self, *commands: bytes, tap_id: str, purpose: TalkPurpose = "proof", is_first: bool = False
    ) -> CardAnswers:
        request_id = secrets.token_hex(8)
        asked = CardCommands(
            request_id=request_id,
            tap_id=tap_id,
            purpose=purpose,
            commands=tuple(command.hex().upper() for command in commands),
            is_first=is_first,
        )
        assert self.link is not None
        assert self.link.send(asked)
        await eventually(lambda: self.answer(request_id) is not None, deadline_s=20)
        answer = self.answer(request_id)
        assert answer is not None
        return answer

    def answer(self, request_id: str) -> CardAnswers | None:
        return next(
            (
                each
                for each in self.received
                if isinstance(each, CardAnswers) and each.request_id == request_id
            ),
            None,
        )


@asynccontextmanager
async def talking(path: Path, program: Any = "terminal") -> AsyncIterator[Talker]:
    talker = Talker()
    hello = Hello(program=program, version="0")
    async with connect_forever(path, hello, FromReader, talker.on_message, lambda is_up: None) as link:
        talker.link = link
        await eventually(lambda: talker.states)
        yield talker


@pytest.fixture
def daemon(socket_dir: Path) -> Daemon:
    return Daemon(socket_dir, driver=["pcsc"], card_talks=["proof", "till"])


def a_tag(key: bytes = KEY) -> Ntag424:
    return Ntag424(UID, meta_key=bytes(16), mac_key=bytes(16), keys={3: key})


async def insert(
    slot: VirtualReaderSlot, talker: Talker, card: AnyCard, before: Callable[[bytes], None] | None = None
) -> str:
    taps = len(talker.taps)
    slot.insert(card, before)
    await eventually(lambda: len(talker.taps) > taps, deadline_s=20)
    return talker.taps[-1].tap_id


async def pull(slot: VirtualReaderSlot, talker: Talker) -> None:
    before = len(talker.removed)
    slot.pull()
    await eventually(lambda: len(talker.removed) > before, deadline_s=20)


def answers_of(told: CardAnswers) -> list[bytes]:
    return [bytes.fromhex(answer) for answer in told.answers]


async def prove(talker: Talker, tap_id: str, key: bytes = KEY) -> None:
    """AuthenticateEV2First with the card of a tap. Raises: CardProofFailed."""
    first = await talker.ask(SELECT_NDEF, first_command(3), tap_id=tap_id)
    assert first.trouble == ""
    challenge = answer_challenge(key, secrets.token_bytes(16), answers_of(first)[1])
    second = await talker.ask(challenge.command(), tap_id=tap_id)
    require_proof(challenge, answers_of(second)[0])


async def test_a_card_answers_challenges_again_and_again_while_it_lies_there(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    card = a_tag()
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await insert(first, talker, card)
        for _ in range(3):
            await prove(talker, tap_id)
        with pytest.raises(CardProofFailed):
            await prove(talker, tap_id, bytes(16))
        await prove(talker, tap_id)

        assert card.proofs == 4
        assert not talker.removed, "talking with a card is no tap and no removal"


async def test_a_talk_is_for_the_card_of_its_tap_alone(daemon: Daemon, first: VirtualReaderSlot) -> None:
    card, other = a_tag(), a_tag(bytes(16))
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await insert(first, talker, card)
        await pull(first, talker)
        assert (await talker.ask(SELECT_NDEF, tap_id=tap_id)).trouble == "card_gone"
        other_tap_id = await insert(first, talker, other)

        assert (await talker.ask(SELECT_NDEF, tap_id=tap_id)).trouble == "card_gone"
        assert (await talker.ask(SELECT_NDEF, tap_id="made up")).trouble == "card_gone"
        assert (await talker.ask(SELECT_NDEF, tap_id=other_tap_id)).trouble == ""


async def test_a_card_pulled_away_in_the_middle_is_told_and_the_next_one_works(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    async with daemon.running(), talking(daemon.socket) as talker:

        def tear(apdu: bytes) -> None:
            if apdu[:2] == b"\x90\x71":
                first.pull()

        tap_id = await insert(first, talker, a_tag(), tear)
        torn = await talker.ask(SELECT_NDEF, first_command(3), tap_id=tap_id)
        assert (torn.trouble, len(torn.answers)) == ("card_gone", 1)
        await eventually(lambda: tap_id in talker.removed, deadline_s=20)
        await prove(talker, await insert(first, talker, a_tag()))


async def test_a_reset_makes_the_card_forget_and_tells_its_atr(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    card = ContactCard(bytes.fromhex("97560000000000000017"))
    async with daemon.running(), talking(daemon.socket) as talker:
        tap_id = await insert(first, talker, card)
        select, read = bytes.fromhex("00A40000022F02"), bytes.fromhex("00B000000C")
        known = await talker.ask(select, read, tap_id=tap_id, purpose="till", is_first=True)
        assert known.atr == card.atr.hex().upper()
        assert known.answers == ("9000", "5A0A975600000000000000179000")
        again = await talker.ask(read, tap_id=tap_id, purpose="till", is_first=True)
        assert again.answers == ("6986",)
        assert not talker.removed


async def test_only_the_agent_and_only_permitted_commands_reach_the_card(
    daemon: Daemon, first: VirtualReaderSlot
) -> None:
    seen: list[bytes] = []
    async with daemon.running(), talking(daemon.socket) as agent, talking(daemon.socket, "kiosk") as kiosk:
        tap_id = await insert(first, agent, ContactlessCard(UID), seen.append)
        before = len(seen)

        assert (await kiosk.ask(SELECT_NDEF, tap_id=tap_id)).trouble == "not_permitted"
        assert (await agent.ask(first_command(0), tap_id=tap_id)).trouble == "not_permitted"
        writing = await agent.ask(SELECT_NDEF, tap_id=tap_id, purpose="personalise")
        assert writing.trouble == "not_permitted"

        assert len(seen) == before, "the card heard nothing"
        assert (await agent.ask(SELECT_NDEF, tap_id=tap_id)).answers == ("6A82",)
