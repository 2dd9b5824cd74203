"""An emulated NFC tag on nfcpy's udp device, the other end of a reader that opens the same `udp:host:port`.

nfcpy (EUPL) emulates FeliCa alone; for a Type 4A tag the ISO-DEP blocks are answered here (ISO/IEC 14443-4).
Run as a program of its own, killed to take the tag away: python -m tools.cards tag udp:localhost:54321 UID
"""

from typing import Any, Final

from tools.cards.kinds import AnyCard

ATS: Final = bytes.fromhex("057880B000")
"""Frames of 256 bytes; FWI 11 (0.6 s): an emulator is slow, and nfcpy gives up after 39 ms otherwise."""


def serve_tag(path: str, uid: bytes, card: AnyCard) -> None:
    """Lie in the field of `path` for ever.

    Raises: OSError: the device cannot be opened.
    """
    import nfc
    import nfc.clf

    frontend = nfc.ContactlessFrontend(path)
    print("in the field", flush=True)
    try:
        while True:
            _be_found(nfc, frontend, uid, card)
    finally:
        frontend.close()


def _be_found(nfc: Any, frontend: Any, uid: bytes, card: AnyCard) -> None:
    local = nfc.clf.LocalTarget(
        "106A", sens_res=bytearray(b"\x44\x03"), sdd_res=bytearray(uid), sel_res=bytearray(b"\x20")
    )
    target = frontend.listen(local, timeout=1.0)
    if target is None or target.tt4_cmd is None:
        return
    card.power_on()
    command = bytes(target.tt4_cmd)
    answer: bytes | None = ATS if command[:1] == b"\xe0" else None
    chained = b""
    while True:
        try:
            command = bytes(frontend.exchange(None if answer is None else bytearray(answer), timeout=5.0))
        except nfc.clf.CommunicationError:
            return
        answer, chained, is_over = _block(command, chained, card, answer)
        if is_over:
            frontend.exchange(bytearray(answer or b""), timeout=0)
            return


def _block(
    command: bytes, chained: bytes, card: AnyCard, last: bytes | None
) -> tuple[bytes | None, bytes, bool]:
    """(answer, chained data, whether it is over) of one ISO-DEP block (ISO/IEC 14443-4 par. 7)."""
    if not command:
        return None, chained, False
    pcb = command[0]
    if pcb == 0xE0:  # RATS again
        return ATS, b"", False
    if pcb & 0xE2 == 0x02:  # I-block
        data = chained + command[1:]
        if pcb & 0x10:
            return bytes((0xA2 | pcb & 1,)), data, False
        return bytes((0x02 | pcb & 1,)) + card.answer(data), b"", False
    if pcb & 0xE6 == 0xA2:  # R-block: a NAK is how readers look whether the card is still there
        return (bytes((0xA2 | pcb & 1,)) if pcb & 0x10 else last), chained, False
    if pcb & 0xF7 == 0xC2:  # S(DESELECT)
        return command, b"", True
    return None, chained, False
