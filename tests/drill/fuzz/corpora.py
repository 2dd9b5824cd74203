"""What fuzzing begins with: messages that this project writes, and vectors of others where they are here."""

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from terminal.till.caisse_ap.codec import encode
from tests.fuzz.seeds import SEEDS, Known, message_of
from tests.shared_data import SHARED
from tools.cards.kinds import uri_message
from tools.till import SimulatedTill
from tools.till.tickets import SHAPES, Paper, Sold, printed
from wire.nexo import envelope, json_codec
from wire.nexo.base import TransactionIdentification
from wire.nexo.envelope import SealingKey, Secrets
from wire.nexo.json_codec import Message
from wire.nexo.xml import codec as xml_codec

KEY = SealingKey("FUZZ", 1, Secrets(bytes(32), bytes(32), bytes(16)))
MAX_BYTES = 20_000
_HEX = re.compile(r"\b(?:[0-9A-Fa-f]{2}){3,}\b")
"""Messages of NDEF in the vectors of ndeflib."""


def write(name: str, folder: Path) -> int:
    """Write the corpus of a target; how many files it has."""
    folder.mkdir(parents=True)
    count = 0
    for count, data in enumerate(CORPORA[name](), start=1):
        (folder / f"{count:04}").write_bytes(data[:MAX_BYTES])
    assert count, name
    return count


def _messages() -> Iterator[Message]:
    earlier = TransactionIdentification(transaction_id="L-1", time_stamp="2026-11-26T10:00:00.000Z")
    known = Known(
        till=SimulatedTill("https://127.0.0.1:1"),
        awarded=earlier,
        awarded_under="1",
        paid=earlier,
        gift_card="6000000000000001",
        clerk="x",
    )
    return (message_of(known, name) for name in SEEDS)


def _nexo_json() -> Iterator[bytes]:
    yield from map(json_codec.encode, _messages())
    folder = SHARED / "protocols" / "nexo_examples"
    yield from (path.read_bytes() for path in sorted(folder.glob("*.json")))


def _nexo_envelope() -> Iterator[bytes]:
    return (
        envelope.seal(json_codec.encode(message), KEY) for message in _messages() if message.header.service_id
    )


def _caisse_ap() -> Iterator[bytes]:
    for tags in (
        {"CZ": "0300", "CJ": "012345678901", "CA": "01", "CB": "3980", "CD": "0", "CE": "978"},
        {"CZ": "0301", "CA": "01", "CB": "1", "CC": "001", "CD": "1", "CE": "978", "CH": "1"},
        {"CZ": "0300"},
    ):
        yield encode(tags)


def _escpos() -> Iterator[bytes]:
    sold = [Sold(code="3400935955838", label="Crème 50", amount_minor=1200, quantity=2, tax="1")]
    ticket = Paper(number="7", moment=datetime(2026, 2, 28, 8, 5), lines=sold)  # noqa: DTZ001
    yield from (printed(shape, ticket) for shape in sorted(SHAPES))
    yield (
        b"\x1b@\x1bt\x13\x1d(k\x04\x001A2\x00\x1bD\x08\x10\x00\x1c&" + "合计".encode("gb18030") + b"\x1dV\x00"
    )


def _ndef() -> Iterator[bytes]:
    yield uri_message("https://card.example/tap?picc_data=00&cmac=11")
    path = SHARED / "data" / "peers" / "ndef_vectors.jsonl.gz"
    if path.is_file():
        rows = gzip.decompress(path.read_bytes()).decode()
        yield from (bytes.fromhex(octets) for octets in sorted(set(_HEX.findall(rows))))


def _apdu() -> Iterator[bytes]:
    """A Type 4 card: selected, its capabilities, its file of a message; each answer after its length."""
    container = bytes.fromhex("000F20003B00340406E104010000FF")
    message = uri_message("https://card.example/")
    answers = [
        b"\x90\x00",
        b"\x90\x00",
        container + b"\x90\x00",
        b"\x90\x00",
        len(message).to_bytes(2, "big") + b"\x90\x00",
        message + b"\x90\x00",
    ]
    yield b"".join(bytes([len(answer)]) + answer for answer in answers)
    yield b"\x02\x6a\x82"


CORPORA = {
    "nexo_json": _nexo_json,
    "nexo_xml": lambda: map(xml_codec.encode, _messages()),
    "nexo_envelope": _nexo_envelope,
    "caisse_ap": _caisse_ap,
    "escpos": _escpos,
    "ndef": _ndef,
    "apdu": _apdu,
}
