"""A member's insured-person card at the counter: asked first, kept as a keyed hash of a keyed hash (P-12)."""

from central.services.cards.cards import CardTaken
from central.services.core.access import Actor
from central.services.core.agreement import AgreementNeeded
from central.services.core.context import Context
from central.services.counter.acts import CounterActs
from central.services.members.identify import IdentifyService
from central.storage.interface.counter import ActLimitReached
from central.storage.interface.insured_cards import InsuredCardRow, InsuredLink, InsuredTaken
from central.storage.interface.standings import INSURED_CARD, ConsentRow
from loyalty.programme.chip_numbers import HealthCard
from loyalty.programme.counter import CounterAct
from loyalty.programme.identification import Act, Strength, StrengthTooLow
from loyalty.programme.insured_card import is_insured
from wire import api_counter


class InsuredCards:
    """Links one; it goes with the consent (`put_consent`, `insured_card`) and with an erasure."""

    def __init__(self, context: Context, *, acts: CounterActs, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._acts = acts
        self._identify = identify

    async def link(
        self, actor: Actor, body: api_counter.InsuredCardBody
    ) -> tuple[api_counter.InsuredCardView, bool]:
        """Both cards were on the reader, and the member agreed. The same again is a replay (True) that
        writes nothing: a consent that was withdrawn since stays so.

        Raises: SignInOver, RoleMayNot, CounterLimit, IdempotencyConflict, AgreementNeeded,
            StrengthTooLow, CardTaken; the refusals of a card; HealthCard: not read by a reader that
            has the group's key.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.INSURED_CARD)
        if not body.agreed:
            raise AgreementNeeded
        if not is_insured(body.insured):
            raise HealthCard
        holder = await self._identify.get_holder_for(
            actor, acting.group, body.holder, Act.EARN, acting.now_ms
        )
        holder.require_own()
        if holder.strength < Strength.NFC_UID or is_insured(body.holder.value):
            raise StrengthTooLow(needed=Strength.NFC_UID.name.lower())
        member_id = holder.member.member_id
        shown = self._vault.insured_hash(actor.group_id, body.insured)
        act = self._acts.row(
            acting, body.act_id, [member_id, shown.hex()], reason="agreed", member_id=member_id
        )
        staff = acting.clerk.staff_id
        row = InsuredCardRow(actor.group_id, shown, holder.shown.card_number, acting.now_ms, staff)
        consent = ConsentRow(INSURED_CARD, True, acting.now_ms, actor.token_id)
        try:
            is_replay = await self._store.link_insured_card(
                InsuredLink(row, member_id, consent, act, acting.limits)
            )
        except InsuredTaken as error:
            raise CardTaken from error
        except ActLimitReached as reached:
            raise acting.refusal(reached) from reached
        return api_counter.InsuredCardView(member_id=member_id), is_replay
