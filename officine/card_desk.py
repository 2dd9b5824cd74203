"""A card desk: the reader daemon of this machine, as the command that writes cards uses it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.readers import CARD_TALK_ANSWER_S
from wire.messages import (
    CardAnswers,
    CardCommands,
    CardPresented,
    CardRemoved,
    FromReader,
    Hello,
    ReaderState,
)
from wire.peer import Link, PeerError, connect_forever, greet_once


class NoCardCame(LoyaltyError):
    """Nobody put a card on the reader."""

    code = "no_card_came"
    trouble = Trouble.UNAVAILABLE
    text = (
        "No card was put on the reader within {seconds} s. What was written is in the report; run it again."
    )


class WritingNotPermitted(LoyaltyError):
    """The reader daemon carries no writing commands here."""

    code = "writing_not_permitted"
    trouble = Trouble.FORBIDDEN
    text = (
        'The reader here writes no cards ({reason}). Put "personalise" into card_talks of [reader], use a'
        " PC/SC reader, and restart the reader daemon."
    )


class CardDesk:
    """One reader; `tap_id` is the card that lies there, empty where none does."""

    def __init__(self) -> None:
        self.tap_id = ""
        self.link: Link | None = None
        self._moved = asyncio.Event()
        self._answers: asyncio.Queue[CardAnswers] = asyncio.Queue()

    async def on_message(self, message: FromReader) -> None:
        """What the reader daemon says."""
        match message:
            case CardPresented(tap_id=tap_id):
                self._lies(tap_id)
            case CardRemoved(tap_id=tap_id) if tap_id == self.tap_id:
                self._lies("")
            case CardAnswers():
                self._answers.put_nowait(message)
            case ReaderState():
                return

    def on_link(self, is_up: bool) -> None:
        """The daemon came or went."""
        if not is_up:
            self._lies("")

    async def wait_card(self, seconds: int) -> str:
        """The tap of the card that lies there, or comes in time. Raises: NoCardCame."""
        try:
            async with asyncio.timeout(seconds):
                while not self.tap_id:
                    await self._moved.wait()
        except TimeoutError:
            raise NoCardCame(seconds=seconds) from None
        return self.tap_id

    async def wait_removed(self, tap_id: str) -> None:
        """Return when that card has left."""
        while self.tap_id == tap_id:
            await self._moved.wait()

    async def send(self, tap_id: str, commands: Sequence[bytes]) -> list[bytes]:
        """What the card answered; fewer than asked where it left or refused one.

        Raises: WritingNotPermitted.
        """
        request_id = secrets.token_hex(8)
        asked = CardCommands(
            request_id=request_id,
            tap_id=tap_id,
            purpose="personalise",
            commands=tuple(command.hex().upper() for command in commands),
        )
        if self.link is None or not self.link.send(asked):
            return []
        try:
            async with asyncio.timeout(CARD_TALK_ANSWER_S):
                while (said := await self._answers.get()).request_id != request_id:
                    continue
        except TimeoutError:
            return []
        if said.trouble in ("not_permitted", "reader_cannot"):
            raise WritingNotPermitted(reason=said.trouble)
        return [bytes.fromhex(answer) for answer in said.answers]

    def _lies(self, tap_id: str) -> None:
        self.tap_id = tap_id
        self._moved.set()
        self._moved = asyncio.Event()


@asynccontextmanager
async def card_desk(socket: Path) -> AsyncIterator[CardDesk]:
    """The desk at the reader daemon of this machine. Raises: PeerError: it does not run."""
    hello = Hello(program="control", version=version("officine"))
    await greet_once(socket, hello)
    desk = CardDesk()
    async with connect_forever(socket, hello, FromReader, desk.on_message, desk.on_link) as link:
        desk.link = link
        yield desk


__all__ = ["CardDesk", "NoCardCame", "PeerError", "WritingNotPermitted", "card_desk"]
