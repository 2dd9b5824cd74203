"""How a terminal without a token gets one: the code a person passes on, and the seal only its key can open.

docs/adr/0011 has the whole handshake. The seal is HPKE (RFC 9180, base mode): X25519, HKDF-SHA256,
AES-256-GCM.
"""

from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Meta

from loyalty.limits import pairing as limits
from wire.api_base import Body, Id, Millis, View

CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters and digits, none of which is taken for another: no O, 0, I or 1."""
CODE_CHARS: Final = 8
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO: Final = b"officine pairing 1 "

Fact = Annotated[str, Meta(max_length=limits.PAIRING_FACT_CHARS_MAX, pattern=r"^[ -~]*(?!\n)$")]
"""What a terminal says of itself, for a person to compare: printable ASCII."""
CodeText = Annotated[str, Meta(min_length=1, max_length=limits.PAIRING_FACT_CHARS_MAX)]
"""A code as people write it: small letters, a dash or blanks between are all the same."""


class PairingRequestBody(Body, frozen=True):
    """A terminal without a token asks to be paired; nothing of this is believed, a person compares it.

    `pairing_id` and the key pair are the terminal's own, made for this one pairing. The same request again is
    the question how far it is. `public_key`: X25519, hex.
    """

    pairing_id: Id
    public_key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
    serial: Fact
    poi_id: Fact
    version: Fact
    address: Fact = ""


class PairingRequestView(View, frozen=True):
    """Waiting: show the code, ask again. Approved: `sealed_token` (hex) opens with the terminal's key."""

    state: Literal["waiting", "approved"]
    code: str
    valid_s: int
    """Seconds until it is over and the terminal begins anew."""
    sealed_token: str = ""


class FindPairingBody(Body, frozen=True):
    """Which terminal shows this code?"""

    code: CodeText


class PairingView(View, frozen=True):
    """A terminal that waits, as it describes itself: compare it with its screen or its label."""

    serial: str
    poi_id: str
    version: str
    address: str
    expires_ms: Millis


class PairTerminalBody(Body, frozen=True):
    """Take the terminal that shows this code into a shop. `terminal_id`: without one its POIID."""

    code: CodeText
    shop_id: Id
    terminal_id: Id | None = None


class PairedTerminalView(View, frozen=True):
    """A terminal that was taken in; revoke its `token_id` to put it out again."""

    token_id: str
    shop_id: str
    terminal_id: str
    serial: str


class SealBroken(ValueError):
    """The sealed token is not for this key and this pairing."""


def plain_code(text: str) -> str | None:
    """A code as it is kept, from what a person typed; None where it cannot be one."""
    kept = "".join(text.upper().split()).replace("-", "")
    return kept if len(kept) == CODE_CHARS and set(kept) <= set(CODE_LETTERS) else None


def shown_code(code: str) -> str:
    """A code as people read it: two halves."""
    half = CODE_CHARS // 2
    return f"{code[:half]}-{code[half:]}"


def seal_token(token: str, public_key: bytes, pairing_id: str) -> bytes:
    """The token, readable only for the holder of the key, and only for this pairing."""
    key = X25519PublicKey.from_public_bytes(public_key)
    return _SUITE.encrypt(token.encode(), key, _INFO + pairing_id.encode())


def open_token(sealed: bytes, private_key: bytes, pairing_id: str) -> str:
    """The token.

    Raises: SealBroken.
    """
    try:
        key = X25519PrivateKey.from_private_bytes(private_key)
        return _SUITE.decrypt(sealed, key, _INFO + pairing_id.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken(str(error) or type(error).__name__) from error
