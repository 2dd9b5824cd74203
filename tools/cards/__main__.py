"""Put a card without plastic on a reader, until Ctrl-C: python -m tools.cards chip, tag or pn532."""

import argparse
import contextlib
import signal
import threading
from pathlib import Path
from typing import Final

from tools.cards.kinds import ContactCard, ContactlessCard, uri_message
from tools.cards.pn532 import Pn532
from tools.cards.udp_tag import serve_tag
from tools.cards.vpcd import PORT, VirtualReaderSlot

HINT_AFTER_S: Final = 3
"""A free virtual reader asks a card within half a second."""


def uid_of(text: str) -> bytes:
    """A UID as people write it: 4, 7 or 10 bytes in hex, with colons or without (ISO/IEC 14443-3).

    Raises: ArgumentTypeError.
    """
    try:
        uid = bytes.fromhex(text.replace(":", ""))
    except ValueError:
        uid = b""
    if not 4 <= len(uid) <= 10:
        why = f"{text!r} is no UID: write 4 to 10 bytes in hex, such as 04A1B2C3D4E5F6"
        raise argparse.ArgumentTypeError(why)
    return uid


def main(argv: list[str] | None = None) -> None:
    """Lie on the reader until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.cards", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    chip = kinds.add_parser("chip", help="a card in a virtual PC/SC reader (pcscd with vpcd)")
    chip.add_argument("uid", type=uid_of, help="UID in hex; with --contact the card's serial number")
    chip.add_argument("--contact", action="store_true", help="a contact chip card")
    chip.add_argument("--port", type=int, default=PORT, help="the virtual reader (default: the first)")
    tag = kinds.add_parser("tag", help="an emulated NFC tag on nfcpy's udp device")
    tag.add_argument("path", help="udp:HOST:PORT, the same that the reader opens")
    tag.add_argument("uid", type=uid_of, help="UID of 4 or 7 bytes in hex")
    chip532 = kinds.add_parser("pn532", help="a PN532 on a serial line made in software, for nfcpy")
    chip532.add_argument("port", type=Path, help="/dev/NAME; the reader opens tty:NAME:pn532")
    chip532.add_argument("uid", type=uid_of, help="UID of 4 or 7 bytes in hex")
    for kind in (chip, tag, chip532):
        kind.add_argument("--uri", help="an https link that the card shows as NDEF")
    options = parser.parse_args(argv)
    message = None if options.uri is None else uri_message(options.uri)
    # A shell leaves what it starts before `&` deaf to SIGINT; SIGTERM takes the card away in the same order.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        if options.kind == "tag":
            serve_tag(options.path, options.uid, ContactlessCard(options.uid, message))
        elif options.kind == "pn532":
            with Pn532(options.port) as reader:
                reader.insert(options.uid, ContactlessCard(options.uid, message))
                print("in the field", flush=True)
                threading.Event().wait()
        else:
            with VirtualReaderSlot(options.port) as slot:
                slot.insert(
                    ContactCard(options.uid) if options.contact else ContactlessCard(options.uid, message)
                )
                print(f"waiting for pcscd's virtual reader on port {options.port}", flush=True)
                while not slot.wait_until_in_reader(HINT_AFTER_S):
                    print(hint(slot, options.port), flush=True)
                print("in the reader", flush=True)
                threading.Event().wait()


def hint(slot: VirtualReaderSlot, port: int) -> str:
    """Why the card is not in the reader yet, and what helps."""
    if slot.is_heard:
        other = PORT + 1 if port == PORT else PORT
        return f"that reader has a card already; try --port {other} (still waiting for this one)"
    return f"nothing listens on port {port}: start pcscd with vsmartcard-vpcd, docs/reader.md (still waiting)"


if __name__ == "__main__":
    main()
