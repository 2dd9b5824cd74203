"""Suppliers and associations: who funds what the group gives, and whom statements go to (P-49, C-21)."""

import re
from typing import Final

import msgspec
from stdnum import iban

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.storage.base import Change
from central.storage.interface.parties import PartyRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.party import PartyKind
from wire import api_parties

_LIKE_AN_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]*", re.ASCII)


class PartyNotFound(LoyaltyError):
    """No such supplier or association in this group."""

    code = "party_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no {party} in this group. Check the id, or put it first."


class PartyKindUnknown(LoyaltyError):
    """Parties are suppliers or associations; shops have a table of their own."""

    code = "party_kind_unknown"
    trouble = Trouble.NOT_FOUND
    text = "There are no parties of the kind {kind}. Use supplier or association."


class BankAccountInvalid(LoyaltyError):
    """An IBAN with a slip in it would send money astray."""

    code = "bank_account_invalid"
    text = "The IBAN {shown} has a slip in it. Copy it again from the party's own paper."


class PartiesService:
    """Reads and puts parties."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock

    async def put(
        self, actor: Actor, kind: str, party_id: str, body: api_parties.PartyBody
    ) -> tuple[api_parties.PartyView, Change]:
        """Put a party; the same content again changes nothing.

        Raises: PartyKindUnknown, BankAccountInvalid.
        """
        access.require(actor, access.PARTIES_WRITE)
        account = _checked_account(body.bank_account)
        body = msgspec.structs.replace(body, bank_account=account)
        told = msgspec.structs.asdict(body)
        row = PartyRow(group_id=actor.group_id, kind=_kind(kind), party_id=party_id, **told)
        return view_of(row), await self._store.put_party(row, self._clock())

    async def get(self, actor: Actor, kind: str, party_id: str) -> api_parties.PartyView:
        """A party. Raises: PartyKindUnknown, PartyNotFound."""
        access.require(actor, access.PARTIES_READ)
        return view_of(await self.get_row(actor.group_id, kind, party_id))

    async def list_parties(self, actor: Actor) -> api_parties.PartyListView:
        """All parties of the group."""
        access.require(actor, access.PARTIES_READ)
        rows = await self._store.list_parties(actor.group_id)
        return api_parties.PartyListView(parties=[view_of(row) for row in rows])

    async def get_row(self, group_id: str, kind: str, party_id: str) -> PartyRow:
        """A party for other services. Raises: PartyKindUnknown, PartyNotFound."""
        row = await self._store.find_party(group_id, _kind(kind), party_id)
        if row is None:
            raise PartyNotFound(party=f"{kind}/{party_id}")
        return row


def view_of(row: PartyRow) -> api_parties.PartyView:
    """A party as answers show it."""
    return api_parties.PartyView(
        party=row.party,
        kind=row.kind,
        party_id=row.party_id,
        name=row.name,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
        email=row.email,
        language=row.language,
        tax_number=row.tax_number,
        bank_account=row.bank_account,
        bank_reference=row.bank_reference,
        state=row.state,
    )


def _kind(kind: str) -> str:
    if kind not in list(PartyKind):
        raise PartyKindUnknown(kind=kind)
    return kind


def _checked_account(text: str) -> str:
    """An IBAN without its spaces, checked; other account numbers as they are."""
    if not _LIKE_AN_IBAN.fullmatch(text.upper()):
        return text.strip()
    compact: str = iban.compact(text)
    if not iban.is_valid(compact):
        raise BankAccountInvalid(shown=f"{compact[:4]}...{compact[-4:]}")
    return compact
