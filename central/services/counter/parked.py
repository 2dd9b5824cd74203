"""A ticket put aside at the counter and taken up again, at any till of the shop; nothing is booked by it."""

import msgspec

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.staff import StaffService
from central.storage.base import GuardFailed
from central.storage.interface.counter import ParkedRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.counter import PARKED_PER_SHOP_MAX, PARKED_TICKET_S
from wire import api_counter


class TooManyParked(LoyaltyError):
    """A shop parks a few."""

    code = "too_many_parked"
    trouble = Trouble.REFUSED
    text = "{parked_max} tickets are parked in this shop already. Take one up first."


class ParkedNotThere(LoyaltyError):
    """Taken up, over, or never parked."""

    code = "parked_not_there"
    trouble = Trouble.NOT_FOUND
    text = "No ticket is parked here as {parked_id} any more: another till took it up, or its time is over."


class ParkedTickets:
    """Parks, lists and takes up."""

    def __init__(self, context: Context, *, staff: StaffService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._staff = staff

    async def park(self, actor: Actor, body: api_counter.ParkBody) -> tuple[api_counter.ParkedView, bool]:
        """Put a basket aside, sealed; the same again is a replay (True).

        Raises: SignInOver, TooManyParked, IdempotencyConflict.
        """
        clerk = await self._staff.get(actor, body.clerk)
        now_ms = self._clock()
        content = msgspec.json.encode(api_counter.ParkedContent(basket=body.basket, holder=body.holder))
        hashed = msgspec.json.encode(["parked", body.label, content.decode()])
        row = ParkedRow(
            group_id=actor.group_id,
            parked_id=body.parked_id,
            input_hash=self._vault.content_hash(actor.group_id, hashed),
            shop_id=clerk.shop_id,
            staff_id=clerk.staff_id,
            label=body.label,
            sealed=self._vault.seal_note(actor.group_id, f"parked/{body.parked_id}", content),
            parked_ms=now_ms,
            expires_ms=now_ms + PARKED_TICKET_S * 1000,
        )
        try:
            recorded = await self._store.put_parked(row, PARKED_PER_SHOP_MAX)
        except GuardFailed as error:
            raise TooManyParked(parked_max=PARKED_PER_SHOP_MAX) from error
        return _view_of(recorded.row), recorded.is_replay

    async def empty(self, group_id: str) -> int:
        """Forget what was in baskets whose time is over; how many."""
        return await self._store.empty_parked(group_id, self._clock())

    async def list_parked(self, actor: Actor, body: api_counter.ParkedListBody) -> api_counter.ParkedListView:
        """What waits in the shop, the oldest first. Raises: SignInOver."""
        clerk = await self._staff.get(actor, body.clerk)
        rows = await self._store.list_parked(
            actor.group_id, clerk.shop_id, self._clock(), PARKED_PER_SHOP_MAX
        )
        return api_counter.ParkedListView(parked=[_view_of(row) for row in rows])

    async def take(
        self, actor: Actor, parked_id: str, body: api_counter.TakeUpBody
    ) -> api_counter.TakenUpView:
        """Take one up: for one till, which may ask again by its id. Raises: SignInOver, ParkedNotThere."""
        clerk = await self._staff.get(actor, body.clerk)
        row = await self._store.take_parked(
            actor.group_id, clerk.shop_id, parked_id, f"{actor.token_id}/{body.take_id}", self._clock()
        )
        if row is None or row.sealed is None:
            raise ParkedNotThere(parked_id=parked_id)
        plain = self._vault.open_note(actor.group_id, f"parked/{parked_id}", row.sealed)
        content = msgspec.json.decode(plain, type=api_counter.ParkedContent)
        return api_counter.TakenUpView(
            parked_id=parked_id, label=row.label, basket=content.basket, holder=content.holder
        )


def _view_of(row: ParkedRow) -> api_counter.ParkedView:
    return api_counter.ParkedView(
        parked_id=row.parked_id,
        label=row.label,
        staff_id=row.staff_id,
        parked_ms=row.parked_ms,
        expires_ms=row.expires_ms,
    )
