"""The card's side of ISO-DEP, the blocks that carry commands through the air (ISO/IEC 14443-4 par. 7)."""

from typing import Final

from tools.cards.kinds import AnyCard

ATS: Final = bytes.fromhex("057880B000")
"""Frames of 256 bytes; FWI 11 (0.6 s): an emulator is slow, and nfcpy gives up after 39 ms otherwise."""


def answer_block(
    command: bytes, chained: bytes, card: AnyCard, last: bytes | None
) -> tuple[bytes | None, bytes, bool]:
    """(answer, chained data, whether it is over) of one block; `last`: what was answered before it."""
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
