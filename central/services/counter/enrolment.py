"""Enrolled by one field: by e-mail alone, or by a paper form that is keyed in later (C-07, C-08).

The card earns at once and is to be validated: limited acts until the data are there.
"""

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.agreement import AgreementNeeded
from central.services.core.context import Context
from central.services.core.sealed_people import Person, normal_email, seal_person
from central.services.counter.acts import CounterActs
from central.services.group.groups import GroupsService
from central.services.members.completing import checked_email, consents_of
from central.services.members.identify import IdentifyService
from central.services.members.invitations import InvitationsService
from central.services.members.stock_cards import stock_card
from central.storage.interface.counter import ActLimitReached
from central.storage.interface.incidents import CounterEnrolment, FormTaken
from central.storage.interface.invitations import Invited
from central.storage.interface.rows import CardRow, MemberRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.card import CardState
from loyalty.programme.counter import CounterAct
from wire import api_counter


class EmailOrFormNeeded(LoyaltyError):
    """Nothing to complete the data by."""

    code = "email_or_form_needed"
    text = "Send the e-mail address, or the number of the paper form."


class EmailKnown(LoyaltyError):
    """Somebody has it already."""

    code = "email_known"
    trouble = Trouble.CONFLICT
    text = "A member has this e-mail address already. Find the member, and give the card to that one."


class FormNumberTaken(LoyaltyError):
    """Another form has this number."""

    code = "form_number_taken"
    trouble = Trouble.CONFLICT
    text = "The form {form_number} is another member's. Check the number on the paper."


class FormNotFound(LoyaltyError):
    """No form of this number was taken."""

    code = "form_not_found"
    trouble = Trouble.NOT_FOUND
    text = "No form {form_number} was taken at a counter. Check the number on the paper."


class CounterEnrolments:
    """Enrols with next to nothing, and completes."""

    def __init__(
        self,
        context: Context,
        *,
        acts: CounterActs,
        identify: IdentifyService,
        groups: GroupsService,
        invitations: InvitationsService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._acts = acts
        self._identify = identify
        self._groups = groups
        self._invitations = invitations

    async def enrol(
        self, actor: Actor, body: api_counter.CounterEnrolBody
    ) -> tuple[api_counter.CounterEnrolView, bool]:
        """Enrol with a card to be validated; the same again is a replay (True).

        Raises: SignInOver, RoleMayNot, CounterLimit, AgreementNeeded, EmailOrFormNeeded, EnrolmentInvalid,
            EmailKnown, FormNumberTaken, UnknownCard, CardTaken, IdempotencyConflict.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.ENROL)
        if not body.agreed:
            raise AgreementNeeded
        if body.email is None and body.form_number is None:
            raise EmailOrFormNeeded
        group_id, now_ms = actor.group_id, acting.now_ms
        person = Person(email="" if body.email is None else checked_email(body.email, now_ms))
        first = await self._store.find_member(group_id, body.member_id)
        card = None if body.card is None else await self._card(actor, body, is_new=first is None)
        row = self._member_row(actor, body, person, card, acting.clerk.shop_id, now_ms)
        if first is None and row.email_hash is not None:
            twins = await self._store.find_members_by_hash(group_id, row.email_hash, None)
            if any(each.merged_into is None for each in twins):
                raise EmailKnown
        enrolment = CounterEnrolment(
            member=row,
            card=card,
            form_number=body.form_number,
            consents=consents_of(body.consents, now_ms, actor.token_id),
            words=(),
            act=self._acts.row(
                acting,
                body.act_id,
                [body.member_id, row.input_hash.hex()],
                reason="email" if body.email else "form",
                member_id=body.member_id,
            ),
            limits=acting.limits,
            invited=await self._invited(actor, row, body, acting.clerk.shop_id),
        )
        try:
            recorded = await self._store.enrol_at_counter(enrolment)
        except ActLimitReached as reached:
            raise acting.refusal(reached) from reached
        except FormTaken as error:
            raise FormNumberTaken(form_number=body.form_number) from error
        view = api_counter.CounterEnrolView(
            member_id=body.member_id,
            card_number=card.card_number if card else None,
            card_state=card.state if card else None,
            form_number=body.form_number,
            is_invited=await self._store.find_invitation(group_id, self._invitation_id(row)) is not None,
        )
        return view, recorded.is_replay

    async def _invited(
        self, actor: Actor, row: MemberRow, body: api_counter.CounterEnrolBody, shop_id: str
    ) -> Invited | None:
        """The mail by which they complete their data; none where there is no address, or no way out."""
        if body.email is None or not self._invitations.are_set_up:
            return None
        return self._invitations.make(
            actor,
            await self._groups.get(actor.group_id),
            row,
            invitation_id=self._invitation_id(row),
            email=body.email,
            kind="counter",
            shop_id=shop_id,
        )

    def _invitation_id(self, row: MemberRow) -> str:
        return self._vault.content_hash(row.group_id, f"counter/{row.member_id}".encode()).hex()[:32]

    async def find_form(self, actor: Actor, form_number: str) -> api_counter.FormView:
        """Whose form it is. Raises: FormNotFound."""
        access.require(actor, access.MEMBERS_READ)
        row = await self._store.find_form(actor.group_id, form_number)
        if row is None:
            raise FormNotFound(form_number=form_number)
        return api_counter.FormView(
            form_number=row.form_number,
            member_id=row.member_id,
            taken_ms=row.taken_ms,
            completed_ms=row.completed_ms,
        )

    async def _card(self, actor: Actor, body: api_counter.CounterEnrolBody, *, is_new: bool) -> CardRow:
        assert body.card is not None, "there is one"
        return await stock_card(
            self._identify,
            actor,
            body.card,
            member_id=body.member_id,
            state=CardState.TO_VALIDATE,
            is_new=is_new,
            now_ms=self._clock(),
        )

    def _member_row(
        self,
        actor: Actor,
        body: api_counter.CounterEnrolBody,
        person: Person,
        card: CardRow | None,
        shop_id: str,
        now_ms: int,
    ) -> MemberRow:
        group_id = actor.group_id
        keys = self._vault.new_member(group_id, body.member_id)
        content = msgspec.json.encode(
            [
                person.email,
                body.form_number,
                body.language,
                card.card_number if card else None,
                sorted(body.consents),
            ]
        )
        return MemberRow(
            group_id=group_id,
            member_id=body.member_id,
            key_wrapped=keys.key_wrapped,
            person_sealed=seal_person(self._vault, group_id, body.member_id, keys.key, person),
            subject_sealed=keys.subject_sealed,
            language=body.language,
            home_shop_id=shop_id,
            enrolled_ms=now_ms,
            email_hash=self._vault.lookup_hash(group_id, "email", normal_email(person.email)),
            phone_hash=None,
            input_hash=self._vault.content_hash(group_id, content),
        )
