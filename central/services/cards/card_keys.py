"""The keys that a group's chip cards carry, by version: made here, kept sealed, never shown (DESIGN 6)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from central.chips import own_chip
from central.chips.diversify import card_key
from central.chips.ntag424 import KEY_VERSION_MAX
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.base import GuardFailed
from central.storage.interface.chips import CardKeysRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import CARD_KEY_VERSIONS_MAX
from loyalty.limits.tickets import COMMIT_TRIES_MAX

KEY_BYTES: Final = 16
FILE_KEY_NO: Final = 2
PROOF_KEY_NO: Final = 3
_MASTER_KEYS: Final = 4
_PROGRAMME_BYTES: Final = 4


class TooManyCardKeys(LoyaltyError):
    """Every version costs each tap a trial."""

    code = "too_many_card_keys"
    trouble = Trouble.CONFLICT
    text = "This group has {count} versions of card keys in use. Retire one whose cards are all replaced."


class NoSuchCardKeys(LoyaltyError):
    """No version in use has this number."""

    code = "no_such_card_keys"
    trouble = Trouble.NOT_FOUND
    text = "There is no version {version} of the card keys in use."


class NoKeysForWriting(LoyaltyError):
    """The group has no keys that a chip could carry."""

    code = "no_card_keys"
    trouble = Trouble.CONFLICT
    text = "This group has no card keys in use. Make a version first: officine card keys make"


@dataclass(frozen=True, slots=True, repr=False)
class CardKeys:
    """The master keys of a version, 16 bytes each.

    `meta` is in every card as it is, for the card's number is inside what it decrypts. The others are
    diversified by card: `file` signs the message of a tap, `proof` answers challenges, `application` guards
    settings.
    """

    version: int
    programme: bytes
    meta: bytes
    file: bytes
    proof: bytes
    application: bytes

    def file_key(self, uid: bytes) -> bytes:
        """The key by which this card signs its messages."""
        return card_key(self.file, key_no=FILE_KEY_NO, uid=uid, programme=self.programme)

    def proof_key(self, uid: bytes) -> bytes:
        """The key by which this card answers challenges."""
        return card_key(self.proof, key_no=PROOF_KEY_NO, uid=uid, programme=self.programme)

    def key(self, key_no: int, uid: bytes) -> bytes:
        """What a card carries as key `key_no`: it opens (0), reads (1), signs (2), proves (3); 4 is spare."""
        match key_no:
            case 1:
                return self.meta
            case 2:
                return self.file_key(uid)
            case 3:
                return self.proof_key(uid)
            case _:
                return card_key(self.application, key_no=key_no, uid=uid, programme=self.programme)

    def chip_key(self, serial: bytes) -> bytes:
        """The key by which a contact chip card of our own answers challenges."""
        return card_key(self.proof, key_no=own_chip.KEY_NO, uid=serial, programme=self.programme)


@dataclass(frozen=True, slots=True)
class CardKeysView:
    """A version, without its keys."""

    version: int
    made_ms: int
    retired_ms: int | None


class CardKeysService:
    """Makes, opens and retires versions."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock

    async def make(self, actor: Actor) -> CardKeysView:
        """A new version with random keys; cards made from now on carry it, older ones stay good.

        Raises: TooManyCardKeys.
        """
        access.require(actor, access.CARD_KEYS)
        for _ in range(COMMIT_TRIES_MAX):
            rows = await self._store.list_card_keys(actor.group_id)
            in_use = sum(row.retired_ms is None for row in rows)
            if in_use >= CARD_KEY_VERSIONS_MAX:
                raise TooManyCardKeys(count=in_use)
            version = 1 + (rows[0].version if rows else 0)
            keys = secrets.token_bytes(_MASTER_KEYS * KEY_BYTES)
            sealed = self._vault.seal_card_keys(actor.group_id, version, keys)
            row = CardKeysRow(actor.group_id, version, sealed, self._clock())
            try:
                await self._store.add_card_keys(row)
            except GuardFailed:
                continue
            return _view_of(row)
        raise GuardFailed(guard="That nobody else makes card keys")

    async def list(self, actor: Actor) -> Sequence[CardKeysView]:
        """The versions, newest first."""
        access.require(actor, access.CARD_KEYS)
        return [_view_of(row) for row in await self._store.list_card_keys(actor.group_id)]

    async def retire(self, actor: Actor, version: int) -> None:
        """Refuse every card of a version from now on: their keys are known, or they are all replaced.

        Raises: NoSuchCardKeys.
        """
        access.require(actor, access.CARD_KEYS)
        if not await self._store.retire_card_keys(actor.group_id, version, self._clock()):
            raise NoSuchCardKeys(version=version)

    async def for_writing(self, actor: Actor) -> Sequence[CardKeys]:
        """The keys that a card may be written with, newest first. Raises: NoKeysForWriting."""
        access.require(actor, access.CARD_KEYS)
        keys = [each for each in await self.in_use(actor.group_id) if each.version <= KEY_VERSION_MAX]
        if not keys:
            raise NoKeysForWriting
        return keys

    async def in_use(self, group_id: str) -> Sequence[CardKeys]:
        """The keys of the versions in use, newest first."""
        rows = await self._store.list_card_keys(group_id)
        return [self._open(row) for row in rows if row.retired_ms is None]

    def _open(self, row: CardKeysRow) -> CardKeys:
        keys = self._vault.open_card_keys(row.group_id, row.version, row.sealed)
        parts = [keys[at : at + KEY_BYTES] for at in range(0, _MASTER_KEYS * KEY_BYTES, KEY_BYTES)]
        programme = hashlib.sha256(row.group_id.encode()).digest()[:_PROGRAMME_BYTES]
        return CardKeys(row.version, programme, *parts)


def _view_of(row: CardKeysRow) -> CardKeysView:
    return CardKeysView(row.version, row.made_ms, row.retired_ms)
