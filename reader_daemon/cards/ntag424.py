"""Telling the SUN message of an NTAG 424 DNA from other links; it is handed on unread, central has the keys.

A SUN message carries the chip's number and counter, encrypted (32 hex digits) or plain (14 and 6), and an
AES-CMAC of 8 bytes (16 hex digits). Source: NXP AN12196 rev. 2.0 par. 3.3, 3.4.
"""

import re

from loyalty.limits.cards import EVIDENCE_CHARS_MAX

_HEX_RUN = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]+(?![0-9A-Fa-f])")
_MAC_DIGITS, _ENCRYPTED_DIGITS, _UID_DIGITS, _COUNTER_DIGITS = 16, 32, 14, 6


def is_sun_message(uri: str) -> bool:
    """Whether a link has the parts of a SUN message; a claim, not a proof."""
    if not (uri.isascii() and uri.isprintable() and len(uri) <= EVIDENCE_CHARS_MAX):
        return False
    _, _, query = uri.partition("?")
    lengths = {len(run) for run in _HEX_RUN.findall(query)}
    return _MAC_DIGITS in lengths and (
        _ENCRYPTED_DIGITS in lengths or {_UID_DIGITS, _COUNTER_DIGITS} <= lengths
    )
