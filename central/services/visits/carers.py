"""Cards by which somebody acts for a member: given, listed and taken back by the member, or by staff.

What such a card may is judged where every card is (`identify`), by what stands on the card itself.
"""

from collections.abc import Mapping
from typing import Final, get_args

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.core.shared_tries import SharedTries
from central.services.group.groups import GroupsService
from central.services.members.carer_names import CarerNames
from central.services.members.identify import IdentifyService
from central.services.members.messages import MessagesService, MessageText
from central.services.visits.blank_cards import NewCardRefused, find_held
from central.services.visits.carer_words import ENDED, GIVEN, notice_of
from central.services.visits.lost_card_words import Words
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.carers import CarerRow, CarerUse
from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow, MemberRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import carers as limits
from loyalty.programme.card import CardState
from loyalty.programme.carer import may_words
from loyalty.programme.identification import Act, Strength, StrengthTooLow
from loyalty.programme.numbers import plain_card_number
from wire import api_carers as wire
from wire.api import EvidenceBody

_DAY_S: Final = 86_400


class CarersEnough(LoyaltyError):
    """The member has as many carers as one may have."""

    code = "carers_enough"
    trouble = Trouble.CONFLICT
    text = "{most} people act for this member already. Take one of them back first."


class CarerNotFound(LoyaltyError):
    """Nobody of this name acts for the member."""

    code = "carer_not_found"
    trouble = Trouble.NOT_FOUND
    text = "Nobody acts for this member under {carer_id}. Look at the list again."


class CarerCardsTooMany(LoyaltyError):
    """Cards are being tried."""

    code = "carer_cards_too_many"
    trouble = Trouble.TOO_MANY
    text = "Too many cards were held there. Ask at the counter, or try again in {retry_after_s} seconds."


