"""Somebody joins at the kiosk by an e-mail address alone: the API's bodies and views (C-08)."""

from typing import Annotated, Literal

from msgspec import Meta

from wire.api import EvidenceBody
from wire.api_base import Body, Id, View
from wire.api_details import TextVersion

Email = Annotated[str, Meta(min_length=3, max_length=254)]


class JoinOfferView(View, frozen=True):
    """One may join here. `days`: how long the link of the mail counts, and an address is kept without it."""

    days: int


class JoinBody(Body, frozen=True):
    """Somebody wishes to join. `join_id`: made before it is sent; the same one with the same data from the
    same terminal is the same wish, also where `card` is left out then: it may have been lifted since.
    `card`: a card from stock that lies there, which earns from now on.

    `agreed`: they read what is kept and why (`text_version`), and agreed.
    """

    join_id: Id
    email: Email
    agreed: bool
    text_version: TextVersion
    language: Literal["fr", "de", "it", "en", "zh"] = "fr"
    card: EvidenceBody | None = None


class JoinView(View, frozen=True):
    """A mail is on its way: the same words whether the address is a member's or nobody's.

    `card_state` null: no card was there.
    """

    days: int
    card_state: str | None
