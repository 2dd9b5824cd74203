"""Terminals get their token: they ask, show a code, and a person who types it takes them into a shop.

A request proves nothing and gives nothing. The token is sealed to the key that came with the request, so only
the terminal whose code was typed can read it; central keeps no readable copy.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from central.services.core import access
from central.services.core.access import ROLES, Actor
from central.services.core.clock import monotonic_clock
from central.services.core.context import Context
from central.services.core.limiter import SlidingWindow
from central.services.core.shared_tries import SharedTries
from central.services.core.tokens import TOKEN_PREFIX, hash_token
from central.services.group.shops import ShopsService
from central.storage.interface.common import GuardFailed, IdempotencyConflict
from central.storage.interface.pairing import PairedToken, PairingRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.pairing import (
    PAIRING_KEPT_S,
    PAIRING_POLL_DOWN_S,
    PAIRING_REQUESTS_PER_ADDRESS,
    PAIRING_REQUESTS_WINDOW_S,
    PAIRING_TRIES,
    PAIRING_TRIES_WINDOW_S,
    PAIRING_VALID_S,
    PAIRINGS_WAITING_MAX,
)
from loyalty.limits.texts import NAME_CHARS_MAX
from wire.pairing import (
    CODE_CHARS,
    CODE_LETTERS,
    FindPairingBody,
    PairedTerminalView,
    PairingRequestBody,
    PairingRequestView,
    PairingView,
    PairTerminalBody,
    plain_code,
    seal_token,
)

_CODES_TRIED_MAX: Final = 4
_TOKEN_BYTES: Final = 32
_VALID_MS: Final = PAIRING_VALID_S * 1000


class PairingOver(LoyaltyError):
    """The request was not taken in time, or its token was revoked before it was fetched."""

    code = "pairing_over"
    trouble = Trouble.CONFLICT
    text = "This pairing is over. Begin a new one, with a new pairing_id and a new key."


class PairingKeyUnusable(LoyaltyError):
    """Nothing can be sealed to this key."""

    code = "pairing_key_unusable"
    text = "The public_key is no X25519 key that a secret can be sealed to. Make a new key pair."


class PairingCodeUnknown(LoyaltyError):
    """No terminal shows this code, or not any more. Which of both is told to nobody."""

    code = "pairing_code_unknown"
    trouble = Trouble.NOT_FOUND
    text = "No terminal shows this code now. Read it again from the terminal's screen: it changes."


class PairingTaken(LoyaltyError):
    """The code was used for something else."""

    code = "pairing_taken"
    trouble = Trouble.CONFLICT
    text = "This terminal was taken into shop {shop_id} as {terminal_id} already. Revoke its token first."


class TooManyPairingTries(LoyaltyError):
    """Codes are being guessed with this token."""

    code = "too_many_pairing_tries"
    trouble = Trouble.TOO_MANY
    text = "Too many wrong codes. Wait {retry_after_s} seconds, then read the code from the screen again."


class TooManyPairingRequests(LoyaltyError):
    """Too many terminals ask from one address, or in all."""

    code = "too_many_pairing_requests"
    trouble = Trouble.TOO_MANY
    text = "Too many terminals ask to be paired. Try again in {retry_after_s} seconds."


class NoTerminalId(LoyaltyError):
    """The terminal's POIID cannot be its id."""

    code = "terminal_id_missing"
    text = "Name the terminal in terminal_id: its POIID is no id (letters, digits, . _ : -)."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a terminal is taken to."""

    group_id: str
    shop_id: str
    terminal_id: str


class PairingService:
    """Takes requests from anybody, and codes from who may pair."""

    def __init__(self, context: Context, shops: ShopsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._shops = shops
        self._tries = SharedTries(
            context.store,
            context.clock,
            "pairing",
            tries=PAIRING_TRIES,
            window_s=PAIRING_TRIES_WINDOW_S,
        )
        self._requests = SlidingWindow(
            tries=PAIRING_REQUESTS_PER_ADDRESS,
            window_s=PAIRING_REQUESTS_WINDOW_S,
            clock=monotonic_clock,
        )

    async def request(self, body: PairingRequestBody, source: str) -> PairingRequestView:
        """A terminal asks, or asks again how far it is. `source`: the address it comes from.

        Raises: PairingOver, IdempotencyConflict: the id with another key or other facts;
            TooManyPairingRequests, PairingKeyUnusable.
        """
        row = await self._store.find_pairing(body.pairing_id)
        if row is None:
            self._count_request(source)
            _require_sealable(body)
            row = await self._put(body)
        elif not _says_the_same(row, body):
            raise IdempotencyConflict(what="The pairing", id=body.pairing_id)
        left_ms = row.expires_ms - self._clock()
        if left_ms <= 0 or row.revoked_ms is not None:
            raise PairingOver
        return PairingRequestView(
            state="waiting" if row.sealed_token is None else "approved",
            code=row.code,
            valid_s=(left_ms + 999) // 1000,
            sealed_token=(row.sealed_token or b"").hex(),
        )

    async def find(self, actor: Actor, body: FindPairingBody) -> PairingView:
        """The terminal that shows this code, to compare before it is taken in. Raises: as `pair`."""
        access.require(actor, access.TERMINALS_PAIR)
        row = await self._get_by_code(actor, body.code)
        if row.group_id is not None:
            raise PairingTaken(shop_id=row.shop_id, terminal_id=row.terminal_id)
        return PairingView(
            serial=row.serial,
            poi_id=row.poi_id,
            version=row.version,
            address=row.address,
            expires_ms=row.expires_ms,
        )

    async def pair(self, actor: Actor, body: PairTerminalBody) -> tuple[PairedTerminalView, bool]:
        """Take the terminal that shows this code into a shop; True: the same was done before.

        Raises: PairingCodeUnknown, TooManyPairingTries, PairingTaken, NoTerminalId, ShopNotFound,
            ShopNotYours.
        """
        access.require(actor, access.TERMINALS_PAIR)
        shop_id = access.shop_of(actor, body.shop_id)
        await self._shops.get_row(actor.group_id, shop_id)
        row = await self._get_by_code(actor, body.code)
        place = _Place(actor.group_id, shop_id, body.terminal_id or _terminal_id(row))
        if row.group_id is not None:
            return _told_again(row, place), True
        now_ms = self._clock()
        try:
            taken = await self._store.approve_pairing(
                row.pairing_id, _token_for(row, place), now_ms=now_ms, expires_ms=now_ms + _VALID_MS
            )
        except GuardFailed:  # somebody else was quicker, or its time ran out this moment
            row = await self._get_by_code(actor, body.code)
            if row.group_id is None:
                raise
            return _told_again(row, place), True
        return _paired(taken), False

    async def _put(self, body: PairingRequestBody) -> PairingRow:
        now_ms = self._clock()
        for tried in range(1, _CODES_TRIED_MAX + 1):
            row = PairingRow(
                pairing_id=body.pairing_id,
                code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_CHARS)),
                public_key=bytes.fromhex(body.public_key),
                serial=body.serial,
                poi_id=body.poi_id,
                version=body.version,
                address=body.address,
                requested_ms=now_ms,
                expires_ms=now_ms + _VALID_MS,
            )
            try:
                recorded = await self._store.put_pairing(
                    row,
                    waiting_max=PAIRINGS_WAITING_MAX,
                    forget_before_ms=now_ms - PAIRING_KEPT_S * 1000,
                )
            except GuardFailed as error:
                if tried == _CODES_TRIED_MAX:  # a free code is missed once in millions: too many wait
                    raise TooManyPairingRequests(retry_after_s=PAIRING_POLL_DOWN_S) from error
            else:
                return recorded.row
        raise AssertionError("unreachable")

    def _count_request(self, source: str) -> None:
        wait_s = self._requests.count_try(source)
        if wait_s is not None:
            raise TooManyPairingRequests(retry_after_s=wait_s)

    async def _get_by_code(self, actor: Actor, text: str) -> PairingRow:
        """The live pairing of a code. Counted before it is looked at, given back when it was right."""
        wait_s = await self._tries.count(actor)
        if wait_s is not None:
            raise TooManyPairingTries(retry_after_s=wait_s)
        code = plain_code(text)
        row = await self._store.find_pairing_by_code(code) if code else None
        is_live = row is not None and row.expires_ms > self._clock()
        if row is None or not is_live or row.group_id not in (None, actor.group_id):
            raise PairingCodeUnknown
        await self._tries.give_back(actor)
        return row


def _require_sealable(body: PairingRequestBody) -> None:
    """A key of small order would be found out only when a person has typed the code."""
    try:
        seal_token("", bytes.fromhex(body.public_key), body.pairing_id)
    except ValueError as error:
        raise PairingKeyUnusable from error


def _says_the_same(row: PairingRow, body: PairingRequestBody) -> bool:
    said = (body.public_key, body.serial, body.poi_id, body.version, body.address)
    return said == (row.public_key.hex(), row.serial, row.poi_id, row.version, row.address)


def _terminal_id(row: PairingRow) -> str:
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")
    if not row.poi_id or not set(row.poi_id) <= allowed:
        raise NoTerminalId
    return row.poi_id


def _token_for(row: PairingRow, place: _Place) -> PairedToken:
    token = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    return PairedToken(
        group_id=place.group_id,
        shop_id=place.shop_id,
        terminal_id=place.terminal_id,
        token_id=f"tok-{secrets.token_hex(8)}",
        token_hash=hash_token(token),
        sealed_token=seal_token(token, row.public_key, row.pairing_id),
        label=f"paired terminal {row.serial}".strip()[:NAME_CHARS_MAX],
        permissions=ROLES["terminal"],
    )


def _told_again(row: PairingRow, place: _Place) -> PairedTerminalView:
    if (row.shop_id, row.terminal_id) != (place.shop_id, place.terminal_id):
        raise PairingTaken(shop_id=row.shop_id, terminal_id=row.terminal_id)
    return _paired(row)


def _paired(row: PairingRow) -> PairedTerminalView:
    assert row.token_id is not None, "it was taken"
    assert row.shop_id is not None
    assert row.terminal_id is not None
    return PairedTerminalView(
        token_id=row.token_id, shop_id=row.shop_id, terminal_id=row.terminal_id, serial=row.serial
    )
