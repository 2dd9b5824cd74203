"""Members: enrolment (P-24), personal data, balance and tickets."""

from datetime import UTC

import msgspec
from msgspec import structs

from central.services.cards.cards import view_of
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.finding_words import words_of
from central.services.core.sealed_people import (
    MemberNotFound,
    Person,
    normal_email,
    normal_phone,
    open_person,
    seal_person,
)
from central.services.group.shops import ShopsService
from central.services.members.profile import ProfileService, expiring_view, ticket_views
from central.services.members.profiles import MemberProfilesService
from central.storage.interface.rows import CardRow, MemberRow
from loyalty.errors import LoyaltyError
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.card import CardState
from loyalty.programme.member import ENROLMENT_FIELDS, parse_enrolment
from loyalty.programme.numbers import plain_card_number
from wire import api_members, api_profiles, api_value


class InvalidCursor(LoyaltyError):
    """A cursor that no page gave."""

    code = "invalid_cursor"
    text = "The cursor was not given by this list. Start again without one."


class MembersService:
    """Enrols and reads members."""

    def __init__(
        self,
        context: Context,
        shops: ShopsService,
        profiles: ProfileService,
        member_profiles: MemberProfilesService,
    ) -> None:
        self._member_profiles = member_profiles
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._shops = shops
        self._profiles = profiles

    async def enrol(
        self, actor: Actor, body: api_members.MemberBody
    ) -> tuple[api_members.MemberPersonView, bool]:
        """Enrol a member, with an active card where one is given; the same again is a replay (True).

        E-mail and phone are kept hashed beside the seal for one purpose: that the answer can name members who
        may be the same person. Raises: IdempotencyConflict: the id or the card is taken; ShopNotFound;
            EnrolmentInvalid; ProfileUnknown, FieldWithoutPurpose, ProfileValueInvalid, FieldNeedsConsent.
        """
        access.require(actor, access.MEMBERS_WRITE)
        return await self.enrol_holder(actor, body)

    async def enrol_holder(
        self, actor: Actor, body: api_members.MemberBody
    ) -> tuple[api_members.MemberPersonView, bool]:
        """The same, for services that asked for a permission of their own. Raises: as `enrol`."""
        group_id = actor.group_id
        if body.home_shop_id is not None:
            await self._shops.get_row(group_id, body.home_shop_id)
        keys = self._vault.new_member(group_id, body.member_id)
        now_ms = self._clock()
        person = await self._member_profiles.apply(
            group_id, _checked_person(body, now_ms), _profile_of(body), member_id=None
        )
        row = MemberRow(
            group_id=group_id,
            member_id=body.member_id,
            key_wrapped=keys.key_wrapped,
            person_sealed=seal_person(self._vault, group_id, body.member_id, keys.key, person),
            subject_sealed=keys.subject_sealed,
            language=body.language,
            home_shop_id=body.home_shop_id,
            enrolled_ms=now_ms,
            email_hash=self._vault.lookup_hash(group_id, "email", normal_email(person.email)),
            phone_hash=self._vault.lookup_hash(group_id, "phone", normal_phone(person.phone)),
            input_hash=self._input_hash(group_id, body),
        )
        card = None
        if body.card_number is not None:
            card = CardRow(
                group_id=group_id,
                card_number=plain_card_number(body.card_number),
                uid="",
                member_id=body.member_id,
                state=CardState.ACTIVE,
                reason="",
                replaced_by=None,
                valid_until_ms=None,
                issued_ms=now_ms,
            )
        recorded = await self._store.enrol_member(row, card)
        words = words_of(self._vault, group_id, person, row.home_shop_id)
        if words:
            await self._store.put_words(group_id, recorded.row.member_id, words)
        view = await self._person_view(recorded.row)
        twins = await self._possible_duplicates(actor, recorded.row)
        return structs.replace(view, possible_duplicates=twins), recorded.is_replay

    async def _possible_duplicates(self, actor: Actor, member: MemberRow) -> list[str]:
        """Who else has this e-mail address or phone number; nobody for who may not read members."""
        if not actor.may(access.MEMBERS_READ) or (member.email_hash or member.phone_hash) is None:
            return []
        rows = await self._store.find_members_by_hash(member.group_id, member.email_hash, member.phone_hash)
        return [row.member_id for row in rows if row.member_id != member.member_id][:PAGE_ROWS_MAX]

    async def get_member(self, actor: Actor, member_id: str) -> api_members.MemberPersonView:
        """A member's personal data. Raises: MemberNotFound."""
        access.require(actor, access.MEMBERS_READ)
        return await self._person_view(await self._get_row(actor, member_id))

    async def get_balance(self, actor: Actor, member_id: str) -> api_members.BalanceView:
        """A member's points. Raises: MemberNotFound."""
        access.require(actor, access.MEMBERS_READ)
        member = await self._get_row(actor, member_id)
        now_ms = self._clock()
        overview = await self._store.member_overview(actor.group_id, member_id, now_ms, 0)
        known = await self._store.find_points(actor.group_id, member_id)
        zone = await self._profiles.zone_of(actor.group_id, member.home_shop_id)
        leases = await self._store.list_leases_of_member(actor.group_id, member_id)
        return api_members.BalanceView(
            member_id=member_id,
            points=overview.points,
            points_owed=overview.points_owed,
            expiring=expiring_view(overview.expiring, zone),
            points_held=known.held,
            points_pending=known.pending,
            points_leased=sum(each.left for each in leases),
        )

    async def list_tickets(
        self, actor: Actor, member_id: str, *, before: str | None = None, limit: int = 0
    ) -> api_members.PageView:
        """A page of a member's tickets as totals, newest first. Raises: MemberNotFound, InvalidCursor."""
        access.require(actor, access.MEMBERS_READ)
        await self._get_row(actor, member_id)
        size = min(limit or PAGE_ROWS_MAX, PAGE_ROWS_MAX)
        rows = await self._store.list_tickets(actor.group_id, member_id, _parse_cursor(before), size + 1)
        page = rows[:size]
        following = f"{page[-1].occurred_ms}:{page[-1].sale_id}" if len(rows) > size else None
        return api_members.PageView(tickets=ticket_views(page), next=following)

    async def list_reads(self, actor: Actor, member_id: str) -> api_value.ReadListView:
        """Who read the member's purchase lines, newest first. Raises: MemberNotFound."""
        access.require(actor, access.MEMBERS_READ)
        await self._get_row(actor, member_id)
        rows = await self._store.list_reads(actor.group_id, member_id, PAGE_ROWS_MAX)
        return api_value.ReadListView(
            reads=[api_value.ReadView(at_ms=row.at_ms, actor=row.actor, purpose=row.purpose) for row in rows]
        )

    def _input_hash(self, group_id: str, body: api_members.MemberBody) -> bytes:
        """Keyed: a plain hash of a name and a birth date can be guessed, and would outlive an erasure."""
        return self._vault.content_hash(group_id, msgspec.json.encode(body, order="deterministic"))

    async def _get_row(self, actor: Actor, member_id: str) -> MemberRow:
        row = await self._store.find_member(actor.group_id, member_id)
        if row is None:
            raise MemberNotFound(member_id=member_id)
        return row

    async def _person_view(self, member: MemberRow) -> api_members.MemberPersonView:
        person = open_person(self._vault, member)
        known = await self._store.find_points(member.group_id, member.member_id)
        cards = await self._store.list_cards(member.group_id, member.member_id)
        return api_members.MemberPersonView(
            member_id=member.member_id,
            family_name=person.family_name,
            given_name=person.given_name,
            salutation=person.salutation,
            language=member.language,
            email=person.email,
            phone=person.phone,
            birth_date=person.birth_date,
            home_shop_id=member.home_shop_id,
            enrolled_ms=member.enrolled_ms,
            cards=[view_of(card) for card in cards],
            points=known.balance,
            merged_into=member.merged_into,
            merged_ids=list(await self._store.list_merged(member.group_id, member.member_id)),
        )


def _checked_person(body: api_members.MemberBody, now_ms: int) -> Person:
    """Personal data as the domain takes them. Raises: EnrolmentInvalid."""
    fields = {
        name: value
        for name, value in msgspec.structs.asdict(body).items()
        if name in ENROLMENT_FIELDS and value is not None
    }
    taken = parse_enrolment(fields, today=local_day(now_ms, UTC))
    return Person(
        family_name=taken.family_name,
        given_name=taken.given_name,
        salutation=taken.salutation.value,
        email=taken.email,
        phone=taken.phone,
        birth_date=taken.birth_date.isoformat() if taken.birth_date else "",
    )


def _profile_of(body: api_members.MemberBody) -> api_profiles.ProfileBody:
    """The profile that is given at enrolment (P-25)."""
    return api_profiles.ProfileBody(
        profile=body.profile,
        fields=dict(body.profile_fields),
        preferred_channel=body.preferred_channel,
        preferred_payment=body.preferred_payment,
    )


def _parse_cursor(before: str | None) -> tuple[int, str] | None:
    if before is None:
        return None
    moment, _, sale_id = before.partition(":")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 15 and sale_id):
        raise InvalidCursor
    return int(moment), sale_id
