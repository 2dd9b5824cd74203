"""Commands to the card on the reader, through the reader daemon: one at a time, each answered in time."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.readers import CARD_TALK_ANSWER_S
from wire.messages import CardAnswers, CardCommands, TalkPurpose, TalkTrouble


class CardTalkFailed(LoyaltyError):
    """The commands did not reach the card, or it answered none; `reason` says why in one word."""

    code = "card_talk_failed"
    trouble = Trouble.UNAVAILABLE
    text = "The card on the reader could not be asked ({reason}). Hold it to the reader and try again."

    def __init__(self, reason: TalkTrouble) -> None:
        super().__init__(reason=reason)
        self.reason: TalkTrouble = reason


@dataclass(frozen=True, slots=True)
class CardSaid:
    """What the card answered, upper-case hex with status words; its ATR where it was reset."""

    answers: tuple[str, ...]
    atr: str


class CardTalk:
    """`send` hands a message to the reader daemon; False where there is none."""

    def __init__(self, send: Callable[[msgspec.Struct], bool]) -> None:
        self._send = send
        self._turn = asyncio.Lock()
        self._waiting: tuple[str, asyncio.Future[CardAnswers]] | None = None

    async def ask(
        self, tap_id: str, purpose: TalkPurpose, commands: Sequence[str], *, is_first: bool = False
    ) -> CardSaid:
        """Send commands to the card of a tap.

        Raises: CardTalkFailed: no such card lies there any more, or not permitted, or too slow.
        """
        async with self._turn:
            answered: asyncio.Future[CardAnswers] = asyncio.get_running_loop().create_future()
            request_id = secrets.token_hex(8)
            asked = CardCommands(
                request_id=request_id,
                tap_id=tap_id,
                purpose=purpose,
                commands=tuple(commands),
                is_first=is_first,
            )
            self._waiting = (request_id, answered)
            try:
                if not self._send(asked):
                    raise CardTalkFailed("reader_cannot")
                said = await asyncio.wait_for(answered, CARD_TALK_ANSWER_S)
            except TimeoutError:
                raise CardTalkFailed("too_slow") from None
            finally:
                self._waiting = None
        if said.trouble:
            raise CardTalkFailed(said.trouble)
        return CardSaid(said.answers, said.atr)

    def answered(self, message: CardAnswers) -> None:
        """The reader daemon answered; what nobody waits for any more is dropped."""
        if self._waiting is None:
            return
        request_id, answer = self._waiting
        if message.request_id == request_id and not answer.done():
            answer.set_result(message)

    def reader_gone(self) -> None:
        """The reader daemon went: no answer comes."""
        if self._waiting is not None and not self._waiting[1].done():
            gone = CardAnswers(request_id=self._waiting[0], trouble="card_gone")
            self._waiting[1].set_result(gone)
