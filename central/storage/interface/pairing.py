"""The part of the storage interface that pairs terminals. A request has no group until one takes it."""

from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingRow:
    """A terminal that asked for a token; what it says of itself is unproved.

    `public_key`: X25519, 32 bytes. `revoked_ms`: of the token that it was given.
    """

    pairing_id: str
    code: str
    public_key: bytes
    serial: str
    poi_id: str
    version: str
    address: str
    requested_ms: int
    expires_ms: int
    group_id: str | None = None
    shop_id: str | None = None
    terminal_id: str | None = None
    token_id: str | None = None
    sealed_token: bytes | None = None
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedToken:
    """The token that a pairing gives, and the same sealed to the terminal's key."""

    group_id: str
    shop_id: str
    terminal_id: str
    token_id: str
    token_hash: bytes
    sealed_token: bytes
    label: str
    permissions: frozenset[str]


class PairingStore(Protocol):
    """The verbs of pairing."""

    async def put_pairing(
        self, row: PairingRow, *, waiting_max: int, forget_before_ms: int
    ) -> Recorded[PairingRow]:
        """Write a request once; its key never changes. What was over before `forget_before_ms` goes.

        Raises: IdempotencyConflict: the id is known with other content. GuardFailed: the code is taken, or
            `waiting_max` requests wait.
        """
        ...

    async def find_pairing(self, pairing_id: str) -> PairingRow | None: ...
    async def find_pairing_by_code(self, code: str) -> PairingRow | None: ...
    async def approve_pairing(
        self, pairing_id: str, token: PairedToken, *, now_ms: int, expires_ms: int
    ) -> PairingRow:
        """Issue the token and leave it sealed for the terminal until `expires_ms`, in one transaction.

        Raises: GuardFailed: it was taken or is over.
        """
        ...
