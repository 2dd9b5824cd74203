"""What a till and a terminal say to each other to be paired: JSON over HTTPS (docs/adr/0021).

    begin   sale_id, software, element, commitment     ->  poi_id, element, nonce
    prove   nonce, certificate seen, proof             ->  proof, keys sealed for the till
    finish  whether the person sees the same word      ->  waiting, paired or refused; proof

`wire.till_handshake` has the mathematics of both ends. Everything is small and bounded; an `attempt` is made
by the till: the same message again gets the same answer.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from loyalty.limits.till_pairing import (
    TILL_ADDRESSES_MAX,
    TILL_CERTIFICATE_CHARS_MAX,
    TILL_PAIRING_SEALED_CHARS_MAX,
)
from loyalty.limits.tills import TILL_PASSPHRASE_CHARS_MAX
from wire.api_base import Body, View

PATH: Final = "/pairing/1"
"""The till's port has it beside /nexo. The number rises when a message changes its meaning."""

Hex16 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}(?!\n)$")]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
Hex33 = Annotated[str, Meta(pattern=r"^[0-9a-f]{66}(?!\n)$")]
SaleId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._\-]+(?!\n)$")]
"""A till's name as pairing takes it: it is the identifier of the till's key too."""
SealedHex = Annotated[str, Meta(max_length=TILL_PAIRING_SEALED_CHARS_MAX, pattern=r"^[0-9a-f]*(?!\n)$")]


class BeginBody(Body, frozen=True):
    """A till begins. `element`: its half of SPAKE2. `commitment`: the hash of the nonce it tells later."""

    attempt: Hex16
    sale_id: SaleId
    software: Annotated[str, Meta(max_length=64, pattern=r"^[ -~]*(?!\n)$")]
    element: Hex33
    commitment: Hex32


class BeginView(View, frozen=True):
    """The terminal's half, and a nonce that it could not choose by the till's."""

    attempt: str
    poi_id: Annotated[str, Meta(max_length=64)]
    element: Hex33
    nonce: Hex32


class ProveBody(Body, frozen=True):
    """The till knows the code. `certificate`: SHA-256 of what TLS showed it, so that a relay is found out."""

    attempt: Hex16
    nonce: Hex32
    certificate: Hex32
    proof: Hex32


class ProveView(View, frozen=True):
    """The terminal knows the code too; `sealed`: `PairedKeys` under a key that only these two have."""

    attempt: str
    proof: Hex32
    sealed: SealedHex


class PairedKeys(View, frozen=True):
    """All that the till needs from now on. `certificate`: the terminal's, PEM."""

    identifier: SaleId
    version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    passphrase: Annotated[str, Meta(min_length=1, max_length=TILL_PASSPHRASE_CHARS_MAX)]
    poi_id: Annotated[str, Meta(max_length=64)]
    certificate: Annotated[str, Meta(max_length=TILL_CERTIFICATE_CHARS_MAX)]
    addresses: Annotated[tuple[str, ...], Meta(max_length=TILL_ADDRESSES_MAX)]
    port: Annotated[int, Meta(ge=1, le=65_535)]


class FinishBody(Body, frozen=True):
    """Is it done? `is_same`: what the person at the till says of the check words; False ends the pairing."""

    attempt: Hex16
    is_same: bool
    proof: Hex32


class FinishView(View, frozen=True):
    """`waiting`: nobody has answered at the terminal yet, ask again. Only `paired` is proved."""

    attempt: str
    state: Literal["waiting", "paired", "refused"]
    proof: Hex32
