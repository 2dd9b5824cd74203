"""The JSON API's suppliers and associations: who may fund what the group gives, and whom statements go to."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits import texts as limits
from wire.api_base import Body, Name, View

_Text = Annotated[str, Meta(max_length=limits.NAME_CHARS_MAX)]


class PartyBody(Body, frozen=True):
    """A supplier or an association, with what a statement needs. No name of a person belongs here.

    `bank_account`: an IBAN, or another account number where a country has none; `bank_reference`: what a
    payment quotes. `state` ended: no new programme may name it; what is owed is settled all the same.
    """

    name: Name
    street: _Text = ""
    postcode: Annotated[str, Meta(max_length=16)] = ""
    city: _Text = ""
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2})?(?!\n)$")] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    language: Literal["", "fr", "de", "it", "en", "zh"] = ""
    tax_number: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = ""
    bank_account: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = ""
    bank_reference: Annotated[str, Meta(max_length=limits.ID_CHARS_MAX)] = ""
    state: Literal["active", "ended"] = "active"


class PartyView(View, frozen=True):
    """A party as it stands; `party` is its name in programmes and in the ledger, such as `supplier/acme`."""

    party: str
    kind: str
    party_id: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    email: str
    language: str
    tax_number: str
    bank_account: str
    bank_reference: str
    state: str


class PartyListView(View, frozen=True):
    """All suppliers and associations of the group, by kind and id."""

    parties: list[PartyView]
