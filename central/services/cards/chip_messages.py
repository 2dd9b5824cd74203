"""Messages of chips: which card, and whether this tap is new. Each message counts once (DESIGN 6; C-03)."""

from dataclasses import dataclass
from typing import Final

from central.chips.sun import CardMessageInvalid, ChipTap, SunLink, parse_link, read_tap, require_genuine
from central.services.cards.card_keys import CardKeys, CardKeysService
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.interface.chips import ChipTapRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import TAP_VALID_S

PORTAL: Final = "portal"
"""Who reads a tap for the members' pages. Every browser is this one: none of them may come back to a tap."""
_NEVER_MS: Final = 2**62


class CardMessageReplayed(LoyaltyError):
    """A genuine message that was used before: somebody recorded it, or a till sent a very old one."""

    code = "card_message_replayed"
    trouble = Trouble.REFUSED
    text = "This message of the card was used before. Hold the card itself to the reader."


@dataclass(frozen=True, slots=True)
class GenuineTap:
    """A tap that the card's own key signed. `uid`: upper-case hex; `version`: of the keys it carries."""

    uid: str
    counter: int
    version: int


class ChipMessages:
    """Reads messages with the group's keys, and keeps the newest tap of each chip."""

    def __init__(self, context: Context, keys: CardKeysService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._keys = keys

    async def read(self, group_id: str, message: str) -> GenuineTap:
        """The chip and tap of a message, by whichever version of keys the card has.

        Raises: CardMessageInvalid.
        """
        link = parse_link(message)
        for keys in await self._keys.in_use(group_id):
            tap = _tap_by(keys, link)
            if tap is not None:
                return GenuineTap(tap.uid.hex().upper(), tap.counter, keys.version)
        raise CardMessageInvalid

    async def is_new(self, actor: Actor, tap: GenuineTap) -> bool:
        """Whether this tap counts: newer than all before, or the very one this terminal just used."""
        now_ms = self._clock()
        same_since_ms = _NEVER_MS if actor.token_id == PORTAL else now_ms - TAP_VALID_S * 1000
        row = ChipTapRow(actor.group_id, tap.uid, tap.counter, actor.token_id, now_ms)
        return await self._store.accept_tap(row, same_since_ms=same_since_ms)

    async def is_unused_elsewhere(self, actor: Actor, tap: GenuineTap) -> bool:
        """Whether no other terminal used this very tap. One newer than all is kept from now on; one that is
        older than others says nothing of itself: it waited in a cut.
        """
        newest = await self._store.find_tap(actor.group_id, tap.uid)
        if newest is not None and newest.counter > tap.counter:
            return True
        return await self.is_new(actor, tap) or (
            newest is not None and (newest.counter, newest.terminal) == (tap.counter, actor.token_id)
        )


def _tap_by(keys: CardKeys, link: SunLink) -> ChipTap | None:
    """None: the card has other keys than these."""
    try:
        tap = read_tap(link, keys.meta)
        require_genuine(link, tap, keys.file_key(tap.uid))
    except CardMessageInvalid:
        return None
    return tap
