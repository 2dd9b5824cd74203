"""Somebody joins at a kiosk by an e-mail address alone, and completes their data at home (C-08).

Nobody learns who is a member: an address that is one's and one that is nobody's get the same words after the
same time, write the same rows, and are counted alike. What differs is the mail, which its owner alone reads.
"""

from typing import Final

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.agreement import AgreementNeeded
from central.services.core.context import Context
from central.services.core.sealed_people import ERASED, normal_email, seal_person
from central.services.core.shared_tries import SharedTries
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.completing import checked_email
from central.services.members.consents import ConsentPurpose
from central.services.members.identify import IdentifyService
from central.services.members.invitations import InvitationsService
from central.services.members.stock_cards import stock_card
from central.services.visits.typed_data import paced
from central.storage.base import IdempotencyConflict
from central.storage.interface.invitations import Joining
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.standings import ConsentRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import details as limits
from loyalty.programme.card import CardState
from wire import api_join as wire


class JoinNotSetUp(LoyaltyError):
    """There is no way to invite anybody."""

    code = "join_not_set_up"
    trouble = Trouble.REFUSED
    text = (
        "Nobody can join by e-mail here. Ask whoever runs central to set up mail ([messages]) and the address"
        " of members' pages ([central] public_url)."
    )


class JoinTooMany(LoyaltyError):
    """A kiosk is being played with, or a postbox filled."""

    code = "join_too_many"
    trouble = Trouble.TOO_MANY
    text = "This was done too often. Ask at the counter, or try again in {retry_after_s} seconds."


class JoinService:
    """Takes wishes to join."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        identify: IdentifyService,
        invitations: InvitationsService,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._shops = shops
        self._identify = identify
        self._invitations = invitations
        self._of_kiosk = SharedTries(
            context.store,
            context.clock,
            "join",
            tries=limits.JOINS_PER_KIOSK,
            window_s=limits.JOINS_WINDOW_S,
        )
        self._of_address = SharedTries(
            context.store,
            context.clock,
            "join-mail",
            tries=limits.JOIN_MAILS_PER_ADDRESS,
            window_s=limits.JOIN_ADDRESS_WINDOW_S,
        )

    async def offer(self, actor: Actor) -> wire.JoinOfferView:
        """Whether one may join here. Raises: JoinNotSetUp."""
        access.require(actor, access.SALES_TELL)
        if not self._invitations.are_set_up:
            raise JoinNotSetUp
        return wire.JoinOfferView(days=limits.JOIN_LINK_VALID_DAYS)

    async def join(self, actor: Actor, body: wire.JoinBody) -> tuple[wire.JoinView, bool]:
        """Take the wish; the same again is a replay (True), also without the card that has gone meanwhile.

        Raises: JoinNotSetUp, AgreementNeeded, EnrolmentInvalid, ShopMissing, ShopNotFound, JoinTooMany,
            UnknownCard, CardTaken, IdempotencyConflict.
        """
        await self.offer(actor)
        if not body.agreed:
            raise AgreementNeeded
        now_ms = self._clock()
        email = normal_email(checked_email(body.email, now_ms))
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        join_id = self._join_id(actor, body)
        if await self._store.find_invitation(actor.group_id, join_id) is None:
            await self._count(self._of_kiosk, actor, "")
            await self._count(self._of_address, actor, self._hash(actor, "join-mail", email).hex()[:32])
        has_card, is_replay = await paced(self._take(actor, body, join_id, email, shop.shop_id))
        view = wire.JoinView(
            days=limits.JOIN_LINK_VALID_DAYS,
            card_state=CardState.TO_VALIDATE.value if has_card else None,
        )
        return view, is_replay

    async def _take(
        self, actor: Actor, body: wire.JoinBody, join_id: str, email: str, shop_id: str
    ) -> tuple[bool, bool]:
        """Whether a card came along, and whether it was taken before."""
        member_id = f"join-{join_id}"
        card = await self._card(actor, body, member_id)
        number = None if card is None else card.card_number
        input_hash = self._input_hash(actor, body, email, number)
        member = self._member(actor, body, member_id, shop_id, input_hash)
        twins = await self._store.find_members_by_hash(
            actor.group_id, self._hash(actor, "email", email), None
        )
        is_member = any(each.merged_into is None for each in twins)
        invited = self._invitations.make(
            actor,
            await self._groups.get(actor.group_id),
            member,
            invitation_id=join_id,
            email=email,
            kind="already" if is_member else "kiosk",
            shop_id=shop_id,
        )
        word = ConsentRow(
            ConsentPurpose.PROGRAMME, True, self._clock(), actor.token_id, body.text_version, shop_id
        )
        try:
            recorded = await self._store.join(
                Joining(member=member, card=card, consent=word, invited=invited)
            )
        except IdempotencyConflict:
            if card is None and await self._is_of_card_gone(actor, body, join_id, email):
                return True, True
            raise
        return card is not None, recorded.is_replay

    async def _is_of_card_gone(self, actor: Actor, body: wire.JoinBody, join_id: str, email: str) -> bool:
        """Whether this wish was taken with a card: whoever got no answer may have lifted it since."""
        first = await self._store.find_invitation(actor.group_id, join_id)
        if first is None:
            return False
        cards = await self._store.list_cards(actor.group_id, first.member_id)
        return any(
            first.input_hash == self._input_hash(actor, body, email, each.card_number) for each in cards
        )

    async def _card(self, actor: Actor, body: wire.JoinBody, member_id: str) -> CardRow | None:
        if body.card is None:
            return None
        return await stock_card(
            self._identify,
            actor,
            body.card,
            member_id=member_id,
            state=CardState.TO_VALIDATE,
            is_new=False,
            now_ms=self._clock(),
            may_be_new=False,
        )

    def _member(
        self, actor: Actor, body: wire.JoinBody, member_id: str, shop_id: str, input_hash: bytes
    ) -> MemberRow:
        """A member of whom nothing is known but the language: the address is the link's to prove."""
        group_id = actor.group_id
        keys = self._vault.new_member(group_id, member_id)
        return MemberRow(
            group_id=group_id,
            member_id=member_id,
            key_wrapped=keys.key_wrapped,
            person_sealed=seal_person(self._vault, group_id, member_id, keys.key, ERASED),
            subject_sealed=keys.subject_sealed,
            language=body.language,
            home_shop_id=shop_id,
            enrolled_ms=self._clock(),
            email_hash=None,
            phone_hash=None,
            input_hash=input_hash,
        )

    def _input_hash(self, actor: Actor, body: wire.JoinBody, email: str, card_number: str | None) -> bytes:
        """What makes a wish the same: the card by its number, for its chip says something else each time."""
        content = msgspec.json.encode((email, body.language, body.text_version, card_number))
        return self._vault.content_hash(actor.group_id, content)

    async def _count(self, tries: SharedTries, actor: Actor, of: str) -> None:
        retry_after_s = await tries.count(actor, of)
        if retry_after_s is not None:
            raise JoinTooMany(retry_after_s=retry_after_s)

    def _join_id(self, actor: Actor, body: wire.JoinBody) -> str:
        """What a wish is kept by: two kiosks may come to the same id."""
        sent = msgspec.json.encode((actor.token_id, body.join_id))
        return self._vault.content_hash(actor.group_id, sent).hex()[:_ID_CHARS]

    def _hash(self, actor: Actor, what: str, email: str) -> bytes:
        found = self._vault.lookup_hash(actor.group_id, what, email)
        assert found is not None, "an address is not empty"
        return found


_ID_CHARS: Final = 32
