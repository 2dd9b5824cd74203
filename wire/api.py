"""The JSON API of central under /api/v1, one definition for both ends: problems, evidence, events.

Each further topic has a module `api_*` beside this one: `api_sales`, `api_members`, and so on.

OpenAPI 3.1 is generated from these structs. Value is integer minor units; times are UTC milliseconds
(`_ms`); ids named `*_id` in requests are made by the caller before sending: same id, same answer.
"""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.cards import EVIDENCE_CHARS_MAX, PIN_DIGITS_MAX
from wire.api_base import (
    Body,
    EvidenceText,
    Id,
    View,
)  # fmt: skip

# Problems ---------------------------------------------------------------------------------------------------


class Problem(View, frozen=True):
    """RFC 9457 problem+json. `code` is stable and documented; `detail` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    params: dict[str, str | int | bool | None] = {}


# Identification ---------------------------------------------------------------------------------------------


class EvidenceBody(Body, frozen=True):
    """What a reader or till saw, unjudged (see `wire.messages.Evidence`): central decides what it proves.

    `value`: the UID in upper-case hex for NFC, the whole link of an NTAG 424 DNA, `iccsn:` and the serial
    number for contact chip cards, the number for barcode, QR and typed numbers, the text of the code that a
    phone shows. `proof_id`: of the proof that
    the card gave in this session, where value is to move (`POST /cards/proofs`).
    """

    medium: Literal["nfc_uid", "ntag424", "chip", "barcode", "qr", "phone", "typed"]
    value: EvidenceText
    pin_proof: Annotated[str, Meta(max_length=EVIDENCE_CHARS_MAX)] = ""
    """What `identify` gave for a right PIN: it adds to this tap, for a short while. Never the PIN."""
    proof_id: Id | None = None


class IdentifyBody(Body, frozen=True):
    """Who holds this card? With the member's PIN it proves more, where the chip proved itself."""

    evidence: EvidenceBody
    pin: Annotated[str, Meta(min_length=1, max_length=PIN_DIGITS_MAX)] | None = None


class TicketView(View, frozen=True):
    """A sale or return as totals."""

    sale_id: str
    occurred_ms: int
    shop_id: str
    shop_name: str
    total_minor: int
    points: int


class ExpiringView(View, frozen=True):
    """Next points to expire and their last day, ISO date in the shop's time zone."""

    points: int
    last_day: str


class MilestoneView(View, frozen=True):
    """The next voucher in reach."""

    points: int
    worth_minor: int


class ProfileView(View, frozen=True):
    """A member as far as the strength of the evidence allows: `points` or a range, never both.

    `may` lists the acts this strength permits (see `loyalty.programme.identification.Act`).
    """

    member_id: str
    display_name: str
    language: str
    points: int | None = None
    points_from: int | None = None
    points_to: int | None = None
    points_today: int = 0
    worth_minor: int = 0
    milestone: MilestoneView | None = None
    expiring: ExpiringView | None = None
    tickets: list[TicketView] = []
    may: list[str] = []


class ActLimitView(View, frozen=True):
    """How much of an act of value is permitted at a time: `most` 0 not at all, None without limit.

    `unit`: points, or minor of the group's currency. `needs`: the least strength that permits more than the
    one at hand; empty where none does.
    """

    act: str
    unit: str
    most: int | None
    needs: str = ""


class IdentifyView(View, frozen=True):
    """The holder of an active card. A card that may not be used is a problem with its own code.

    `limits`: the acts of value, with what this strength may do of them and what more asks for.
    """

    card_number: str
    strength: str
    profile: ProfileView
    has_pin: bool = False
    """The chip proved itself, and a PIN may be asked for."""
    pin_proof: str = ""
    """After a right PIN: to be sent with this tap's evidence."""
    limits: list[ActLimitView] = []
    is_carer: bool = False
    """The card acts for this member: it is somebody else's, and may less (`loyalty.programme.carer`)."""


# Events and health ------------------------------------------------------------------------------------------


class EventView(View, frozen=True):
    """A fact in the past tense, on `GET /api/v1/stream`. `body` holds ids; amounts for the office alone."""

    seq: int
    kind: str
    at_ms: int
    body: dict[str, str | int | bool | None]


class HealthView(View, frozen=True):
    """`ok` or what is wrong."""

    status: str
    version: str
    checks: dict[str, str] = {}
