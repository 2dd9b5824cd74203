"""Somebody without a card types a number and a birth date: whose they are is told to nobody."""

import asyncio
import hmac
from collections.abc import Awaitable
from typing import TypeVar

from central.services.core.context import Context
from central.services.core.sealed_people import open_person
from central.storage.interface.rows import MemberRow
from loyalty.limits.lost_cards import LOST_CARD_ANSWER_MS
from loyalty.programme.chip_numbers import HealthCard
from loyalty.programme.numbers import plain_card_number

V = TypeVar("V")


class TypedData:
    """Finds whose they are."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    async def find_owner(self, group_id: str, number: str) -> MemberRow | None:
        """Whose number it is, a card's or the member's own."""
        try:
            card = await self._store.find_card(group_id, plain_card_number(number))
        except HealthCard:
            card = None
        member_id = number if card is None or card.member_id is None else card.member_id
        member = await self._store.find_member(group_id, member_id)
        if member is not None and member.merged_into is not None:
            member = await self._store.find_member(group_id, member.merged_into)
        return member

    def is_born(self, member: MemberRow, birth_date: str) -> bool:
        """Whether it is this member's birth date, as far as central knows one."""
        known = open_person(self._vault, member).birth_date
        return bool(known) and hmac.compare_digest(known, birth_date)

    def mark(self, group_id: str, number: str) -> str:
        """What a number is counted by: no table holds what was typed."""
        mark = self._vault.lookup_hash(group_id, "lost-number", number.lstrip("0") or "0")
        assert mark is not None, "a number has digits"
        return mark.hex()[:32]


async def paced(work: Awaitable[V]) -> V:
    """The answer after a whole number of steps: what was found in between does not show in the time."""
    loop, step_s = asyncio.get_running_loop(), LOST_CARD_ANSWER_MS / 1000
    begun = loop.time()
    done = await work
    await asyncio.sleep(step_s - (loop.time() - begun) % step_s)
    return done
