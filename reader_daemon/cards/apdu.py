"""Commands to a card and its answers, bytes in and bytes out (ISO/IEC 7816-4:2020).

Nothing here knows a reader: a `Transmit` carries one command APDU to whatever holds the card.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.readers import CARD_ANSWER_BYTES_MAX, CARD_COMMANDS_MAX

Transmit = Callable[[bytes], bytes]
"""One command APDU out, one response APDU (data, then SW1 SW2) back. Raises: CardTornError."""

SHORT_LE_MAX: Final = 256
SW_OK: Final = 0x9000

MEANINGS: Final = {
    0x6281: "part of the data may be corrupted",
    0x6282: "end of file before Le bytes",
    0x6700: "wrong length",
    0x6982: "security status not satisfied",
    0x6985: "conditions of use not satisfied",
    0x6986: "command not allowed, no current file",
    0x6A81: "function not supported",
    0x6A82: "file or application not found",
    0x6A86: "incorrect P1 P2",
    0x6B00: "wrong P1 P2",
    0x6D00: "instruction not supported",
    0x6E00: "class not supported",
    0x6F00: "no precise diagnosis",
}
"""ISO/IEC 7816-4:2020 par. 5.6, tables 5 and 6; the ones that readers of cards meet."""


class CardError(LoyaltyError):
    """A card that lies on the reader could not be read; the families of reasons are its subclasses."""

    trouble = Trouble.UNAVAILABLE


class CardTornError(CardError):
    """The card left the reader before it was read."""

    code = "card_torn"
    text = "The card was taken away while it was read: hold it still until the light changes."


class CardAnswerError(CardError):
    """The card's answer breaks the rules of its standard, or a limit."""

    code = "card_answer_invalid"
    text = "The card answers what no card should ({reason}): use another card."


class StatusWordError(CardError):
    """The card refused a command (ISO/IEC 7816-4 par. 5.6)."""

    code = "card_refused_command"
    text = "The card refused a command ({command}: {sw}, {meaning}): use another card."

    def __init__(self, command: str, sw: int) -> None:
        super().__init__(command=command, sw=f"{sw:04X}", meaning=MEANINGS.get(sw, "see ISO/IEC 7816-4"))
        self.sw = sw


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command in short form (ISO/IEC 7816-4 par. 5.2). `le` is 1 to 256; None asks for no data."""

    name: str
    cla: int = 0x00
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None

    def encode(self) -> bytes:
        """The command APDU: header, Lc and data where there are data, Le where an answer is wanted."""
        assert len(self.data) <= 255, "short form"
        assert self.le is None or 1 <= self.le <= SHORT_LE_MAX
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return head + body + (b"" if self.le is None else bytes((self.le % SHORT_LE_MAX,)))


class Card:
    """A conversation with one card, limited in commands so that none can keep the reader busy for ever."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self._commands_left = CARD_COMMANDS_MAX

    def ask(self, command: Command) -> bytes:
        """The data of the answer; follows 61xx and 6Cxx (ISO/IEC 7816-4 par. 5.3.4).

        Raises: StatusWordError: any other status word than 9000. CardAnswerError, CardTornError.
        """
        data, sw = self._exchange(command.encode())
        if sw >> 8 == 0x6C and command.le is not None:
            again = Command(
                name=command.name,
                cla=command.cla,
                ins=command.ins,
                p1=command.p1,
                p2=command.p2,
                data=command.data,
                le=(sw & 0xFF) or SHORT_LE_MAX,
            )
            data, sw = self._exchange(again.encode())
        while sw >> 8 == 0x61:
            more, sw = self._exchange(bytes((command.cla & 0xF0, 0xC0, 0, 0, sw & 0xFF)))
            data += more
            if len(data) > CARD_ANSWER_BYTES_MAX:
                raise CardAnswerError(reason=f"more than {CARD_ANSWER_BYTES_MAX} bytes to one command")
        if sw != SW_OK:
            raise StatusWordError(command.name, sw)
        return data

    def _exchange(self, apdu: bytes) -> tuple[bytes, int]:
        if self._commands_left == 0:
            raise CardAnswerError(reason=f"not read after {CARD_COMMANDS_MAX} commands")
        self._commands_left -= 1
        answer = self._transmit(apdu)
        if not 2 <= len(answer) <= CARD_ANSWER_BYTES_MAX:
            raise CardAnswerError(reason=f"{len(answer)} bytes are no answer")
        return answer[:-2], int.from_bytes(answer[-2:])


def select_application(aid: bytes) -> Command:
    """SELECT by DF name, first or only occurrence (ISO/IEC 7816-4 par. 11.2.2)."""
    return Command(name="SELECT application", ins=0xA4, p1=0x04, p2=0x00, data=aid, le=SHORT_LE_MAX)


def select_file(file_id: int, *, p1: int = 0x00, p2: int = 0x0C) -> Command:
    """SELECT an elementary file by its identifier, without file control data (par. 11.2.2)."""
    return Command(name="SELECT file", ins=0xA4, p1=p1, p2=p2, data=file_id.to_bytes(2))


def read_binary(offset: int, length: int) -> Command:
    """READ BINARY of the selected file (par. 11.3.3). `offset` < 32768, `length` 1 to 256."""
    assert 0 <= offset < 0x8000
    return Command(name="READ BINARY", ins=0xB0, p1=offset >> 8, p2=offset & 0xFF, le=length)
