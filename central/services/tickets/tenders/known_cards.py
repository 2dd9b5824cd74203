"""Gift cards found by their numbers; the only place that looks numbers up."""

from collections.abc import Sequence

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.tickets.tenders.guessing import Guesses
from central.storage.interface.stored_value import GiftCardStands
from loyalty.ledger.assets import money
from loyalty.value.gift_card import GiftCardUnknown, GiftNumberInvalid
from loyalty.value.secret_numbers import plain_number, secret_number, short


class KnownCards:
    """Makes numbers and finds their cards. Each number nobody has counts as a guess."""

    def __init__(self, context: Context, guesses: Guesses) -> None:
        self._store = context.store
        self._vault = context.vault
        self._guesses = guesses

    def number_of(self, group_id: str, gift_card_id: str) -> str:
        """A card's number: made again from the group's key, kept nowhere."""
        return secret_number(self._vault.gift_secret(group_id, gift_card_id))

    def hash_of(self, group_id: str, number: str) -> bytes:
        """What a card is found by."""
        return self._vault.gift_hash(group_id, number)

    async def get(self, actor: Actor, group: Group, number: str) -> GiftCardStands:
        """The card of a number. Raises: GiftNumberInvalid, GiftCardUnknown, TooManyTries."""
        return (await self.get_all(actor, group, [number]))[0]

    async def get_all(
        self, actor: Actor, group: Group, numbers: Sequence[str], *, is_agreed: bool = False
    ) -> list[GiftCardStands]:
        """The cards of numbers, in their order. Raises: as `get`.

        `is_agreed`: they were found before, for a reservation; that others guessed since refuses nothing.
        """
        if not numbers:
            return []
        hashes = []
        for number in numbers:
            plain = plain_number(number)
            if plain is None:
                raise GiftNumberInvalid(number=short(number))
            hashes.append(self.hash_of(actor.group_id, plain))
        if not is_agreed:
            await self._guesses.require_room(actor)
        found = await self._store.find_gift_cards(actor.group_id, hashes, str(money(group.row.currency)))
        for number, code_hash in zip(numbers, hashes, strict=True):
            if code_hash not in found:
                await self._guesses.count(actor)
                raise GiftCardUnknown(number=short(number))
        return [found[each] for each in hashes]
