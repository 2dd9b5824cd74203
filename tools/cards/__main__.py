"""Put a card without plastic on a reader: python -m tools.cards chip UID, or tag PATH UID; Ctrl-C ends it."""

import argparse
import contextlib
import signal

from tools.cards.kinds import ContactCard, ContactlessCard, uri_message
from tools.cards.udp_tag import serve_tag
from tools.cards.vpcd import PORT, VirtualReaderSlot


def main(argv: list[str] | None = None) -> None:
    """Lie on the reader until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.cards", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    chip = kinds.add_parser("chip", help="a card in a virtual PC/SC reader (pcscd with vpcd)")
    chip.add_argument("uid", type=bytes.fromhex, help="UID in hex; with --contact the card's serial number")
    chip.add_argument("--contact", action="store_true", help="a contact chip card")
    chip.add_argument("--port", type=int, default=PORT, help="the virtual reader (default: the first)")
    tag = kinds.add_parser("tag", help="an emulated NFC tag on nfcpy's udp device")
    tag.add_argument("path", help="udp:HOST:PORT, the same that the reader opens")
    tag.add_argument("uid", type=bytes.fromhex, help="UID of 4 or 7 bytes in hex")
    for kind in (chip, tag):
        kind.add_argument("--uri", help="an https link that the card shows as NDEF")
    options = parser.parse_args(argv)
    message = None if options.uri is None else uri_message(options.uri)
    with contextlib.suppress(KeyboardInterrupt):
        if options.kind == "tag":
            serve_tag(options.path, options.uid, ContactlessCard(options.uid, message))
        else:
            with VirtualReaderSlot(options.port) as slot:
                slot.insert(
                    ContactCard(options.uid) if options.contact else ContactlessCard(options.uid, message)
                )
                signal.pause()


if __name__ == "__main__":
    main()
