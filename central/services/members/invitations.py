"""Invitations: whoever gave an e-mail address alone is mailed a link by which they complete their data.

One mechanism for who joined at the kiosk and who was enrolled at the counter. The link proves the address,
and nothing else does: until it was used, the card earns at once but redeems nothing. It works once; central
keeps its hash.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from central.services.core.access import MEMBERS_ERASE, Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import ERASED, normal_email, open_person
from central.services.group.groups import GroupsService
from central.services.members.completing import CompletingService, consents_of
from central.services.members.erasure import ErasureService
from central.services.members.invitation_words import Kind, mail_of
from central.services.members.messages import Channel, MessagesService, MessageText
from central.storage.base import GuardFailed
from central.storage.interface.invitations import AddressTaken, InvitationRow, Invited
from central.storage.interface.rows import MemberRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.details import JOIN_LINK_VALID_DAYS, JOIN_UPKEEP_BATCH
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from wire import api_erasure

log = structlog.get_logger(__name__)

BY_LINK: Final = "invitation"
"""Who wrote what a member said on the page of a link."""
_SECRET_BYTES: Final = 16


class InvitationUnknown(LoyaltyError):
    """A link that leads nowhere: made up, or its time is over."""

    code = "invitation_unknown"
    trouble = Trouble.NOT_FOUND
    text = "This link is over, or leads nowhere. Join again at the kiosk, or ask at the counter."


class InvitationUsed(LoyaltyError):
    """The data are here already."""

    code = "invitation_used"
    trouble = Trouble.CONFLICT
    text = "This link was used: the data are here. What is to be changed is changed at the kiosk or counter."


class InvitationOfMember(LoyaltyError):
    """Another member has this address; only its owner, whom the link proves, is told."""

    code = "invitation_of_member"
    trouble = Trouble.CONFLICT
    text = "A member has this e-mail address already. Bring the card to the counter, to have the two joined."


@dataclass(frozen=True, slots=True)
class InvitedPage:
    """What the page of a link stands on."""

    group: Group
    language: str
    email: str
    has_card: bool


class InvitationsService:
    """Makes invitations, and completes members by them."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        messages: MessagesService,
        completing: CompletingService,
        erasure: ErasureService,
        public_url: str,
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._messages = messages
        self.completing = completing
        self._erasure = erasure
        self._public_url = public_url.rstrip("/")

    @property
    def are_set_up(self) -> bool:
        """Whether mail leaves here, and the pages have an address to link to."""
        return bool(self._public_url) and self._messages.may_leave_by(Channel.EMAIL)

    def make(
        self,
        actor: Actor,
        group: Group,
        member: MemberRow,
        *,
        invitation_id: str,
        email: str,
        kind: Kind,
        shop_id: str | None,
    ) -> Invited:
        """An invitation of a member who is not kept yet, with its mail; of `already` the mail has no link."""
        group_id, now_ms = member.group_id, self._clock()
        assert member.key_wrapped is not None, "a new member has a key"
        key = self._vault.open_key(group_id, member.member_id, member.key_wrapped)
        secret = self._secret(group_id, invitation_id, member.input_hash)
        row = InvitationRow(
            group_id=group_id,
            invitation_id=invitation_id,
            member_id=member.member_id,
            way="counter" if kind == "counter" else "kiosk",
            input_hash=member.input_hash,
            link_hash=self._link_hash(group_id, invitation_id, secret),
            sealed=self._vault.seal_note(group_id, invitation_id, normal_email(email).encode(), key),
            made_ms=now_ms,
            expires_ms=now_ms + JOIN_LINK_VALID_DAYS * DAY_MS,
            token_id=actor.token_id,
            shop_id=shop_id,
        )
        language = member.language
        subject, text = mail_of(
            kind,
            language,
            name=group.settings.names.get(language, group.row.name),
            link=f"{self._public_url}/j/{group_id}/{invitation_id}/{secret}",
            days=JOIN_LINK_VALID_DAYS,
        )
        letter = self._messages.asked(
            actor,
            member.member_id,
            Channel.EMAIL,
            message_id=f"join.{invitation_id}",
            said=MessageText(subject, text, normal_email(email)),
            key=key,
        )
        return Invited(invitation=row, letter=letter)

    async def page(self, group_id: str, invitation_id: str, secret: str) -> InvitedPage:
        """What the holder of a link sees; looking uses nothing up.

        Raises: InvitationUnknown, InvitationUsed, GroupNotFound.
        """
        row, member = await self._open(group_id, invitation_id, secret)
        cards = await self._store.list_cards(group_id, member.member_id)
        return InvitedPage(
            group=await self._groups.get(group_id),
            language=member.language,
            email=self._email(row, member),
            has_card=bool(cards),
        )

    async def complete(
        self,
        group_id: str,
        invitation_id: str,
        secret: str,
        *,
        given: Mapping[str, str],
        consents: Sequence[str],
        text_version: str,
    ) -> InvitedPage:
        """Take the data of a link, once: the address is proved, and cards that waited become active.

        Raises: InvitationUnknown, InvitationUsed, InvitationOfMember, EnrolmentInvalid, TryAgain.
        """
        for _ in range(COMMIT_TRIES_MAX):
            row, member = await self._open(group_id, invitation_id, secret)
            # An address that was proved or keyed in meanwhile is newer than the one of the link.
            known = open_person(self._vault, member).email
            words = consents_of(
                consents, self._clock(), BY_LINK, text_version=text_version, shop_id=row.shop_id
            )
            completion = self.completing.completion(
                member, {**given, "email": known or self._email(row, member)}, words, BY_LINK
            )
            try:
                is_used = await self._store.use_invitation(row, completion)
            except AddressTaken as error:
                raise InvitationOfMember from error
            except GuardFailed:
                continue
            if not is_used:
                raise InvitationUsed
            cards = await self._store.list_cards(group_id, member.member_id)
            group = await self._groups.get(group_id)
            return InvitedPage(group, member.language, self._email(row, member), has_card=bool(cards))
        raise TryAgain

    async def forget(self, group_id: str) -> int:
        """Forget links whose time is over, and who never came back and has nothing; how many links.

        Who cannot be erased now (value came in, a ticket is being paid) stays with the link until a later
        round, and holds up nobody else.
        """
        ended = await self._store.list_ended_invitations(group_id, self._clock(), JOIN_UPKEEP_BATCH)
        actor = Actor(group_id=group_id, token_id="upkeep", permissions=frozenset({MEMBERS_ERASE}))  # noqa: S106
        forgotten = 0
        for row in ended:
            try:
                if row.way == "kiosk" and row.used_ms is None and await self._has_nothing(row):
                    await self._erasure.erase(actor, row.member_id, api_erasure.ErasureBody())
            except LoyaltyError as error:
                log.warning("invitation_not_forgotten", invitation_id=row.invitation_id, reason=error.code)
                continue
            await self._store.forget_invitation(group_id, row.invitation_id)
            forgotten += 1
        return forgotten

    async def _has_nothing(self, row: InvitationRow) -> bool:
        """Nobody keyed data in, gave a card, or merged this member meanwhile."""
        member = await self._store.find_member(row.group_id, row.member_id)
        if member is None or member.key_wrapped is None or member.merged_into is not None:
            return False
        if open_person(self._vault, member) != ERASED:
            return False
        return not await self._store.list_cards(row.group_id, row.member_id)

    async def _open(self, group_id: str, invitation_id: str, secret: str) -> tuple[InvitationRow, MemberRow]:
        row = await self._store.find_invitation(group_id, invitation_id)
        shown = self._link_hash(group_id, invitation_id, secret)
        # Compared also where there is no such link: both take as long.
        is_right = hmac.compare_digest(shown, row.link_hash if row else bytes(len(shown)))
        if row is None or not is_right or row.expires_ms <= self._clock():
            raise InvitationUnknown
        if row.used_ms is not None:
            raise InvitationUsed
        member = await self._store.find_member(group_id, row.member_id)
        if member is None or member.key_wrapped is None or member.merged_into is not None:
            raise InvitationUnknown
        return row, member

    def _email(self, row: InvitationRow, member: MemberRow) -> str:
        assert member.key_wrapped is not None, "who is invited is there"
        key = self._vault.open_key(row.group_id, row.member_id, member.key_wrapped)
        return self._vault.open_note(row.group_id, row.invitation_id, row.sealed, key).decode()

    def _secret(self, group_id: str, invitation_id: str, input_hash: bytes) -> str:
        made_of = self._vault.invitation_secret(group_id, invitation_id, input_hash)
        return urlsafe_b64encode(made_of[:_SECRET_BYTES]).decode().rstrip("=")

    def _link_hash(self, group_id: str, invitation_id: str, secret: str) -> bytes:
        return self._vault.content_hash(group_id, f"invitation/{invitation_id}/{secret}".encode())
