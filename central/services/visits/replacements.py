"""A card is replaced at the kiosk by a blank one: who proves they are its member needs no clerk (C-05, P-38).

Enough is the card with its PIN, or a code sent to an address that central kept before: with the card in the
hand, or with number and birth date. A card that nothing else proves takes a clerk's card. A number alone is
never enough. All of it is written down, and the member is told.
"""

import hmac
import secrets
from dataclasses import replace
from typing import Final, Literal, cast

import msgspec

from central.services.cards.staff_cards import StaffCardsService
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_moment
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.shared_tries import SharedTries
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.members.messages import MessagesService, MessageText
from central.services.visits.blank_cards import NewCardRefused, find_held
from central.services.visits.replacement_words import code_notice, done_notice
from central.services.visits.typed_data import TypedData, paced
from central.storage.base import GuardFailed
from central.storage.interface.messages import MessageRow
from central.storage.interface.replacements import ReplacementDone, ReplacementRow
from central.storage.interface.rows import CardRow, MemberRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import replacements as limits
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.card import CardState, may_replace_alone
from loyalty.programme.identification import Act, Strength, StrengthTooLow
from loyalty.programme.numbers import is_same_number
from wire import api_replacements as wire

_LIVE: Final = (CardState.ACTIVE, CardState.TO_VALIDATE)
_WITH_PIN: Final = "card_and_pin"


class ReplacementsTooMany(LoyaltyError):
    """Somebody tries numbers, codes or cards; or the member is in despair: the counter helps both."""

    code = "replacements_too_many"
    trouble = Trouble.TOO_MANY
    text = "This was tried too often. Ask at the counter, or try again in {retry_after_s} seconds."


class ReplacementCodeWrong(LoyaltyError):
    """Not this code, whatever the reason: no such member, another code, too late, too many tries."""

    code = "replacement_code_wrong"
    trouble = Trouble.REFUSED
    text = "This code is not right, or its time is over. Type it again, begin again, or ask at the counter."


class ReplacementOver(LoyaltyError):
    """It is not waiting for this (any more)."""

    code = "replacement_over"
    trouble = Trouble.CONFLICT
    text = "The time for this is over, or the old card was changed. Begin again, or ask at the counter."


class ReplacementStaffCode(LoyaltyError):
    """The clerk's card alone, which may be found, confirms nothing where they have a code."""

    code = "replacement_staff_code"
    trouble = Trouble.FORBIDDEN
    text = "This clerk has a code. Send it with their card, or replace the card at the counter."


