"""Leases in the API: points that central sets aside for one terminal to burn in a cut (docs/offline.md)."""

import hashlib
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.limits.leases import LEASE_POINTS_MAX, LEASE_REASON_CHARS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View

SIGNED_AS: Final = b"officine lease 1\0"
"""Stands before a lease's document when it is signed: no signature of ours means two things."""


class LeaseDocument(msgspec.Struct, frozen=True, kw_only=True, tag="lease", tag_field="kind"):
    """What central signs: `amount` points of a card, to be burned at this terminal until `expires_ms`.

    `card`: see `card_mark`. `medium`: how the card must be read, as when it was granted. `needs`: the least
    strength of what is seen. Every `step_points` points pay `step_minor` of the currency.
    """

    group_id: str
    terminal_id: str
    lease_id: str
    card: str
    medium: str
    needs: str
    asset: str
    amount: int
    step_points: int
    step_minor: int
    currency: str
    granted_ms: int
    expires_ms: int


def card_mark(lease_id: str, identity: str) -> str:
    """Which card a lease is for: its chip's UID or its number, hashed with the lease."""
    return hashlib.sha256(f"{lease_id}\n{identity}".encode()).hexdigest()


class LeaseBody(Body, frozen=True):
    """Set points of this card aside for the terminal that asks; how many is the programme's word."""

    lease_id: Id
    holder: EvidenceBody


class LeaseView(View, frozen=True):
    """A lease: `document` (JSON) as signed, `signature` in base64 (see `wire.offline.check`).

    `drawn`: what central has settled of it. `is_wanted`: false when it shall be given back now: its card is
    blocked or replaced.
    """

    lease_id: str
    state: Literal["live", "returned", "lost", "ended"]
    amount: int
    drawn: int
    expires_ms: int
    document: str
    signature: str
    is_wanted: bool


class LeaseListView(View, frozen=True):
    """The live leases of the terminal that asks."""

    leases: list[LeaseView]


class LeaseReturnBody(Body, frozen=True):
    """The terminal burned `drawn` points of it in all and will burn no more: the rest is free again."""

    drawn: Annotated[int, Meta(ge=0, le=LEASE_POINTS_MAX)]


class LeaseLostBody(Body, frozen=True):
    """Declare a lease lost: its terminal will not come back. `reason` is kept."""

    reason: Annotated[str, Meta(min_length=1, max_length=LEASE_REASON_CHARS_MAX)]


class LeaseStandView(View, frozen=True):
    """A lease as head office sees it. It may be declared lost from `lost_from_ms` on."""

    lease_id: str
    terminal_id: str
    shop_id: str
    member_id: str
    state: Literal["live", "returned", "lost", "ended"]
    amount: int
    drawn: int
    granted_ms: int
    expires_ms: int
    lost_from_ms: int
    ended_by: str | None
    reason: str


class LeaseStandsView(View, frozen=True):
    """Live leases of the group; `next`: the cursor of the next page, null at the end."""

    leases: list[LeaseStandView]
    next: str | None


class LeaseQuery(Body, frozen=True):
    """A page of leases."""

    after: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
