"""A member is found without a card: few are shown, little is told, each look is kept (C-02)."""

from datetime import date

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.finding_words import name_words
from central.services.core.member_keys import MemberKeys
from central.services.core.sealed_people import Person, normal_email, normal_phone, open_person
from central.services.core.signed_words import SignedWords
from central.services.counter.acts import CounterActs
from central.services.counter.enrolment import stock_card
from central.services.members.identify import IdentifyService
from central.storage.interface.rows import MemberRow, ReadLogRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.counter import FOUND_OPENED_MAX, FOUND_SHOWN_MAX, FOUND_VALID_S
from loyalty.programme.card import CardState
from loyalty.programme.counter import CounterAct
from loyalty.programme.identification import Strength
from loyalty.programme.likeness import apart
from wire import api, api_counter

_LIVE = (CardState.ACTIVE, CardState.TO_VALIDATE)


class FindNeedsMore(LoyaltyError):
    """A name alone brings strangers."""

    code = "find_needs_more"
    text = "Ask for the e-mail address or the phone number, or for name and birth date together."


class FindTooMany(LoyaltyError):
    """More than a few: nobody is shown."""

    code = "find_too_many"
    trouble = Trouble.REFUSED
    text = "More than {shown_max} members fit. Ask for the whole name, the e-mail or the phone number."


class FoundOver(LoyaltyError):
    """Too long ago, or somewhere else."""

    code = "found_over"
    trouble = Trouble.FORBIDDEN
    text = "The member was found too long ago, or at another terminal. Find the member again."


class MemberFinding:
    """Finds members, and gives a card to one who was found."""

    def __init__(self, context: Context, *, acts: CounterActs, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._keys = MemberKeys(context)
        self._acts = acts
        self._identify = identify
        self._words = SignedWords(context.quote_key, "found-1")

    async def find(self, actor: Actor, body: api_counter.FindBody) -> api_counter.FoundListView:
        """Those who fit, at most three; each search counts, and each member shown can see it.

        Raises: SignInOver, RoleMayNot, CounterLimit, FindNeedsMore, FindTooMany, IdempotencyConflict.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.FIND)
        reason = _by(body)
        asked = [body.name, body.birth_date, body.phone, body.email]
        await self._acts.note(acting, self._acts.row(acting, body.act_id, asked, reason=reason))
        found = await self._fitting(actor, body)
        if len(found) > FOUND_SHOWN_MAX:
            raise FindTooMany(shown_max=FOUND_SHOWN_MAX)
        views = []
        for row, person in found:
            read = ReadLogRow(
                at_ms=acting.now_ms, member_id=row.member_id, actor=actor.token_id, purpose="found_at_counter"
            )
            await self._store.log_read(actor.group_id, read)
            views.append(await self._view(actor, row, person))
        return api_counter.FoundListView(members=views, strength=Strength.NAME.name.lower())

    async def give_card(self, actor: Actor, body: api_counter.GiveCardBody) -> tuple[api.CardView, bool]:
        """A member who was found, and whose identity was checked, gets a card; the account stays (C-05).

        Raises: SignInOver, RoleMayNot, CounterLimit, FoundOver, UnknownCard, CardTaken, IdempotencyConflict.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.GIVE_CARD)
        member_id = await self._member_of(actor, body.found)
        first = await self._store.find_counter_act(actor.group_id, body.act_id)
        card = await stock_card(
            self._identify,
            actor,
            body.card,
            member_id=member_id,
            state=CardState.ACTIVE,
            is_new=first is None,
            now_ms=acting.now_ms,
        )
        row = self._acts.row(
            acting, body.act_id, [member_id, card.card_number], reason=body.identity, member_id=member_id
        )
        is_replay = await self._acts.note(acting, row)
        given = await self._store.hand_out_card(card, acting.clerk.staff_id)
        view = api.CardView(
            card_number=given.card_number,
            member_id=given.member_id,
            state=given.state,
            reason=given.reason,
            replaced_by=given.replaced_by,
            valid_until_ms=given.valid_until_ms,
        )
        return view, is_replay

    async def _fitting(self, actor: Actor, body: api_counter.FindBody) -> list[tuple[MemberRow, Person]]:
        """Members who live, each once, the nearest first."""
        near: dict[str, tuple[int, MemberRow, Person]] = {}
        for row in await self._candidates(actor, body):
            living = await self._keys.living(actor.group_id, row.member_id)
            if living is None or living.member_id in near:
                continue
            person = open_person(self._vault, living)
            off = 0
            if body.name is not None:
                told = apart(body.name, f"{person.family_name} {person.given_name}")
                if told is None:
                    continue
                off = told
            if body.birth_date is not None and person.birth_date != body.birth_date:
                continue
            near[living.member_id] = (off, living, person)
        return [(row, person) for _, row, person in sorted(near.values(), key=lambda each: each[0])]

    async def _candidates(self, actor: Actor, body: api_counter.FindBody) -> list[MemberRow]:
        group_id = actor.group_id
        if body.email is not None or body.phone is not None:
            email = self._vault.lookup_hash(group_id, "email", normal_email(body.email or ""))
            phone = self._vault.lookup_hash(group_id, "phone", normal_phone(body.phone or ""))
            return list(await self._store.find_members_by_hash(group_id, email, phone))[:FOUND_OPENED_MAX]
        assert body.name is not None and body.birth_date is not None, "it was looked at before"  # noqa: PT018
        words = name_words(self._vault, group_id, body.name, body.birth_date)
        return list(await self._store.find_members_by_words(group_id, words, FOUND_OPENED_MAX))

    async def _view(self, actor: Actor, row: MemberRow, person: Person) -> api_counter.FoundView:
        expires_ms = self._clock() + FOUND_VALID_S * 1000
        cards = await self._store.list_cards(row.group_id, row.member_id)
        initial = f" {person.given_name[:1]}." if person.given_name else ""
        name, _, domain = person.email.partition("@")
        return api_counter.FoundView(
            found=self._words.sign(actor.group_id, actor.token_id, row.member_id, expires_ms),
            display_name=f"{person.family_name}{initial}",
            birth_year=person.birth_date[:4],
            email_hint=f"{name[:1]}…@{domain}" if domain else "",
            has_card=any(card.state in _LIVE for card in cards),
        )

    async def _member_of(self, actor: Actor, word: str) -> str:
        match self._words.open(word):
            case (actor.group_id, actor.token_id, str(member_id), int(expires_ms)):
                living = await self._keys.living(actor.group_id, member_id)
                if expires_ms > self._clock() and living is not None:
                    return living.member_id
        raise FoundOver


def _by(body: api_counter.FindBody) -> str:
    """What is searched by. Raises: FindNeedsMore."""
    if body.birth_date is not None and not _is_day(body.birth_date):
        raise FindNeedsMore
    if body.email is not None:
        return "email"
    if body.phone is not None:
        return "phone"
    if body.name is None or body.birth_date is None:
        raise FindNeedsMore
    return "name_and_birth"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
