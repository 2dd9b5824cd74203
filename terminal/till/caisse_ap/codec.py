"""Caisse-AP's text: a tag of two characters, a length of three digits, the value; CZ first. Pure.

Source: Association du Paiement, protocole Caisse (Concert) V3; tags as PayXpert's public "Concert V3" page
and the Odoo Community Association's l10n_fr_pos_caisse_ap_ip describe them.
"""

import re
from collections.abc import Mapping
from typing import Final

from loyalty.errors import LoyaltyError
from loyalty.limits.other_tills import CAISSE_AP_MESSAGE_BYTES_MAX

FIRST: Final = "CZ"
HEAD_CHARS: Final = 5
VALUE_CHARS_MAX: Final = 999
_TAG: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_LENGTH: Final = re.compile(r"[0-9]{3}", re.ASCII)
_TEXT: Final = re.compile(r"[\x20-\x7e]*", re.ASCII)


class CaisseApWrong(LoyaltyError):
    """Bytes that are no Caisse-AP message, and never become one by waiting for more."""

    code = "caisse_ap_wrong"
    text = "This is no Caisse-AP message: {reason}. Check the till's protocol (Caisse-AP 3.x over IP)."


def decode(data: bytes) -> dict[str, str] | None:
    """The tags of one message; None while it is not whole.

    Raises: CaisseApWrong.
    """
    if len(data) > CAISSE_AP_MESSAGE_BYTES_MAX:
        raise CaisseApWrong(reason=f"it is longer than {CAISSE_AP_MESSAGE_BYTES_MAX} bytes")
    text = _text_of(data)
    tags: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + HEAD_CHARS]
        _require_head(tag, length, is_first=at == 0)
        if len(length) < 3:
            return None
        end = at + HEAD_CHARS + int(length)
        if tag in tags:
            raise CaisseApWrong(reason=f"tag {tag} stands twice")
        if end > len(text):
            return None
        if not int(length):
            raise CaisseApWrong(reason=f"tag {tag} is empty")
        tags[tag] = text[at + HEAD_CHARS : end]
        at = end
    return tags or None


def encode(tags: Mapping[str, str]) -> bytes:
    """One message, CZ first."""
    assert FIRST in tags
    ordered = {FIRST: tags[FIRST]} | dict(tags)
    for tag, value in ordered.items():
        assert _TAG.fullmatch(tag), tag
        assert 0 < len(value) <= VALUE_CHARS_MAX, tag
        assert _TEXT.fullmatch(value), tag
    return "".join(f"{tag}{len(value):03}{value}" for tag, value in ordered.items()).encode("ascii")


def _text_of(data: bytes) -> str:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise CaisseApWrong(reason="it holds bytes beyond ASCII") from None
    if not _TEXT.fullmatch(text):
        raise CaisseApWrong(reason="it holds control characters")
    return text


def _require_head(tag: str, length: str, *, is_first: bool) -> None:
    """What is there of a tag and its length must be able to become one."""
    if is_first and not FIRST.startswith(tag):
        raise CaisseApWrong(reason="it does not begin with CZ")
    if len(tag) == 2 and not _TAG.fullmatch(tag):
        raise CaisseApWrong(reason="a tag is not two capital letters")
    if length and not _LENGTH.fullmatch(length.ljust(3, "0")):
        raise CaisseApWrong(reason=f"the length of {tag} is no number")
