"""The few AES operations of NXP's cards; keys are 16, 24 or 32 bytes."""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK_BYTES: Final = 16
ZERO_IV: Final = bytes(BLOCK_BYTES)


def cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC, 16 bytes (NIST SP 800-38B)."""
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def truncated_cmac(key: bytes, message: bytes) -> bytes:
    """Every second byte of the CMAC, 8 bytes (NXP AN12196 par. 3.4)."""
    return cmac(key, message)[1::2]


def encrypt(key: bytes, plain: bytes, iv: bytes = ZERO_IV) -> bytes:
    """AES-CBC without padding; `plain` is whole blocks."""
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def decrypt(key: bytes, secret: bytes, iv: bytes = ZERO_IV) -> bytes:
    """AES-CBC without padding; `secret` is whole blocks."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(secret) + decryptor.finalize()
