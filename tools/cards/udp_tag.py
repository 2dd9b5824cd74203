"""An emulated NFC tag on nfcpy's udp device, the other end of a reader that opens the same `udp:host:port`.

nfcpy (EUPL) emulates FeliCa alone; for a Type 4A tag the ISO-DEP blocks are answered by `iso_dep`.
Run as a program of its own, killed to take the tag away: python -m tools.cards tag udp:localhost:54321 UID
"""

from typing import Any

from tools.cards.iso_dep import ATS, answer_block
from tools.cards.kinds import AnyCard


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
        answer, chained, is_over = answer_block(command, chained, card, answer)
        if is_over:
            frontend.exchange(bytearray(answer or b""), timeout=0)
            return