class CarersService:
    """Gives, lists and ends them."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        messages: MessagesService,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._names = CarerNames(context)
        self._groups = groups
        self._identify = identify
        self._messages = messages
        self._tries = SharedTries(
            context.store, context.clock, "carer-card", tries=limits.CARER_CARDS_TRIED, window_s=_DAY_S
        )

    async def show(self, actor: Actor, body: wire.CarersBody) -> wire.CarerListView:
        """Who acts for the holder. Raises: the refusals of a card, StrengthTooLow, CarerMayNot."""
        return await self._list(await self._holder(actor, body.holder))

    async def give(self, actor: Actor, body: wire.CarerBody) -> tuple[wire.CarerListView, bool]:
        """The holder lets somebody act for them; the same request again is a replay (True).

        Raises: the refusals of a card, StrengthTooLow, CarerMayNot, NewCardRefused, CarersEnough,
            CarerCardsTooMany, IdempotencyConflict, TryAgain.
        """
        member = await self._holder(actor, body.holder)
        retry_after_s = await self._tries.count(actor, member.member_id)
        if retry_after_s is not None:
            raise CarerCardsTooMany(retry_after_s=retry_after_s)
        card = await find_held(self._identify, actor, body.card)
        return await self._put(actor, member, card, body, given_by="member")

    async def end(self, actor: Actor, body: wire.CarerEndBody) -> wire.CarerListView:
        """The holder takes it back: the card is blocked at once. Again it changes nothing.

        Raises: the refusals of a card, StrengthTooLow, CarerMayNot, CarerNotFound.
        """
        member = await self._holder(actor, body.holder)
        return await self._end(actor, member, body.carer_id)

    async def list_of_member(self, actor: Actor, member_id: str) -> wire.CarerListView:
        """Who acts for a member, for those who may read members. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        return await self._list(await self._member(actor, member_id))

    async def give_by_staff(
        self, actor: Actor, member_id: str, body: wire.MemberCarerBody
    ) -> tuple[wire.CarerListView, bool]:
        """Staff give the card, with the member beside them.

        Raises: MemberNotFound, MemberMerged, NewCardRefused, CarersEnough, IdempotencyConflict, TryAgain.
        """
        access.require(actor, access.CARDS_WRITE)
        member = await self._member(actor, member_id)
        card = await self._store.find_card(actor.group_id, plain_card_number(body.card_number))
        if card is None:
            raise NewCardRefused
        return await self._put(actor, member, card, body, given_by="staff")

    async def end_by_staff(self, actor: Actor, member_id: str, carer_id: str) -> wire.CarerListView:
        """Staff take it back as the member wishes. Raises: MemberNotFound, MemberMerged, CarerNotFound."""
        access.require(actor, access.CARDS_WRITE)
        return await self._end(actor, await self._member(actor, member_id), carer_id)

    async def _holder(self, actor: Actor, evidence: EvidenceBody) -> MemberRow:
        """By the member's own card and PIN, whatever a group lets a weaker strength do."""
        access.require(actor, access.SALES_TELL)
        group = await self._groups.get(actor.group_id)
        found = await self._identify.get_holder_for(actor, group, evidence, Act.SEE_BALANCE, self._clock())
        found.require_own()
        if found.strength < Strength.CARD_AND_PIN:
            raise StrengthTooLow(needed=Strength.CARD_AND_PIN.name.lower())
        return found.member

    async def _member(self, actor: Actor, member_id: str) -> MemberRow:
        return require_there(await self._store.find_member(actor.group_id, member_id), member_id)

    async def _put(
        self,
        actor: Actor,
        member: MemberRow,
        card: CardRow,
        body: wire.CarerBody | wire.MemberCarerBody,
        *,
        given_by: str,
    ) -> tuple[wire.CarerListView, bool]:
        group_id, now_ms = member.group_id, self._clock()
        name = " ".join(body.name.split())
        ends_ms = now_ms + body.days * DAY_MS
        if card.valid_until_ms is not None:
            ends_ms = min(ends_ms, card.valid_until_ms)
        if ends_ms <= now_ms and card.state == CardState.STOCK:  # a blank card that lay there too long
            raise NewCardRefused
        row = CarerRow(
            group_id=group_id,
            carer_id=body.carer_id,
            member_id=member.member_id,
            card_number=card.card_number,
            sealed=await self._names.seal(group_id, body.carer_id, name, member_id=member.member_id),
            sealed_for=member.member_id,
            may=may_words(body.may),
            given_by=given_by,
            token_id=actor.token_id,
            shop_id=actor.shop_id,
            made_ms=now_ms,
            ends_ms=ends_ms,
        )
        try:
            notice = await self._notice(actor, member, f"{row.carer_id}.given", GIVEN)
            kept = await self._store.put_carer(
                row, self._card(row, card), most=limits.CARERS_PER_MEMBER, notice=notice
            )
        except IdempotencyConflict as error:  # not in stock any more
            raise NewCardRefused from error
        except GuardFailed as error:  # erased or merged meanwhile: asked again it says so
            raise TryAgain from error
        if kept is None:
            raise CarersEnough(most=limits.CARERS_PER_MEMBER)
        asked = (row.member_id, row.card_number, row.may)
        if (kept.member_id, kept.card_number, kept.may) != asked or await self._names.open(kept) != name:
            raise IdempotencyConflict(what="The carer", id=body.carer_id)
        return await self._list(member), kept is not row

    @staticmethod
    def _card(row: CarerRow, card: CardRow) -> CardRow:
        return CardRow(
            group_id=row.group_id,
            card_number=card.card_number,
            uid=card.uid,
            member_id=row.member_id,
            state=CardState.TO_VALIDATE,  # the store knows whether it may be more
            reason="",
            replaced_by=None,
            valid_until_ms=row.ends_ms,
            issued_ms=row.made_ms,
        )

    async def _end(self, actor: Actor, member: MemberRow, carer_id: str) -> wire.CarerListView:
        notice = await self._notice(actor, member, f"{carer_id}.ended", ENDED)
        ended = await self._store.end_carer(
            member.group_id, member.member_id, carer_id, actor.token_id, self._clock(), notice=notice
        )
        if ended is None:
            raise CarerNotFound(carer_id=carer_id)
        return await self._list(member)

    async def _notice(
        self, actor: Actor, member: MemberRow, of: str, words: Mapping[str, Words]
    ) -> MessageRow | None:
        """To be kept with what it tells of; None: no way reaches the member."""
        group = await self._groups.get(actor.group_id)
        said = notice_of(words, member.language, group=group.row.name[:40])
        return await self._messages.notice(actor, member, f"carer.{of}", MessageText(said.subject, said.text))

    async def _list(self, member: MemberRow) -> wire.CarerListView:
        rows = await self._store.list_carers(member.group_id, member.member_id, limits.CARERS_SHOWN_MAX)
        uses = await self._store.list_carer_uses(member.group_id, [row.carer_id for row in rows])
        used = {use.carer_id: use for use in uses}
        now_ms = self._clock()
        views = [_view(row, await self._names.open(row), used.get(row.carer_id), now_ms) for row in rows]
        return wire.CarerListView(carers=views)


def _view(row: CarerRow, name: str, use: CarerUse | None, now_ms: int) -> wire.CarerView:
    is_over = row.ends_ms <= now_ms
    granted = row.may.split()
    return wire.CarerView(
        carer_id=row.carer_id,
        name=name,
        may=[each for each in get_args(wire.May) if each in granted],
        given_by=row.given_by,
        made_ms=row.made_ms,
        ends_ms=row.ends_ms,
        state="ended" if row.ended_ms is not None else "over" if is_over else "open",
        tickets=0 if use is None else use.tickets,
        last_ms=None if use is None else use.last_ms,
    )
