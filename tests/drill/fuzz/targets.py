"""What fuzzing guided by coverage is let loose on: one reader of bytes each, and what it may answer.

Run as `python -m tests.drill.fuzz.targets NAME -runs=N -seed=N CORPUS`, a process each: libFuzzer ends its
process when it is done, and when something broke.
"""

import contextlib
import random
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import atheris

with atheris.instrument_imports(include=["wire", "terminal", "reader_daemon", "loyalty"]):
    from reader_daemon.cards.apdu import Card, CardError
    from reader_daemon.cards.iso7816 import read_chip_number
    from reader_daemon.cards.ndef import NdefError, decode_message, find_uri
    from reader_daemon.cards.type4 import read_ndef
    from terminal.escpos.stream import Tokens
    from terminal.till.caisse_ap.codec import CaisseApWrong, decode, encode
    from terminal.till.caisse_ap.messages import NotUnderstood, request_of
    from terminal.till.escpos.layout import load_layouts
    from terminal.till.escpos.paper import Paper
    from terminal.till.escpos.ticket import TicketUnread, read_ticket
    from wire.nexo import envelope, json_codec
    from wire.nexo.envelope import EnvelopeWrong, Secrets
    from wire.nexo.json_codec import BodyWrong, NotNexo
    from wire.nexo.xml import codec as xml_codec

from tests.fuzz import json_mutations, xml_mutations

Mutator = Callable[[bytes, int, int], bytes]
LAYOUTS: Final = load_layouts(None)
KEY: Final = Secrets(bytes(32), bytes(32), bytes(16))
ITSELF_EVERY: Final = 4
"""How often bytes are changed as libFuzzer likes, and not by their structure."""


def nexo_json(data: bytes) -> None:
    with contextlib.suppress(NotNexo, BodyWrong):
        message = json_codec.decode(data)
        assert json_codec.decode(json_codec.encode(message)) == message


def nexo_xml(data: bytes) -> None:
    with contextlib.suppress(NotNexo, BodyWrong):
        json_codec.encode(xml_codec.decode(data))


def nexo_envelope(data: bytes) -> None:
    envelope.is_sealed(data)
    with contextlib.suppress(EnvelopeWrong):
        envelope.open_sealed(*envelope.read(data), KEY)


def caisse_ap(data: bytes) -> None:
    with contextlib.suppress(CaisseApWrong, NotUnderstood):
        tags = decode(data)
        if tags is not None:
            assert encode(tags) == data
            request_of(tags)


def escpos(data: bytes) -> None:
    tokens, paper, out = Tokens(), Paper(), b""
    for token in tokens.feed(data):
        out += token.data
        paper.take(token)
    assert out + tokens.rest() == data
    with contextlib.suppress(TicketUnread):
        read_ticket(LAYOUTS.values(), paper.lines)


def ndef(data: bytes) -> None:
    with contextlib.suppress(NdefError):
        find_uri(decode_message(data))


def apdu(data: bytes) -> None:
    """A card whose answers are the bytes, each after its length."""
    for read in (read_ndef, read_chip_number):
        rest = data

        def transmit(_: bytes) -> bytes:
            nonlocal rest
            size, answer = (rest[0], rest[1:]) if rest else (0, b"")
            rest = answer[size:]
            return answer[:size]

        with contextlib.suppress(CardError, NdefError):
            read(Card(transmit))


def _structured(changes: tuple[object, ...], changed: Callable[..., bytes]) -> Mutator:
    """Changes of tests/fuzz, drawn by libFuzzer's seed; else libFuzzer's own."""

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.randrange(ITSELF_EVERY):
            made = [(rng.randrange(700), rng.choice(changes)) for _ in range(rng.randrange(1, 4))]
            with contextlib.suppress(Exception):  # bytes that are no tree any more
                found = changed(data, made)
                if len(found) <= max_size:
                    return found
        return bytes(atheris.Mutate(data, max_size))

    return mutate


JSON: Final = _structured(
    (*json_mutations.ALIKE, *json_mutations.CHANGES, *json_mutations.OTHERS), json_mutations.changed
)
XML: Final = _structured(
    (*xml_mutations.CHANGES, *(("value", value) for value in xml_mutations.VALUES)), xml_mutations.changed
)
TARGETS: Final[Mapping[str, tuple[Callable[[bytes], None], Mutator | None]]] = MappingProxyType(
    {
        "nexo_json": (nexo_json, JSON),
        "nexo_xml": (nexo_xml, XML),
        "nexo_envelope": (nexo_envelope, JSON),
        "caisse_ap": (caisse_ap, None),
        "escpos": (escpos, None),
        "ndef": (ndef, None),
        "apdu": (apdu, None),
    }
)


def main() -> None:
    target, mutator = TARGETS[sys.argv.pop(1)]
    more = {} if mutator is None else {"custom_mutator": mutator}
    atheris.Setup(sys.argv, target, **more)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
