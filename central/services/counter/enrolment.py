"""Enrolled by one field: by e-mail alone, or by a paper form that is keyed in later (C-07, C-08).

The card earns at once and is to be validated: limited acts until the data are there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

import msgspec

from central.services.cards.cards import CardTaken
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.finding_words import words_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import (
    Person,
    normal_email,
    normal_phone,
    open_person,
    require_there,
    seal_person,
)
from central.services.counter.acts import CounterActs
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed
from central.storage.interface.counter import ActLimitReached
from central.storage.interface.incidents import Completion, CounterEnrolment, FormTaken
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.standings import ConsentRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.card import CardState, UnknownCard
from loyalty.programme.counter import CounterAct
from loyalty.programme.member import parse_enrolment
from wire import api, api_counter


class AgreementNeeded(LoyaltyError):
    """Nobody becomes a member without being asked."""

    code = "agreement_needed"
    text = "Ask whether the person agrees to take part, and send agreed: true."


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

    def __init__(self, context: Context, *, acts: CounterActs, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._acts = acts
        self._identify = identify

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
        person = Person(email=_checked_email(body.email, now_ms))
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
            consents=_consents(body.consents, now_ms, actor),
            words=(),
            act=self._acts.row(
                acting,
                body.act_id,
                [body.member_id, row.input_hash.hex()],
                reason="email" if body.email else "form",
                member_id=body.member_id,
            ),
            limits=acting.limits,
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
        )
        return view, recorded.is_replay

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

    async def complete(
        self, actor: Actor, member_id: str, body: api_counter.CompletionBody
    ) -> api_counter.CompletionView:
        """Key the data in: the cards that waited become active. The same again changes nothing.

        Raises: MemberNotFound, MemberMerged, EnrolmentInvalid, TryAgain.
        """
        access.require(actor, access.MEMBERS_WRITE)
        for _ in range(COMMIT_TRIES_MAX):
            before = require_there(await self._store.find_member(actor.group_id, member_id), member_id)
            now_ms = self._clock()
            old = open_person(self._vault, before)
            person = _completed(old, body, now_ms)
            assert before.key_wrapped is not None, "a member who is there has a key"
            key = self._vault.open_key(actor.group_id, member_id, before.key_wrapped)
            sealed = seal_person(self._vault, actor.group_id, member_id, key, person)
            row = replace(
                before,
                person_sealed=before.person_sealed if person == old else sealed,
                email_hash=self._vault.lookup_hash(actor.group_id, "email", normal_email(person.email)),
                phone_hash=self._vault.lookup_hash(actor.group_id, "phone", normal_phone(person.phone)),
            )
            completion = Completion(
                before=before,
                member=row,
                words=words_of(self._vault, actor.group_id, person, row.home_shop_id),
                consents=_consents(body.consents, now_ms, actor),
                actor=actor.token_id,
                now_ms=now_ms,
            )
            try:
                await self._store.complete_member(completion)
            except GuardFailed:
                continue
            return api_counter.CompletionView(member_id=member_id, possible_duplicates=await self._twins(row))
        raise TryAgain

    async def _twins(self, row: MemberRow) -> list[str]:
        if (row.email_hash or row.phone_hash) is None:
            return []
        rows = await self._store.find_members_by_hash(row.group_id, row.email_hash, row.phone_hash)
        return [each.member_id for each in rows if each.member_id != row.member_id][:PAGE_ROWS_MAX]

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


async def stock_card(
    identify: IdentifyService,
    actor: Actor,
    evidence: api.EvidenceBody,
    *,
    member_id: str,
    state: CardState,
    is_new: bool,
    now_ms: int,
) -> CardRow:
    """The card in the clerk's hand, as it is handed out: from stock, or (a number alone) new.

    Raises: UnknownCard: no card of ours has this chip. CardTaken.
    """
    key = await identify.find_key(actor, evidence)
    known = await identify.find_row(actor.group_id, key)
    if known is None and key.number is None:
        raise UnknownCard
    is_theirs = known is not None and known.member_id == member_id and not is_new
    if known is not None and known.state != CardState.STOCK and not is_theirs:
        raise CardTaken
    return CardRow(
        group_id=actor.group_id,
        card_number=known.card_number if known else key.number or "",
        uid=known.uid if known else "",
        member_id=member_id,
        state=state,
        reason="",
        replaced_by=None,
        valid_until_ms=known.valid_until_ms if known else None,
        issued_ms=now_ms,
    )


def _checked_email(email: str | None, now_ms: int) -> str:
    if email is None:
        return ""
    today = local_day(now_ms, UTC)
    return parse_enrolment({"family_name": "-", "email": email}, today=today).email


def _completed(old: Person, body: api_counter.CompletionBody, now_ms: int) -> Person:
    """What was keyed in over what is there; what was left out stays."""
    names = ("family_name", "given_name", "salutation", "email", "phone", "birth_date")
    given = {name: getattr(body, name) or getattr(old, name) for name in names}
    taken = parse_enrolment(
        {name: value for name, value in given.items() if value}, today=local_day(now_ms, UTC)
    )
    return msgspec.structs.replace(
        old,
        family_name=taken.family_name,
        given_name=taken.given_name,
        salutation=taken.salutation.value,
        email=taken.email,
        phone=taken.phone,
        birth_date=taken.birth_date.isoformat() if taken.birth_date else "",
    )


def _consents(purposes: Sequence[str], now_ms: int, actor: Actor) -> tuple[ConsentRow, ...]:
    return tuple(ConsentRow(purpose, True, now_ms, actor.token_id) for purpose in sorted(set(purposes)))
