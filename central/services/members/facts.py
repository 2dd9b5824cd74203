"""The facts of a member that a programme's rules read: looked up once per quote, kept sealed with the ticket.

Which moment they are of: that of the terms. Traits, birthdays, age and the last months are as of the moment
that decides (the quote's, else the ticket's own). Purchases and points are counted as central knows them when
it decides, so that every visit has a number of its own and a late ticket is not another first one. A quote
carries its facts, sealed under the member's key: a sale under it comes out as quoted, whatever changed since.
"""

import contextlib
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Final

import msgspec

from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.services.core.prepared_key import SealBroken
from central.services.core.sealed_people import ERASED, Person, open_person
from central.storage.interface.facts import FactsAsked, FactsRow
from central.storage.interface.rows import MemberRow
from loyalty.programme import member_facts as domain
from loyalty.programme.member_facts import KnownMember, MemberFactValues, Purchases
from loyalty.programme.traits import FamilyBirthdays, TraitKind

_QUARTER_MONTHS: Final = 3
_YEAR_MONTHS: Final = 12
_NO_VALUES: Final[MemberFactValues] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Facts by name. `tickets_before`: the number of tickets they were read after; a guard of the commit.

    None where no fact moves with another ticket, or where a quote promised the outcome.
    """

    values: MemberFactValues = field(default_factory=lambda: _NO_VALUES)
    tickets_before: int | None = None


NOTHING_READ: Final = MemberFacts()


class _TicketFacts(msgspec.Struct, frozen=True):
    """The part of a ticket's stored facts that is read again."""

    member: bytes = b""
    earns_minor: int | None = None


def sealed_in(ticket_facts: str) -> bytes:
    """The sealed facts of the member among a ticket's facts; empty where none were read."""
    return msgspec.json.decode(ticket_facts, type=_TicketFacts).member


def earns_in(ticket_facts: str) -> int | None:
    """How much of the ticket's amount earned, by its facts; None: all of it."""
    return msgspec.json.decode(ticket_facts, type=_TicketFacts).earns_minor


class MemberFactsService:
    """Reads, seals and opens facts of members."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault
        self._keys = MemberKeys(context)

    async def read(
        self, member: MemberRow, needed: frozenset[str], *, at_ms: int, zone: tzinfo
    ) -> MemberFacts:
        """The needed facts as of a moment, in one round trip to the store, none where it has none of them."""
        needed &= domain.DERIVED.keys()
        if not needed:
            return NOTHING_READ
        day = local_day(at_ms, zone)
        asked = _asked(needed, day, at_ms=at_ms, zone=zone)
        row = FactsRow()
        if asked != FactsAsked(at_ms=at_ms):
            row = await self._store.read_facts(member.group_id, member.member_id, asked)
        person = open_person(self._vault, member) if needed & domain.PERSON_FACTS else ERASED
        values = domain.derive_facts(known_of(member, person, row, zone, day=day), needed, day)
        return MemberFacts(values, row.tickets if needed & domain.MOVING_FACTS else None)

    def seal(self, member: MemberRow | None, facts: MemberFacts) -> bytes:
        """Facts under the member's key; empty where there is nothing to seal."""
        if member is None or member.key_wrapped is None or not facts.values:
            return b""
        key = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        plain = msgspec.json.encode(facts.values, order="deterministic")
        return self._vault.seal_facts(member.group_id, member.member_id, key, plain)

    def open(self, member: MemberRow | None, sealed: bytes) -> MemberFacts:
        """Facts that were sealed for this member; none after erasure."""
        if member is None or member.key_wrapped is None or not sealed:
            return NOTHING_READ
        key = self._vault.open_key(member.group_id, member.member_id, member.key_wrapped)
        plain = self._vault.open_facts(member.group_id, member.member_id, key, sealed)
        stored = msgspec.json.decode(plain, type=dict[str, bool | int | str | list[str] | None])
        return MemberFacts(
            {name: frozenset(value) if isinstance(value, list) else value for name, value in stored.items()}
        )

    async def open_quoted(self, member: MemberRow | None, sealed: bytes) -> MemberFacts:
        """As `open`, of a quote: one that is older than a merge was sealed for the duplicate."""
        try:
            return self.open(member, sealed)
        except SealBroken:
            assert member is not None, "nothing is opened for nobody"
            for former in await self._store.list_merged(member.group_id, member.member_id):
                with contextlib.suppress(SealBroken):
                    return self.open(await self._keys.find(member.group_id, former), sealed)
            raise


def _asked(needed: frozenset[str], day: date, *, at_ms: int, zone: tzinfo) -> FactsAsked:
    quarter = needed & domain.QUARTER_FACTS
    year = needed & domain.YEAR_FACTS
    return FactsAsked(
        at_ms=at_ms,
        quarter_ms=begin_ms(day, _QUARTER_MONTHS, zone) if quarter else None,
        year_ms=begin_ms(day, _YEAR_MONTHS, zone) if year else None,
        counts=bool(needed & domain.MOVING_FACTS),  # also where only a window is read: it guards the commit
        last=bool(needed & domain.LAST_FACTS),
        points=bool(needed & domain.POINTS_FACTS),
        traits=bool(needed & domain.TRAIT_FACTS),
    )


def begin_ms(day: date, months: int, zone: tzinfo) -> int:
    """The local midnight that begins the same day some months earlier."""
    return midnight_ms(domain.months_before(day, months), zone)


def midnight_ms(day: date, zone: tzinfo) -> int:
    """The local midnight that begins a day."""
    return int(datetime.combine(day, datetime.min.time(), tzinfo=zone).timestamp()) * 1000


def known_of(member: MemberRow, person: Person, row: FactsRow, zone: tzinfo, *, day: date) -> KnownMember:
    """What the domain derives facts from, on a local day."""
    alone = {trait.kind: trait.value for trait in row.traits}
    return KnownMember(
        language=member.language,
        home_shop=member.home_shop_id,
        enrolled_on=local_day(member.enrolled_ms, zone),
        birth_date=_day(person.birth_date),
        family=FamilyBirthdays(
            _day(person.spouse_birth_date),
            tuple(date.fromisoformat(text) for text in person.child_birth_dates),
        ),
        tier=alone.get(TraitKind.TIER),
        profile=person.profile or None,
        choices=frozenset(
            f"{name}={each.value}"
            for name, each in person.fields.items()
            if each.is_fact and each.until >= day.isoformat()
        )
        or None,
        preferred_channel=person.preferred_channel or None,
        preferred_payment=person.preferred_payment or None,
        grade=alone.get(TraitKind.GRADE),
        segments=frozenset(trait.value for trait in row.traits if trait.kind == TraitKind.SEGMENT),
        is_sponsored=TraitKind.SPONSOR in alone,
        points=row.points,
        purchases=Purchases(
            tickets=row.tickets,
            returned=row.returned,
            visits_3_months=row.visits_3_months,
            spent_3_months_minor=row.spent_3_months_minor,
            spent_12_months_minor=row.spent_12_months_minor,
            last_on=None if row.last_ms is None else local_day(row.last_ms, zone),
        ),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
