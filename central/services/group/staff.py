"""Who serves at the counter: known to head office by a short name, signed in at a till with a code.

A till vouches for the role of its operator where a discount or goodwill is given; what farms points asks the
clerk. A pass is good for one terminal, one shift, and only as long as head office knows the clerk.
"""

from dataclasses import dataclass

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.pins import Pins, staff_owner
from central.services.core.requests import TryAgain
from central.services.core.shared_tries import SharedTries
from central.services.core.signed_words import SignedWords
from central.services.group.shops import ShopsService
from central.storage.base import GuardFailed
from central.storage.interface.counter import StaffRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import IDENTIFY_TRIES_PER_TERMINAL, IDENTIFY_TRIES_WINDOW_S, PIN_TRIES_MAX
from loyalty.limits.counter import CLERK_PASS_S, STAFF_PER_GROUP_LISTED_MAX
from loyalty.programme.pin import parse_new_pin
from wire import api_counter


class StaffUnknown(LoyaltyError):
    """Nobody of this name serves here."""

    code = "staff_unknown"
    trouble = Trouble.NOT_FOUND
    text = "Nobody called {staff_id} serves at this counter. Check the short name, or ask head office."


class SignInOver(LoyaltyError):
    """No clerk is signed in here with this pass."""

    code = "sign_in_over"
    trouble = Trouble.FORBIDDEN
    text = "Nobody is signed in here any more. Sign in with your short name and code."


class TooManySignIns(LoyaltyError):
    """Codes are being tried."""

    code = "too_many_sign_ins"
    trouble = Trouble.TOO_MANY
    text = "Too many sign-ins were tried here. Wait {retry_after_s} seconds."


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who is signed in, and in which shop."""

    staff_id: str
    role: str
    shop_id: str


class StaffService:
    """Knows clerks and signs them in."""

    def __init__(self, context: Context, shops: ShopsService, pins: Pins) -> None:
        self._store = context.store
        self._clock = context.clock
        self._shops = shops
        self._pins = pins
        self._passes = SignedWords(context.quote_key, "clerk-1")
        self._tries = SharedTries(
            context.store,
            context.clock,
            "sign-in",
            tries=IDENTIFY_TRIES_PER_TERMINAL,
            window_s=IDENTIFY_TRIES_WINDOW_S,
        )

    async def put(self, actor: Actor, staff_id: str, body: api_counter.StaffBody) -> api_counter.StaffView:
        """Make, change or end a clerk. A code, where one is given, is set and unlocked.

        Raises: ShopNotFound, PinInvalid, PinTooSimple, TryAgain.
        """
        access.require(actor, access.STAFF_WRITE)
        code = None if body.code is None else parse_new_pin(body.code)
        if body.shop_id is not None:
            await self._shops.get_row(actor.group_id, body.shop_id)
        now_ms = self._clock()
        row = StaffRow(
            group_id=actor.group_id,
            staff_id=staff_id,
            role=body.role,
            shop_id=body.shop_id,
            put_ms=now_ms,
            ended_ms=now_ms if body.is_ended else None,
        )
        row = await self._store.put_staff(row)
        if code is not None:
            before = await self._pins.find(actor.group_id, staff_owner(staff_id))
            try:
                await self._pins.set(
                    actor.group_id,
                    staff_owner(staff_id),
                    code,
                    over=before.version if before else 0,
                    set_by=actor.token_id,
                )
            except GuardFailed as error:
                raise TryAgain from error
        return await self._view(row)

    async def list_staff(self, actor: Actor) -> api_counter.StaffListView:
        """Who serves at the group's counters, or did."""
        access.require(actor, access.COUNTER_READ)
        rows = await self._store.list_staff(actor.group_id, STAFF_PER_GROUP_LISTED_MAX)
        return api_counter.StaffListView(staff=[await self._view(row) for row in rows])

    async def sign_in(self, actor: Actor, body: api_counter.SignInBody) -> api_counter.ClerkView:
        """A pass for a clerk who knows the code, good at this terminal.

        Raises: StaffUnknown, PinInvalid, PinMissing, PinWrong, PinLocked, TooManySignIns, TryAgain.
        """
        access.require(actor, access.COUNTER)
        shop_id = access.shop_of(actor, body.shop_id)
        retry_after_s = await self._tries.count(actor)
        if retry_after_s is not None:
            raise TooManySignIns(retry_after_s=retry_after_s)
        row = await self._store.find_staff(actor.group_id, body.staff_id)
        if row is None or not serves(row, shop_id):
            raise StaffUnknown(staff_id=body.staff_id)
        owner = staff_owner(row.staff_id)
        await self._pins.check(actor.group_id, owner, body.code, staff_id=row.staff_id, shop_id=shop_id)
        expires_ms = self._clock() + CLERK_PASS_S * 1000
        word = self._passes.sign(actor.group_id, actor.token_id, shop_id, row.staff_id, expires_ms)
        return api_counter.ClerkView(
            clerk=word, staff_id=row.staff_id, role=row.role, shop_id=shop_id, expires_ms=expires_ms
        )

    async def get(self, actor: Actor, word: str) -> Clerk:
        """Who is signed in with this pass. Raises: PermissionMissing, SignInOver."""
        access.require(actor, access.COUNTER)
        match self._passes.open(word):
            case (actor.group_id, actor.token_id, str(shop_id), str(staff_id), int(expires_ms)):
                row = await self._store.find_staff(actor.group_id, staff_id)
                if row is not None and expires_ms > self._clock() and serves(row, shop_id):
                    return Clerk(row.staff_id, row.role, shop_id)
        raise SignInOver

    async def _view(self, row: StaffRow) -> api_counter.StaffView:
        pin = await self._pins.find(row.group_id, staff_owner(row.staff_id))
        return api_counter.StaffView(
            staff_id=row.staff_id,
            role=row.role,
            shop_id=row.shop_id,
            put_ms=row.put_ms,
            ended_ms=row.ended_ms,
            has_code=pin is not None,
            is_locked=pin is not None and pin.tries >= PIN_TRIES_MAX,
        )


def serves(row: StaffRow, shop_id: str | None) -> bool:
    """Whether a clerk works, and in this shop; None: a caller without a shop."""
    return row.ended_ms is None and row.shop_id in (None, shop_id)
