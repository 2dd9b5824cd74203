"""Cards in phones: made and ended by the office; what their page shows (issue 7, part 1)."""

import hmac
from dataclasses import dataclass

from central.services.cards.phone_codes import PhoneCodes
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain
from central.services.group.groups import GroupsService
from central.services.members.profile import ProfileService
from central.storage.base import GuardFailed
from central.storage.interface.phone_cards import PhoneCardRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.card import CardState, UnknownCard, require_card_act, state_on
from loyalty.programme.identification import Act, Strength, permitted_acts
from loyalty.programme.phone_card import left_ms
from wire import api
from wire.api_phone_cards import PhoneCardBody, PhoneCardEndBody, PhoneCardEndedView, PhoneCardView


class NoPhoneCard(LoyaltyError):
    """The card is in no phone."""

    code = "no_phone_card"
    trouble = Trouble.NOT_FOUND
    text = "This card is in no phone. Make a link first: officine card phone NUMBER"


class PhonePageUnknown(LoyaltyError):
    """A link that leads nowhere: made up, or ended."""

    code = "phone_page_unknown"
    trouble = Trouble.NOT_FOUND
    text = "This link leads to no card. Ask the pharmacy for a new one."


@dataclass(frozen=True, slots=True)
class PhonePage:
    """What the page of a phone shows. `refusal`: why the card cannot be used now, empty where it can.

    `left_ms`: how long the code stands.
    """

    group: Group
    profile: api.ProfileView | None
    number_end: str
    code: str
    left_ms: int
    refusal: str = ""


class PhoneCardsService:
    """Whoever has the link has the card in the phone: it is made by the office, for the member alone."""

    def __init__(
        self, context: Context, groups: GroupsService, profiles: ProfileService, codes: PhoneCodes
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._groups = groups
        self._profiles = profiles
        self._codes = codes

    async def make(self, actor: Actor, body: PhoneCardBody) -> tuple[PhoneCardView, bool]:
        """A link for a member's live card; those that the member had end. The same id: the same link.

        Raises: UnknownCard and the refusals of a card, IdempotencyConflict.
        """
        access.require(actor, access.CARDS_WRITE)
        group_id, now_ms = actor.group_id, self._clock()
        card = await self._store.find_card(group_id, body.card_number)
        if card is None or card.member_id is None:
            raise UnknownCard
        state = state_on(CardState(card.state), valid_until_ms=card.valid_until_ms, now_ms=now_ms)
        require_card_act(state, Act.EARN)
        handle = self._codes.handle_of(group_id, body.phone_card_id)
        row = PhoneCardRow(group_id, handle, card.card_number, now_ms, actor.token_id)
        recorded = await self._store.put_phone_card(row)
        return self._view(recorded.row, body.phone_card_id), recorded.is_replay

    async def end(self, actor: Actor, body: PhoneCardEndBody) -> PhoneCardEndedView:
        """The phone was lost, or the link went astray: no code of it is taken any more.

        Raises: UnknownCard, NoPhoneCard.
        """
        access.require(actor, access.CARDS_WRITE)
        card = await self._store.find_card(actor.group_id, body.card_number)
        if card is None:
            raise UnknownCard
        now_ms = self._clock()
        try:
            is_ended = await self._store.end_phone_card(actor.group_id, card.card_number, now_ms)
        except GuardFailed as error:
            raise TryAgain from error
        if not is_ended:
            raise NoPhoneCard
        return PhoneCardEndedView(card_number=card.card_number, ended_ms=now_ms)

    async def page(self, group_id: str, handle: str, secret: str) -> PhonePage:
        """What the holder of a link sees. Raises: PhonePageUnknown."""
        if not hmac.compare_digest(secret.encode(), self._codes.secret_of(group_id, handle).encode()):
            raise PhonePageUnknown
        row = await self._store.find_phone_card(group_id, handle)
        if row is None or row.ended_ms is not None:
            raise PhonePageUnknown
        group = await self._groups.get(group_id)
        now_ms = self._clock()
        number = await self._codes.number_of(row)
        card = await self._store.find_card(group_id, number)
        member = None
        if card is not None and card.member_id is not None:
            member = await self._store.find_member(group_id, card.member_id)
            if member is not None and member.merged_into is not None:
                member = await self._store.find_member(group_id, member.merged_into)
        if card is None or member is None or member.key_wrapped is None:
            raise PhonePageUnknown
        profile = None
        refusal = ""
        try:
            state = state_on(CardState(card.state), valid_until_ms=card.valid_until_ms, now_ms=now_ms)
            require_card_act(state, Act.EARN)
        except LoyaltyError as error:
            refusal = error.code
        else:
            zone = await self._profiles.zone_of(group_id, member.home_shop_id)
            may = permitted_acts(group.programme.strength_table, Strength.PHONE_CODE)
            profile = await self._profiles.build(group, member, may, zone=zone, now_ms=now_ms)
        return PhonePage(
            group=group,
            profile=profile,
            number_end=number[-4:],
            code="" if refusal else self._codes.code_now(group_id, handle),
            left_ms=left_ms(now_ms),
            refusal=refusal,
        )

    def _view(self, row: PhoneCardRow, phone_card_id: str) -> PhoneCardView:
        secret = self._codes.secret_of(row.group_id, row.handle)
        return PhoneCardView(
            phone_card_id=phone_card_id,
            card_number=row.card_number,
            path=f"/m/{row.group_id}/{row.handle}/{secret}",
            made_ms=row.made_ms,
            ended_ms=row.ended_ms,
        )
