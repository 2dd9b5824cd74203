"""The Swiss insured-person card as a member's card, with consent (P-12).

Its number (ICCSN, `80756` and 15 digits; eCH-0064) says who is insured where. A reader that was given the
group's key hands on `insured:` and a keyed hash in its place; central hashes that again under a key of its
own. Nobody who has the database and one of the two keys can try numbers. A reader without the key says
`HEALTH_CARD`.
"""

import re
from typing import Final

INSURED: Final = "insured:"
"""Stands before the keyed hash of an insured-person card's number."""
HASH_HEX_CHARS: Final = 40
KEY_BYTES: Final = 32
_HASHED: Final = re.compile(rf"insured:[0-9A-F]{{{HASH_HEX_CHARS}}}")
_SWISS: Final = re.compile(r"iccsn:(80756[0-9]{15})")


def is_insured(value: str) -> bool:
    """Whether evidence is the keyed hash of an insured-person card."""
    return _HASHED.fullmatch(value) is not None


def swiss_number(value: str) -> str:
    """The card's number in what a contact card showed; empty: it is no Swiss insured-person card."""
    match = _SWISS.fullmatch(value)
    return match[1] if match else ""
