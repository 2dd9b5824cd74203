"""A key for each card out of one master key (NXP AN10922 rev. 2.2): a stolen card opens no other."""

from typing import Final

from central.chips.aes import BLOCK_BYTES, encrypt

_PADDED_BYTES: Final = 2 * BLOCK_BYTES
INPUT_BYTES_MAX: Final = _PADDED_BYTES - 1
_PROGRAMME: Final = b"PHARMALOY"
_CONSTANTS: Final = {16: (0x01,), 24: (0x11, 0x12), 32: (0x41, 0x42)}
_SUBKEY_POLYNOMIAL: Final = 0x87


def card_key(master_key: bytes, *, key_no: int, uid: bytes, programme: bytes) -> bytes:
    """A card's key `key_no`, of the card `uid` (7 bytes) of a programme (at most 14 bytes)."""
    return diversify(master_key, bytes((key_no,)) + uid + _PROGRAMME + programme)


def diversify(master_key: bytes, diversification: bytes) -> bytes:
    """A key as long as `master_key` (16, 24 or 32 bytes) from 1 to 31 bytes that name what it is for.

    Not a plain CMAC: the input is always padded to two blocks, also where it is short.
    Raises: ValueError: another length.
    """
    if not 1 <= len(diversification) <= INPUT_BYTES_MAX:
        raise ValueError(f"diversification takes 1 to {INPUT_BYTES_MAX} bytes, not {len(diversification)}")
    constants = _CONSTANTS.get(len(master_key))
    if constants is None:
        raise ValueError(f"an AES key has 16, 24 or 32 bytes, not {len(master_key)}")
    parts = [_mac(master_key, bytes((constant,)) + diversification) for constant in constants]
    if len(master_key) == 24:
        first, second = parts
        middle = bytes(a ^ b for a, b in zip(first[8:], second[:8], strict=True))
        return first[:8] + middle + second[8:]
    return b"".join(parts)


def _mac(key: bytes, message: bytes) -> bytes:
    """The last block of CBC over two blocks, the second one masked as CMAC does."""
    once = _doubled(encrypt(key, bytes(BLOCK_BYTES)))
    is_padded = len(message) < _PADDED_BYTES
    mask = _doubled(once) if is_padded else once
    if is_padded:
        message = (message + b"\x80").ljust(_PADDED_BYTES, b"\x00")
    last = bytes(a ^ b for a, b in zip(message[BLOCK_BYTES:], mask, strict=True))
    return encrypt(key, message[:BLOCK_BYTES] + last)[BLOCK_BYTES:]


def _doubled(block: bytes) -> bytes:
    """Doubling in GF(2^128), as CMAC makes its subkeys."""
    value = int.from_bytes(block) << 1
    if value >> (8 * BLOCK_BYTES):
        value = (value & ((1 << (8 * BLOCK_BYTES)) - 1)) ^ _SUBKEY_POLYNOMIAL
    return value.to_bytes(BLOCK_BYTES)
