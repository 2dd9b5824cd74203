"""Members' PINs: set and reset by a clerk who saw card and person, changed by the member."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.pins import Pins, card_owner
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import open_person
from central.services.counter.acts import Acting, CounterActs
from central.services.group.groups import GroupsService
from central.services.members.carer_names import CarerNames
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.counter import ActLimitReached, PinRow
from loyalty.limits.cards import HOLDER_DIGITS_SHOWN, PIN_TRIES_MAX
from loyalty.limits.carers import CARERS_EXPORTED_MAX
from loyalty.programme.counter import CounterAct
from loyalty.programme.identification import Act, Strength, StrengthTooLow
from loyalty.programme.member import name_at_the_counter
from loyalty.programme.pin import PinInvalid, PinMissing, PinThere, parse_new_pin
from wire import api, api_counter


class MemberPinsService:
    """Sets, resets, unlocks and changes the PINs of members' cards."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        pins: Pins,
        acts: CounterActs,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._identify = identify
        self._pins = pins
        self._acts = acts
        self._vault = context.vault
        self._carer_names = CarerNames(context)

    async def put(self, actor: Actor, body: api_counter.PinBody) -> tuple[api_counter.PinView, bool]:
        """Set, reset or unlock; the same again is a replay (True).

        Raises: SignInOver, RoleMayNot, CounterLimit, StrengthTooLow, the refusals of a card, PinInvalid,
            PinTooSimple, PinThere, PinMissing, IdempotencyConflict, TryAgain.
        """
        act = CounterAct(f"pin_{body.kind}")
        acting = await self._acts.begin(actor, body.clerk, act)
        pin = _pin_of(body)
        holder = await self._holder(actor, acting, body.holder)
        owner = card_owner(holder.shown.card_number)
        row = self._acts.row(
            acting,
            body.act_id,
            [body.kind, holder.shown.card_number, body.identity],
            reason=body.identity,
            member_id=holder.member.member_id,
        )
        first = await self._store.find_counter_act(actor.group_id, body.act_id)
        before = await self._pins.find(actor.group_id, owner)
        view = api_counter.PinView(member_id=holder.member.member_id, tries_left=PIN_TRIES_MAX)
        if first is not None:
            if first.input_hash != row.input_hash or not await self._is_same(before, pin):
                raise IdempotencyConflict(what="The act", id=body.act_id)
            return view, True
        _require_fitting(act, before)
        try:
            if pin is None:
                assert before is not None, "what is unlocked is there"
                is_done = await self._store.give_pin_tries(
                    actor.group_id, owner, before.version, row, acting.limits
                )
                if not is_done:
                    raise TryAgain
                return view, False
            over = 0 if before is None else before.version
            set_by = acting.clerk.staff_id
            is_new = await self._pins.set(
                actor.group_id, owner, pin, over=over, set_by=set_by, act=row, limits=acting.limits
            )
        except ActLimitReached as reached:
            raise acting.refusal(reached) from reached
        except GuardFailed as error:
            raise TryAgain from error
        return view, not is_new

    async def tell_holder(
        self, actor: Actor, evidence: api.EvidenceBody, *, clerk: str | None
    ) -> api_counter.PinHolderView:
        """Whose card lies there, for the clerk who compares it with a paper (`clerk`: their pass, if any).

        Raises: SignInOver, RoleMayNot, StrengthTooLow, the refusals of a card.
        """
        access.require(actor, access.COUNTER)
        if clerk is not None:
            await self._acts.begin(actor, clerk, CounterAct.PIN_SET)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(actor, group, evidence, Act.EARN, self._clock())
        _require_card(holder)
        number = holder.shown.card_number
        return api_counter.PinHolderView(
            member_id=holder.member.member_id,
            name=await self._name_of(actor, holder),
            card_number=number,
            card_end=number[-HOLDER_DIGITS_SHOWN:],
        )

    async def _name_of(self, actor: Actor, holder: Holder) -> str:
        """Of the member; of who acts for them, where the card is a carer's: whose paper is seen."""
        if holder.carer_id is None:
            person = open_person(self._vault, holder.member)
            return name_at_the_counter(person.family_name, person.given_name)
        carers = await self._store.list_carers(actor.group_id, holder.member.member_id, CARERS_EXPORTED_MAX)
        row = next(each for each in carers if each.carer_id == holder.carer_id)
        given, _, family = (await self._carer_names.open(row)).partition(" ")
        return name_at_the_counter(family, given) if family else given

    async def change(self, actor: Actor, body: api_counter.PinChangeBody) -> tuple[api_counter.PinView, bool]:
        """The member puts a new PIN in place of the old one; done already is a replay (True).

        Raises: the refusals of a card, PinInvalid, PinTooSimple, PinMissing, PinWrong, PinLocked, TryAgain.
        """
        access.require(actor, access.COUNTER)
        new_pin = parse_new_pin(body.new_pin)
        group = await self._groups.get(actor.group_id)
        holder = await self._identify.get_holder_for(actor, group, body.holder, Act.EARN, self._clock())
        _require_card(holder)
        was_done = await self._pins.change(
            actor.group_id,
            card_owner(holder.shown.card_number),
            pin=body.pin,
            new_pin=new_pin,
            member_id=holder.member.member_id,
            shop_id=actor.shop_id,
        )
        return api_counter.PinView(member_id=holder.member.member_id, tries_left=PIN_TRIES_MAX), was_done

    async def _holder(self, actor: Actor, acting: Acting, evidence: api.EvidenceBody) -> Holder:
        """The card lies there: a number that was read out is no card."""
        holder = await self._identify.get_holder_for(actor, acting.group, evidence, Act.EARN, acting.now_ms)
        _require_card(holder)
        return holder

    async def _is_same(self, kept: PinRow | None, pin: str | None) -> bool:
        """Whether what was sent again asks for the same PIN; its act does not hold it, not even hashed."""
        return pin is None or (kept is not None and await self._pins.is_right(kept, pin))


def _pin_of(body: api_counter.PinBody) -> str | None:
    if (body.kind == "unlock") != (body.pin is None):
        raise PinInvalid
    return None if body.pin is None else parse_new_pin(body.pin)


def _require_card(holder: Holder) -> None:
    if holder.strength < Strength.NFC_UID:
        raise StrengthTooLow(needed=Strength.NFC_UID.name.lower())


def _require_fitting(act: CounterAct, before: PinRow | None) -> None:
    if act is CounterAct.PIN_SET and before is not None:
        raise PinThere
    if act is not CounterAct.PIN_SET and before is None:
        raise PinMissing
