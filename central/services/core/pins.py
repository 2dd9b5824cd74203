"""Secret codes: slow hashes, tried by one guarded statement each.

hash   version byte, 16 bytes of salt, scrypt (n 2^14, r 8, p 1) of an HMAC of the PIN under the group's key:
       four digits are soon tried by whoever has the database and its keys, by nobody who lacks the keys.
       What a right one leaves with the terminal is a signed word (`core/signed_words.py`); no PIN is in it.
"""

import asyncio
import hashlib
import hmac
import secrets
from typing import Final

from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.storage.base import GuardFailed
from central.storage.interface.counter import ActLimits, CounterActRow, PinRow
from loyalty.limits.cards import PIN_HASHES_AT_ONCE, PIN_TRIES_MAX
from loyalty.programme.pin import PinLocked, PinMissing, PinWrong, parse_pin

NO_LIMITS: Final = ActLimits(0, 0)
_VERSION: Final = b"\x01"
_SALT_BYTES: Final = 16


def card_owner(card_number: str) -> str:
    """Whose the code of a card is, as it is kept."""
    return f"card/{card_number}"


def staff_owner(staff_id: str) -> str:
    """Whose the code of a clerk is."""
    return f"staff/{staff_id}"


class Pins:
    """Sets and checks codes of cards and clerks."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._hashing = asyncio.Semaphore(PIN_HASHES_AT_ONCE)

    async def find(self, group_id: str, owner: str) -> PinRow | None:
        """The code as it is kept, if there is one."""
        return await self._store.find_pin(group_id, owner)

    async def set(
        self,
        group_id: str,
        owner: str,
        pin: str,
        *,
        over: int,
        set_by: str,
        act: CounterActRow | None = None,
        limits: ActLimits = NO_LIMITS,
    ) -> bool:
        """Keep a code in place of version `over` (0: of none). False: the act was done before.

        Raises: GuardFailed: somebody set it meanwhile. IdempotencyConflict, ActLimitReached.
        """
        salt = secrets.token_bytes(_SALT_BYTES)
        row = PinRow(
            group_id=group_id,
            owner=owner,
            hash=_VERSION + salt + await self._slow(group_id, pin, salt),
            version=over + 1,
            tries=0,
            set_by=set_by,
            set_ms=self._clock(),
        )
        return await self._store.set_pin(row, act, limits) is not None

    async def check(self, group_id: str, owner: str, pin: str, **ids: str | None) -> PinRow:
        """Count a try, then compare. `ids`: whom an event names when it was the last one.

        Raises: PinInvalid, PinMissing, PinWrong, PinLocked, TryAgain: it was changed meanwhile.
        """
        return await self._tried(group_id, owner, parse_pin(pin), None, ids)

    async def change(self, group_id: str, owner: str, *, pin: str, new_pin: str, **ids: str | None) -> bool:
        """Put a new code in place of the old one, by who knows the old one; True: it was changed before.

        Raises: as `check`.
        """
        row = await self._tried(group_id, owner, parse_pin(pin), new_pin, ids)
        if await self.is_right(row, new_pin):
            return True
        try:
            await self.set(group_id, owner, new_pin, over=row.version, set_by="member")
        except GuardFailed as error:
            raise TryAgain from error
        return False

    async def is_right(self, row: PinRow, pin: str) -> bool:
        """Whether this is the code. Counts nothing: for who has counted."""
        salt, kept = row.hash[1 : 1 + _SALT_BYTES], row.hash[1 + _SALT_BYTES :]
        assert row.hash[:1] == _VERSION, "there is one kind of hash"
        return hmac.compare_digest(kept, await self._slow(row.group_id, pin, salt))

    async def _tried(
        self, group_id: str, owner: str, pin: str, or_pin: str | None, ids: dict[str, str | None]
    ) -> PinRow:
        row = await self._store.take_pin_try(group_id, owner, PIN_TRIES_MAX)
        if row is None:
            raise PinLocked if await self.find(group_id, owner) else PinMissing
        is_right = await self.is_right(row, pin)
        if not is_right and or_pin is not None:
            is_right = await self.is_right(row, or_pin)
        if is_right:
            if not await self._store.give_pin_tries(group_id, owner, row.version, None, NO_LIMITS):
                raise TryAgain
            return row
        if row.tries < PIN_TRIES_MAX:
            raise PinWrong(tries_left=PIN_TRIES_MAX - row.tries)
        await self._store.tell_pin_locked(group_id, ids, self._clock())
        raise PinLocked

    async def _slow(self, group_id: str, pin: str, salt: bytes) -> bytes:
        async with self._hashing:
            return await asyncio.to_thread(_scrypt, self._vault.pin_input(group_id, pin), salt)


def _scrypt(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=2**14, r=8, p=1, maxmem=2**26, dklen=32)