class ReplacementsService:
    """Begins them, has them proved, ends them, tells head office."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        staff_cards: StaffCardsService,
        messages: MessagesService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._typed = TypedData(context)
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._staff_cards = staff_cards
        self._messages = messages
        hour_s, day_s = limits.REPLACEMENT_TRIES_WINDOW_S, limits.REPLACEMENT_NUMBER_WINDOW_S
        self._of_kiosk = _tries(context, "replace", limits.REPLACEMENT_TRIES_PER_KIOSK, hour_s)
        self._of_staff = _tries(context, "replace-staff", limits.REPLACEMENT_STAFF_TRIES, hour_s)
        self._of_number = _tries(context, "replace-number", limits.REPLACEMENT_TRIES_PER_NUMBER, day_s)
        per_member = limits.REPLACEMENT_TRIES_PER_MEMBER
        self._of_member = _tries(context, "replace-member", per_member, day_s)
        # Its own count: whoever knows a number uses up nothing of the member who holds the card.
        self._of_typed = _tries(context, "replace-member-typed", per_member, day_s)
        self._of_cards = _tries(context, "replace-card", limits.REPLACEMENT_CARDS_TRIED, day_s)

    async def begin(self, actor: Actor, body: wire.ReplacementBody) -> wire.ReplacementView:
        """The holder of a card wants another. The same request again is answered as the first.

        Raises: ReplacementsTooMany, ShopMissing, ShopNotFound, the refusals of a card, StrengthTooLow,
            TryAgain.
        """
        access.require(actor, access.SALES_TELL)
        await self._count(self._of_kiosk, actor)
        group, now_ms = await self._groups.get(actor.group_id), self._clock()
        found = await self._identify.get_holder_for(actor, group, body.holder, Act.BLOCK_CARD, now_ms)
        found.require_own()
        if found.strength < Strength.NFC_UID:  # whatever a group lets a number do: it grants no card
            raise StrengthTooLow(needed=Strength.NFC_UID.name.lower())
        await self._count(self._of_member, actor, self._typed.mark(actor.group_id, found.member.member_id))
        request = (body.request_id, found.shown.card_number)
        row = await self._new_row(actor, request, found.member, found.shown, is_with_card=True)
        if found.strength >= Strength.CARD_AND_PIN:
            ends_ms = now_ms + limits.REPLACEMENT_CARD_WAIT_S * 1000
            row = replace(row, state="granted", proof=_WITH_PIN, ends_ms=ends_ms)
        try:
            if row.proof:
                return _begun(await self._store.put_replacement(row, None), "")
            return await self._ask_code(actor, row, found.member)
        except GuardFailed as error:  # erased or merged since the card was looked at
            raise TryAgain from error

    async def begin_without(self, actor: Actor, body: wire.ReplacementWithoutBody) -> wire.ReplacementView:
        """Somebody without their card wants a new one: right and wrong data get the same answer.

        Raises: ReplacementsTooMany, ShopMissing, ShopNotFound.
        """
        access.require(actor, access.SALES_TELL)
        await self._count(self._of_kiosk, actor)
        await self._count(self._of_number, actor, self._typed.mark(actor.group_id, body.number))
        kept = await paced(self._take(actor, body))
        return wire.ReplacementView(replacement_id=kept.replacement_id, by="code")

    async def prove(self, actor: Actor, body: wire.ReplacementCodeBody) -> wire.ReplacementGrantedView:
        """The code came back. Raises: ReplacementCodeWrong."""
        access.require(actor, access.SALES_TELL)
        await paced(self._prove(actor, body))
        return wire.ReplacementGrantedView(seconds=limits.REPLACEMENT_CARD_WAIT_S)

    async def confirm(self, actor: Actor, body: wire.ReplacementStaffBody) -> wire.ReplacementGrantedView:
        """A clerk confirms who holds the card, by a card whose chip signs, and the code they have, if any.

        Raises: StaffCardRefused and as there, ReplacementStaffCode, ReplacementsTooMany, ReplacementOver.
        """
        access.require(actor, access.SALES_TELL)
        row = await self._own(actor, body.replacement_id)
        if not row.is_with_card:
            raise ReplacementOver
        await self._count(self._of_staff, actor)
        # The old card may be a copied UID: two copies never make a genuine card.
        clerk = await self._staff_cards.identify(actor, body.staff, pin=body.pin, least=Strength.AES_CARD)
        if clerk.asks_pin:
            raise ReplacementStaffCode
        if not await self._grant(row, "staff", clerk.staff_id):
            raise ReplacementOver
        return wire.ReplacementGrantedView(seconds=limits.REPLACEMENT_CARD_WAIT_S)

    async def finish(
        self, actor: Actor, body: wire.ReplacementCardBody
    ) -> tuple[wire.ReplacementDoneView, bool]:
        """The new card is there: it takes the old one's place. The same card again is a replay (True).

        Raises: ReplacementsTooMany, ReplacementOver, NewCardRefused.
        """
        access.require(actor, access.SALES_TELL)
        row = await self._own(actor, body.replacement_id)
        await self._count(self._of_cards, actor, row.replacement_id)
        card, now_ms = await find_held(self._identify, actor, body.card), self._clock()
        done = wire.ReplacementDoneView(keeps_pin=row.proof == _WITH_PIN)
        if row.state == "done" and row.new_card == card.card_number:
            return done, True
        if row.state != "granted" or row.ends_ms <= now_ms or row.member_id is None:
            raise ReplacementOver
        if card.state != CardState.STOCK:
            raise NewCardRefused
        await self._finish(actor, row, card, now_ms)
        return done, False

    async def list_replacements(
        self, actor: Actor, query: wire.ReplacementsQuery
    ) -> wire.ReplacementListView:
        """Who replaced what where, for head office; also what was nobody's."""
        access.require(actor, access.CARDS_READ)
        rows = await self._store.list_replacements(actor.group_id, query.before_ms, PAGE_ROWS_MAX)
        return wire.ReplacementListView(replacements=[_view(row) for row in rows])

    async def forget(self, group_id: str) -> int:
        """Forget old ones; how many."""
        before_ms = self._clock() - limits.REPLACEMENT_KEPT_DAYS * DAY_MS
        return await self._store.forget_replacements(group_id, before_ms)

    async def _take(self, actor: Actor, body: wire.ReplacementWithoutBody) -> ReplacementRow:
        member = await self._typed.find_owner(actor.group_id, body.number)
        # As for lost cards: whoever knows several numbers of one member is not told that they are one's.
        if member is not None:
            mark = self._typed.mark(actor.group_id, member.member_id)
            member = None if await self._of_typed.count(actor, mark) else member
        if member is not None and not self._typed.is_born(member, body.birth_date):
            member = None
        card = None if member is None else await self._lost_one(member, body.number)
        request = (body.request_id, body.number, body.birth_date)
        row = await self._new_row(actor, request, member if card else None, card, is_with_card=False)
        if member is None or card is None:
            return await self._store.put_replacement(row, None)
        try:
            return await self._with_code(actor, row, member)
        except GuardFailed:  # erased or merged meanwhile: as if nobody had this number
            nobodys = replace(row, member_id=None, card_number=None, state="unknown")
            return await self._store.put_replacement(nobodys, None)

    async def _lost_one(self, member: MemberRow, number: str) -> CardRow | None:
        """The card that is gone: the one whose number was typed, else the member's newest that was good."""
        cards = await self._store.list_cards(member.group_id, member.member_id)
        own = [card for card in cards if card.carer_id is None]
        some = [card for card in own if may_replace_alone(CardState(card.state), card.reason)]
        typed = [card for card in some if is_same_number(card.card_number, number)]
        return next(iter(typed or sorted(some, key=lambda card: card.state not in _LIVE)), None)

    async def _ask_code(self, actor: Actor, row: ReplacementRow, member: MemberRow) -> wire.ReplacementView:
        kept = await self._with_code(actor, row, member)
        sent = await self._store.find_message(row.group_id, _message_id(kept, "code"))
        return _begun(kept, "" if sent is None else cast("Literal['email', 'sms']", sent.channel))

    async def _with_code(self, actor: Actor, row: ReplacementRow, member: MemberRow) -> ReplacementRow:
        """Kept with the message that brings the code, where a way reaches the member."""
        digits = limits.REPLACEMENT_CODE_DIGITS
        code = f"{secrets.randbelow(10**digits):0{digits}}"
        group = await self._groups.get(actor.group_id)
        words = code_notice(
            member.language,
            group=group.row.name[:40],
            code=code,
            minutes=limits.REPLACEMENT_CODE_VALID_S // 60,
        )
        text = MessageText(words.subject, words.text)
        notice = await self._messages.notice(actor, member, _message_id(row, "code"), text)
        if notice is not None:
            row = replace(row, code_hash=self._code_hash(row, code))
        return await self._store.put_replacement(row, notice)

    async def _prove(self, actor: Actor, body: wire.ReplacementCodeBody) -> None:
        row = await self._store.take_replacement_try(
            actor.group_id, body.replacement_id, limits.REPLACEMENT_CODE_TRIES, self._clock()
        )
        if row is None:  # the answer was lost: the same code again, however many tries there were
            row = await self._store.find_replacement(actor.group_id, body.replacement_id)
            if row is None or not self._is_granted(row, "code", None):
                raise ReplacementCodeWrong
        if row.code_hash is None or row.token_id != actor.token_id:
            raise ReplacementCodeWrong
        if not hmac.compare_digest(self._code_hash(row, body.code), row.code_hash):
            raise ReplacementCodeWrong
        if not await self._grant(row, "code", None):
            raise ReplacementCodeWrong

    async def _grant(self, row: ReplacementRow, proof: str, staff_id: str | None) -> bool:
        """Whether it is granted by this: now, or before by the very same, whose time goes on as it was."""
        now_ms = self._clock()
        is_now = await self._store.grant_replacement(
            row.group_id,
            row.replacement_id,
            proof=proof,
            staff_id=staff_id,
            now_ms=now_ms,
            ends_ms=now_ms + limits.REPLACEMENT_CARD_WAIT_S * 1000,
        )
        if is_now:
            return True
        kept = await self._store.find_replacement(row.group_id, row.replacement_id)
        return kept is not None and self._is_granted(kept, proof, staff_id)

    def _is_granted(self, row: ReplacementRow, proof: str, staff_id: str | None) -> bool:
        is_same = (row.proof, row.staff_id) == (proof, staff_id)
        return row.state == "granted" and is_same and row.ends_ms > self._clock()

    async def _own(self, actor: Actor, replacement_id: str) -> ReplacementRow:
        """One that was begun at this terminal. Raises: ReplacementOver."""
        row = await self._store.find_replacement(actor.group_id, replacement_id)
        if row is None or row.token_id != actor.token_id:
            raise ReplacementOver
        return row

    async def _finish(self, actor: Actor, row: ReplacementRow, card: CardRow, now_ms: int) -> None:
        member = await self._member(row)
        new_card = CardRow(
            group_id=row.group_id,
            card_number=card.card_number,
            uid=card.uid,
            member_id=member.member_id,
            state=CardState.ACTIVE,
            reason="",
            replaced_by=None,
            valid_until_ms=card.valid_until_ms,
            issued_ms=now_ms,
        )
        done = ReplacementDone(
            group_id=row.group_id,
            replacement_id=row.replacement_id,
            new_card=new_card,
            keeps_pin=row.proof == _WITH_PIN,
            notice=await self._done_notice(actor, row, member, now_ms),
            actor=actor.token_id,
            now_ms=now_ms,
        )
        try:
            await self._store.finish_replacement(done)
        except GuardFailed as error:
            again = await self._own(actor, row.replacement_id)
            if again.state == "done" and again.new_card == card.card_number:
                return  # the same request, twice at once
            raise ReplacementOver from error

    async def _done_notice(
        self, actor: Actor, row: ReplacementRow, member: MemberRow, now_ms: int
    ) -> MessageRow | None:
        group = await self._groups.get(actor.group_id)
        shop = await self._shops.get_row(actor.group_id, row.shop_id)
        at = local_moment(now_ms, await self._zones.get(shop.time_zone)).strftime("%d.%m. %H:%M")
        words = done_notice(member.language, group=group.row.name[:40], at=at, shop=shop.name[:40])
        text = MessageText(words.subject, words.text)
        return await self._messages.notice(actor, member, _message_id(row, "done"), text)

    async def _member(self, row: ReplacementRow) -> MemberRow:
        """Whose card it is, also after a merge. Raises: ReplacementOver: they were erased meanwhile."""
        assert row.member_id is not None, "what was granted has a member"
        member = await self._store.find_member(row.group_id, row.member_id)
        if member is not None and member.merged_into is not None:
            member = await self._store.find_member(row.group_id, member.merged_into)
        if member is None or member.key_wrapped is None:
            raise ReplacementOver
        return member

    async def _new_row(
        self,
        actor: Actor,
        request: tuple[str, ...],
        member: MemberRow | None,
        card: CardRow | None,
        *,
        is_with_card: bool,
    ) -> ReplacementRow:
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        now_ms = self._clock()
        sent = msgspec.json.encode((actor.token_id, "replacement", *request))
        return ReplacementRow(
            group_id=actor.group_id,
            replacement_id=self._vault.content_hash(actor.group_id, sent).hex()[:32],
            shop_id=shop.shop_id,
            token_id=actor.token_id,
            is_with_card=int(is_with_card),
            member_id=None if member is None else member.member_id,
            card_number=None if card is None else card.card_number,
            made_ms=now_ms,
            ends_ms=now_ms + limits.REPLACEMENT_CODE_VALID_S * 1000,
            state="unknown" if member is None else "asked",
        )

    async def _count(self, tries: SharedTries, actor: Actor, of: str = "") -> None:
        retry_after_s = await tries.count(actor, of)
        if retry_after_s is not None:
            raise ReplacementsTooMany(retry_after_s=retry_after_s)

    def _code_hash(self, row: ReplacementRow, code: str) -> bytes:
        return self._vault.content_hash(row.group_id, f"replacement/{row.replacement_id}/{code}".encode())


def _tries(context: Context, what: str, tries: int, window_s: int) -> SharedTries:
    return SharedTries(context.store, context.clock, what, tries=tries, window_s=window_s)


def _message_id(row: ReplacementRow, what: str) -> str:
    return f"card.{row.replacement_id}.{what}"


def _begun(row: ReplacementRow, channel: Literal["", "email", "sms"]) -> wire.ReplacementView:
    """What comes next; asked again later it may be proved already."""
    by: wire.NextProof = "card" if row.proof else "code" if row.code_hash else "staff"
    return wire.ReplacementView(replacement_id=row.replacement_id, by=by, channel=channel)


def _view(row: ReplacementRow) -> wire.ReplacementRowView:
    return wire.ReplacementRowView(
        replacement_id=row.replacement_id,
        shop_id=row.shop_id,
        token_id=row.token_id,
        is_with_card=bool(row.is_with_card),
        state=row.state,
        proof=row.proof,
        staff_id=row.staff_id,
        member_id=row.member_id,
        made_ms=row.made_ms,
        done_ms=row.done_ms,
    )
