"""The Swiss insured-person card: its number becomes a keyed hash before anything else hears of it (P-12).

Only the serial number is read (`iso7816`, EF.ICCSN), no name, birth date or AVS number; it is in no log.
Printed, scanned and typed health card numbers stay refused, and so do those of other countries.
"""

import hashlib
import hmac
import re
from pathlib import Path

from loyalty.programme.insured_card import HASH_HEX_CHARS, INSURED, KEY_BYTES, swiss_number
from wire.messages import Evidence
from wire.settings import SettingRefused

_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")


def load_key(path: Path) -> bytes:
    """The group's key. Raises: SettingRefused."""
    why = ""
    try:
        if path.stat().st_mode & 0o077:
            why = "may be read by others. Run: chmod 600"
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"cannot be read ({type(error).__name__}).") from error
    if not why and _KEY.fullmatch(text) is None:
        why = "must hold 64 hex digits, the same on all terminals of the group."
    if why:
        raise _refused(path, why)
    return bytes.fromhex(text)


def _refused(path: Path, why: str) -> SettingRefused:
    return SettingRefused(section="reader", setting="insured_card_key_file", value=str(path), why=why)


def hashed(evidence: Evidence, key: bytes | None) -> Evidence:
    """The same evidence; of an insured-person card in the reader the keyed hash of its number."""
    number = swiss_number(evidence.value) if evidence.medium == "chip" else ""
    if not number or key is None:
        return evidence
    digest = hmac.digest(key, b"insured-person-card\0" + number.encode(), hashlib.sha256)
    return Evidence(medium="chip", value=INSURED + digest.hex().upper()[:HASH_HEX_CHARS])
