"""An operator's SMS centre that speaks SMPP 3.4: takes short messages, and says later what became of them.

Source: SMPP v3.4 specification, 4.1 to 4.6 and appendix B (delivery receipts).
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

_HEAD: Final = struct.Struct(">IIII")
_ANSWER: Final = 0x80000000
_BIND_TRANSCEIVER: Final = 0x09
_SUBMIT_SM: Final = 0x04
_DELIVER_SM: Final = 0x05
_ENQUIRE_LINK: Final = 0x15
_UNBIND: Final = 0x06
_WITH_RECEIPT: Final = 0x01
_IS_RECEIPT: Final = 0x04
STATES: Final = {"DELIVRD": ("001", "000"), "UNDELIV": ("000", "005"), "EXPIRED": ("000", "006")}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A short message that came in, and whether a receipt was asked for."""

    number: str
    operator_id: str
    wants_receipt: bool


@dataclass(slots=True)
class Operator:
    """Who is bound, and what came in."""

    port: int = 0
    submitted: list[Submitted] = field(default_factory=list)
    writer: asyncio.StreamWriter | None = None
    sequence: int = 1000

    def tell(self, message: Submitted, state: str) -> None:
        """Send the receipt of a message: its end, by the operator's own id."""
        assert self.writer is not None, "nobody is bound"
        done, error = STATES[state]
        text = (
            f"id:{message.operator_id} sub:001 dlvrd:{done} submit date:2611261200 done date:2611261201"
            f" stat:{state} err:{error} text:"
        ).encode()
        self.sequence += 1
        body = b"\0\1\1" + message.number.encode() + b"\0\0\0Officine\0"
        body += bytes((_IS_RECEIPT, 0, 0, 0, 0, 0, 0, 0, 0, len(text))) + text
        self.writer.write(_pdu(_DELIVER_SM, self.sequence, body))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One gateway, until it goes."""
        try:
            while True:
                length, command, _, sequence = _HEAD.unpack(await reader.readexactly(_HEAD.size))
                body = await reader.readexactly(length - _HEAD.size)
                self._take(writer, command, sequence, body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _take(self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes) -> None:
        if command == _BIND_TRANSCEIVER:
            self.writer = writer
            writer.write(_pdu(command | _ANSWER, sequence, b"operator\0"))
        elif command == _SUBMIT_SM:
            message = _submitted(body, f"{0xA000 + len(self.submitted):x}")
            self.submitted.append(message)
            writer.write(_pdu(command | _ANSWER, sequence, message.operator_id.encode() + b"\0"))
        elif command in (_ENQUIRE_LINK, _UNBIND):
            writer.write(_pdu(command | _ANSWER, sequence, b""))


@asynccontextmanager
async def an_operator() -> AsyncIterator[Operator]:
    """Listen on a free port of this machine."""
    operator = Operator()
    async with await asyncio.start_server(operator.serve, "127.0.0.1", 0) as server:
        operator.port = server.sockets[0].getsockname()[1]
        yield operator
        if operator.writer is not None:
            operator.writer.close()


def _pdu(command: int, sequence: int, body: bytes) -> bytes:
    return _HEAD.pack(_HEAD.size + len(body), command, 0, sequence) + body


def _submitted(body: bytes, operator_id: str) -> Submitted:
    """service type, source (ton, npi, address), destination (the same), then class and protocol."""
    rest = body.partition(b"\0")[2][2:].partition(b"\0")[2]
    number, _, rest = rest[2:].partition(b"\0")
    after = rest[3:].partition(b"\0")[2].partition(b"\0")[2]  # behind schedule and validity
    return Submitted(number.decode(), operator_id, bool(after[0] & _WITH_RECEIPT))
