"""A member is found without a card: few are shown, little is told, each look is kept (C-02)."""

from datetime import date

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.finding_words import name_words, whole_name_word
from central.services.core.found_words import Found, FoundWords
from central.services.core.member_keys import MemberKeys
from central.services.core.sealed_people import Person, normal_email, normal_phone, open_person
from central.services.counter.acts import Acting, CounterActs
from central.services.members.identify import IdentifyService
from central.services.members.stock_cards import stock_card
from central.storage.interface.rows import MemberRow, ReadLogRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.counter import FOUND_OPENED_MAX, FOUND_SHOWN_MAX, FOUND_VALID_S
from loyalty.programme.card import CardState
from loyalty.programme.counter import CounterAct
from loyalty.programme.found import FoundOver
from loyalty.programme.identification import Strength, StrengthTooLow
from loyalty.programme.likeness import apart, parts_of
from wire import api_counter, api_members

_LIVE = (CardState.ACTIVE, CardState.TO_VALIDATE)


class FindNeedsMore(LoyaltyError):
    """A part of a name brings strangers."""

    code = "find_needs_more"
    text = (
        "Ask for the e-mail address or the phone number, for name and birth date together, or for the whole"
        " name: family name and given name."
    )


class FindTooMany(LoyaltyError):
    """More than a few: nobody is shown."""

    code = "find_too_many"
    trouble = Trouble.REFUSED
    text = "More than {shown_max} members fit. Ask for the whole name, the e-mail or the phone number."


class NameNotAlone(LoyaltyError):
    """Nobody, or several: which of the two is not told."""

    code = "name_not_alone"
    trouble = Trouble.REFUSED
    text = (
        "This name alone finds nobody here. Ask for the birth date as well, or for the e-mail address or"
        " phone number."
    )


class MemberFinding:
    """Finds members, and gives a card to one who was found."""

    def __init__(self, context: Context, *, acts: CounterActs, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._keys = MemberKeys(context)
        self._acts = acts
        self._identify = identify
        self._words = FoundWords(context)

    async def find(self, actor: Actor, body: api_counter.FindBody) -> api_counter.FoundListView:
        """Those who fit, at most three; each search counts, and each member shown can see it.

        By the whole name alone: the one of this shop who has it, for a small ticket (C-02).

        Raises: SignInOver, RoleMayNot, CounterLimit, FindNeedsMore, FindTooMany, NameNotAlone,
            IdempotencyConflict.
        """
        reason, strength = _by(body)
        act = CounterAct.FIND_BY_NAME if strength is Strength.NAME else CounterAct.FIND
        acting = await self._acts.begin(actor, body.clerk, act)
        asked = [body.name, body.birth_date, body.phone, body.email]
        await self._acts.note(acting, self._acts.row(acting, body.act_id, asked, reason=reason))
        found = await self._fitting(acting, body)
        if act is CounterAct.FIND_BY_NAME and len(found) != 1:
            raise NameNotAlone
        if len(found) > FOUND_SHOWN_MAX:
            raise FindTooMany(shown_max=FOUND_SHOWN_MAX)
        views = []
        for row, person in found:
            read = ReadLogRow(
                at_ms=acting.now_ms, member_id=row.member_id, actor=actor.token_id, purpose="found_at_counter"
            )
            await self._store.log_read(actor.group_id, read)
            told = Found(
                member_id=row.member_id,
                strength=strength,
                act_id=body.act_id,
                staff_id=acting.clerk.staff_id,
                role=acting.clerk.role,
                shop_id=acting.clerk.shop_id,
                expires_ms=acting.now_ms + FOUND_VALID_S * 1000,
            )
            views.append(await self._view(actor, told, person))
        return api_counter.FoundListView(members=views, strength=strength.name.lower())

    async def give_card(
        self, actor: Actor, body: api_counter.GiveCardBody
    ) -> tuple[api_members.CardView, bool]:
        """A member who was found, and whose identity was checked, gets a card; the account stays (C-05).

        Not by a name alone, which anybody can say: the card opens the whole account.

        Raises: SignInOver, RoleMayNot, CounterLimit, FoundOver, StrengthTooLow, UnknownCard, CardTaken,
            IdempotencyConflict.
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
        view = api_members.CardView(
            card_number=given.card_number,
            member_id=given.member_id,
            state=given.state,
            reason=given.reason,
            replaced_by=given.replaced_by,
            valid_until_ms=given.valid_until_ms,
        )
        return view, is_replay

    async def _fitting(self, acting: Acting, body: api_counter.FindBody) -> list[tuple[MemberRow, Person]]:
        """Members who live, each once, the nearest first."""
        actor = acting.actor
        near: dict[str, tuple[int, MemberRow, Person]] = {}
        for row in await self._candidates(acting, body):
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

    async def _candidates(self, acting: Acting, body: api_counter.FindBody) -> list[MemberRow]:
        group_id = acting.actor.group_id
        if body.email is not None or body.phone is not None:
            email = self._vault.lookup_hash(group_id, "email", normal_email(body.email or ""))
            phone = self._vault.lookup_hash(group_id, "phone", normal_phone(body.phone or ""))
            return list(await self._store.find_members_by_hash(group_id, email, phone))[:FOUND_OPENED_MAX]
        assert body.name is not None, "it was looked at before"
        if body.birth_date is None:
            here = whole_name_word(self._vault, group_id, body.name, acting.clerk.shop_id)
            return list(
                await self._store.find_members_by_words(group_id, (here,) if here else (), FOUND_OPENED_MAX)
            )
        words = name_words(self._vault, group_id, body.name, body.birth_date)
        return list(await self._store.find_members_by_words(group_id, words, FOUND_OPENED_MAX))

    async def _view(self, actor: Actor, found: Found, person: Person) -> api_counter.FoundView:
        """Of who was found by a name alone nothing is told that was not said."""
        cards = await self._store.list_cards(actor.group_id, found.member_id)
        is_by_name = found.strength is Strength.NAME
        initial = f" {person.given_name[:1]}." if person.given_name else ""
        name, _, domain = person.email.partition("@")
        return api_counter.FoundView(
            found=self._words.sign(actor, found),
            display_name=f"{person.family_name}{initial}",
            birth_year="" if is_by_name else person.birth_date[:4],
            email_hint=f"{name[:1]}…@{domain}" if domain and not is_by_name else "",
            has_card=any(card.state in _LIVE for card in cards),
        )

    async def _member_of(self, actor: Actor, word: str) -> str:
        found = self._words.open(actor, word, at_ms=self._clock())
        if found.strength < Strength.PHONE_OR_EMAIL:
            raise StrengthTooLow(needed=Strength.PHONE_OR_EMAIL.name.lower())
        living = await self._keys.living(actor.group_id, found.member_id)
        if living is None:
            raise FoundOver
        return living.member_id


def _by(body: api_counter.FindBody) -> tuple[str, Strength]:
    """What is searched by, and what that proves. Raises: FindNeedsMore."""
    if body.birth_date is not None and not _is_day(body.birth_date):
        raise FindNeedsMore
    if body.email is not None:
        return "email", Strength.PHONE_OR_EMAIL
    if body.phone is not None:
        return "phone", Strength.PHONE_OR_EMAIL
    if body.name is None:
        raise FindNeedsMore
    if body.birth_date is not None:
        return "name_and_birth", Strength.PHONE_OR_EMAIL
    if len(parts_of(body.name)) < 2:
        raise FindNeedsMore
    return "name", Strength.NAME


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
