"""Codes of cards in phones: made and judged here alone (docs/cards.md)."""

import hmac
from base64 import b32encode, urlsafe_b64encode

from central.services.cards.chip_messages import GenuineTap
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.interface.chips import ChipTapRow
from central.storage.interface.phone_cards import PhoneCardRow
from loyalty.limits.cards import PHONE_CARD_FOLLOWED_MAX, TAP_VALID_S
from loyalty.programme.card import CardState
from loyalty.programme.phone_card import (
    HANDLE_BYTES,
    MAC_BYTES,
    PhoneCode,
    PhoneCodeInvalid,
    is_fresh,
    parse_code,
    text_of,
    window_of,
)

SECRET_BYTES = 16
_TAP = "phone:"


class PhoneCodes:
    """Makes the code of a moment, and says of one that was scanned whose it is and whether it counts."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock

    def handle_of(self, group_id: str, phone_card_id: str) -> str:
        """What names a card in a phone."""
        return b32encode(self._vault.phone_handle(group_id, phone_card_id)[:HANDLE_BYTES]).decode()

    def secret_of(self, group_id: str, handle: str) -> str:
        """What its link holds beside the handle."""
        secret = self._vault.phone_secret(group_id, handle)[:SECRET_BYTES]
        return urlsafe_b64encode(secret).decode().rstrip("=")

    def code_now(self, group_id: str, handle: str) -> str:
        """What its QR code holds now."""
        window = window_of(self._clock())
        return text_of(PhoneCode(handle, window, self._mac(group_id, handle, window)))

    async def read(self, group_id: str, text: str) -> tuple[str, GenuineTap]:
        """The number of the card as it is now, and which code this was; not whether it counts.

        Raises: PhoneCodeInvalid.
        """
        code = parse_code(text)
        if not hmac.compare_digest(code.mac, self._mac(group_id, code.handle, code.window)):
            raise PhoneCodeInvalid
        row = await self._store.find_phone_card(group_id, code.handle)
        if row is None or row.ended_ms is not None:
            raise PhoneCodeInvalid
        return await self.number_of(row), GenuineTap(_TAP + code.handle, code.window, 0)

    async def number_of(self, row: PhoneCardRow) -> str:
        """The card as it is now of the one this was made for."""
        return await self.living_number(row.group_id, row.card_number)

    async def living_number(self, group_id: str, number: str) -> str:
        """The card that took the place of another, from replacement to replacement."""
        for _ in range(PHONE_CARD_FOLLOWED_MAX):
            card = await self._store.find_card(group_id, number)
            if card is None or card.state != CardState.REPLACED or card.replaced_by is None:
                break
            number = card.replaced_by
        return number

    async def is_good(self, actor: Actor, tap: GenuineTap) -> bool:
        """Whether this code counts: fresh and never used, or the very one that this terminal used for the
        ticket at hand. An old one is not kept: it must not count when it is asked about again.
        """
        now_ms = self._clock()
        row = ChipTapRow(actor.group_id, tap.uid, tap.counter, actor.token_id, now_ms)
        same_since_ms = now_ms - TAP_VALID_S * 1000
        if is_fresh(tap.counter, now_ms):
            return await self._store.accept_tap(row, same_since_ms=same_since_ms)
        newest = await self._store.find_tap(actor.group_id, tap.uid)
        return (
            newest is not None
            and (newest.counter, newest.terminal) == (tap.counter, actor.token_id)
            and newest.at_ms >= same_since_ms
        )

    def _mac(self, group_id: str, handle: str, window: int) -> str:
        return b32encode(self._vault.phone_mac(group_id, handle, window)[:MAC_BYTES]).decode()


def is_phone_tap(tap: GenuineTap) -> bool:
    """Whether it is a code of a phone, not a chip's message."""
    return tap.uid.startswith(_TAP)
