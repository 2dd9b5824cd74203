"""The JSON API's counter: clerks, members' PINs, and what clerks do for members."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.cards import EVIDENCE_CHARS_MAX, PIN_DIGITS_MAX
from loyalty.limits.counter import COUNTER_ID_CHARS_MAX, INCIDENT_NOTE_CHARS_MAX, INCIDENT_NOTES_MAX
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View
from wire.api_sales import BasketBody

Pin = Annotated[str, Meta(min_length=1, max_length=PIN_DIGITS_MAX)]
Clerk = Annotated[str, Meta(min_length=1, max_length=EVIDENCE_CHARS_MAX)]
"""The pass that signing in gave."""
CounterId = Annotated[
    str,
    Meta(min_length=1, max_length=COUNTER_ID_CHARS_MAX, pattern=r"^[A-Za-z0-9._:\-]+(?!\n)$"),
]
"""Short enough that the ids of what an act moves are made of it."""
Role = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
Identity = Literal[
    "id_card", "passport", "residence_permit", "driving_licence", "insured_card", "known_person"
]
"""By what the clerk knew that the member is the member."""


class StaffBody(Body, frozen=True):
    """A clerk. Without a shop: serves in all. `code`: the one to sign in with; left out, it stays."""

    role: Role
    shop_id: Id | None = None
    code: Pin | None = None
    is_ended: bool = False


class StaffView(View, frozen=True):
    """A clerk; `is_locked`: too many wrong codes, until head office sets one."""

    staff_id: str
    role: str
    shop_id: str | None
    put_ms: int
    ended_ms: int | None
    has_code: bool
    is_locked: bool


class StaffListView(View, frozen=True):
    """By short name."""

    staff: list[StaffView]


class SignInBody(Body, frozen=True):
    """A clerk begins to serve at this terminal. `shop_id`: for a token of no shop."""

    staff_id: Id
    code: Pin
    shop_id: Id | None = None


class CardSignInBody(Body, frozen=True):
    """A clerk begins to serve here by the card of staff, held to the reader, and the code."""

    card: EvidenceBody
    code: Pin
    shop_id: Id | None = None


class ClerkView(View, frozen=True):
    """Who is signed in. `clerk`: the pass that each act at the counter is sent with."""

    clerk: str
    staff_id: str
    role: str
    shop_id: str
    expires_ms: int


class PinBody(Body, frozen=True):
    """A clerk sets a first PIN, resets one, or unlocks it; the card is there, the identity was checked.

    `pin`: what the member typed; none where it is only unlocked.
    """

    act_id: Id
    clerk: Clerk
    holder: EvidenceBody
    kind: Literal["set", "reset", "unlock"]
    identity: Identity
    pin: Pin | None = None


class PinHolderBody(Body, frozen=True):
    """Whose card lies there? `clerk`: who asks; or `staff_card`: theirs, held to this reader a moment ago."""

    holder: EvidenceBody
    clerk: Clerk | None = None
    staff_card: EvidenceBody | None = None


class PinHolderView(View, frozen=True):
    """Enough to compare with paper and card. `name`: given name and initial; `card_end`: last digits."""

    member_id: str
    name: str
    card_number: str
    card_end: str


class PinView(View, frozen=True):
    """The card has a PIN now, with all its tries."""

    member_id: str
    tries_left: int


class PinChangeBody(Body, frozen=True):
    """A member who knows the PIN chooses another."""

    holder: EvidenceBody
    pin: Pin
    new_pin: Pin


UndoReason = Literal["wrong_article", "wrong_amount", "customer_left", "other_tender", "test", "other"]
GiveReason = Literal["card_forgotten", "card_found", "wrong_card", "two_customers", "other"]


class UndoBody(Body, frozen=True):
    """All of the last ticket of this terminal comes back, within its time."""

    act_id: CounterId
    clerk: Clerk
    sale_id: Id
    reason: UndoReason


class GiveTicketBody(Body, frozen=True):
    """A ticket becomes the member's whose card this is: one of nobody, or of the wrong member."""

    act_id: CounterId
    clerk: Clerk
    sale_id: Id
    holder: EvidenceBody
    reason: GiveReason


class MendedTicketView(View, frozen=True):
    """What was done: the return of the old ticket and, where it went to another, the new one.

    `points` and `total_minor`: of the new ticket; below 0: what an undone one takes back.
    """

    act_id: str
    sale_id: str
    return_id: str
    new_sale_id: str | None
    member_id: str | None
    points: int
    total_minor: int


class CounterActView(View, frozen=True):
    """What a clerk did. `from_id`: whose it was before; `reason`: a word."""

    act_id: str
    kind: str
    shop_id: str
    staff_id: str
    role: str
    member_id: str | None
    from_id: str | None
    sale_id: str | None
    reason: str
    day: str
    at_ms: int


class CounterActsQuery(Body, frozen=True):
    """Done in [from_ms, to_ms)."""

    from_ms: Millis = 0
    to_ms: Millis = 253_402_300_799_999


class CounterActListView(View, frozen=True):
    """The latest first, at most a page; `next_to_ms`: ask up to there for those before."""

    acts: list[CounterActView]
    next_to_ms: int | None


class ClerkSumView(View, frozen=True):
    """How often a clerk did what."""

    staff_id: str
    role: str
    acts: dict[str, int]


class NoticedView(View, frozen=True):
    """Something to look at. `beside`: what `acts` is held against (all that the clerk gave, the clerk in the
    middle, what was done for members).
    """

    staff_id: str
    pattern: str
    act: str
    member_id: str | None
    acts: int
    beside: int


class CounterReportView(View, frozen=True):
    """`is_cut`: there was more than could be counted at once; ask for a shorter time."""

    clerks: list[ClerkSumView]
    noticed: list[NoticedView]
    is_cut: bool


class ParkBody(Body, frozen=True):
    """A basket put aside. `label`: what the clerk calls it; no name of a person."""

    parked_id: Id
    clerk: Clerk
    basket: BasketBody
    holder: EvidenceBody | None = None
    label: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""


class ParkedContent(Body, frozen=True):
    """What is sealed of it."""

    basket: BasketBody
    holder: EvidenceBody | None = None


class ParkedView(View, frozen=True):
    """A basket that waits until `expires_ms`."""

    parked_id: str
    label: str
    staff_id: str
    parked_ms: int
    expires_ms: int


class ParkedListBody(Body, frozen=True):
    """Who asks."""

    clerk: Clerk


class TakeUpBody(Body, frozen=True):
    """Who takes it up. `take_id`: of this taking up, made by the till; with it, it may ask again."""

    take_id: Id
    clerk: Clerk


class ParkedListView(View, frozen=True):
    """The oldest first."""

    parked: list[ParkedView]


class TakenUpView(View, frozen=True):
    """The basket, as it was put aside."""

    parked_id: str
    label: str
    basket: BasketBody
    holder: EvidenceBody | None


NoteText = Annotated[str, Meta(min_length=1, max_length=INCIDENT_NOTE_CHARS_MAX)]
Incident = Literal[
    "amount_error", "address_error", "withdrawal_error", "sale_cancellation", "name_change", "card_trouble",
    "points_missing", "other",
]  # fmt: skip


class IncidentBody(Body, frozen=True):
    """A problem handed to head office in one request. `sale_id`: the ticket; its member is the incident's.

    `holder`: the member's card, where there is no ticket.
    """

    incident_id: CounterId
    clerk: Clerk
    kind: Incident
    sale_id: Id | None = None
    holder: EvidenceBody | None = None
    text: NoteText | None = None


class IncidentActBody(Body, frozen=True):
    """A step. `notes`: how many the incident had when it was looked at; another step since is refused."""

    act: Literal["take", "answer", "close", "reopen"]
    notes: Annotated[int, Meta(ge=1, le=INCIDENT_NOTES_MAX)]
    text: NoteText | None = None


class NoteView(View, frozen=True):
    """A step: by a clerk (`staff/...`) or a token of head office. `text` None: nothing, or erased."""

    act: str
    actor: str
    text: str | None
    at_ms: int


class IncidentView(View, frozen=True):
    """An incident; `history` only where one is looked at."""

    incident_id: str
    kind: str
    state: str
    shop_id: str
    staff_id: str
    member_id: str | None
    sale_id: str | None
    taken_by: str | None
    notes: int
    opened_ms: int
    changed_ms: int
    history: list[NoteView] = []


class IncidentListView(View, frozen=True):
    """The oldest first, at most a page."""

    incidents: list[IncidentView]


class IncidentsQuery(Body, frozen=True):
    """Of which state, opened at `after_ms` or later."""

    state: Literal["open", "taken", "answered", "closed"] = "open"
    after_ms: Millis = 0


class IncidentLookBody(Body, frozen=True):
    """A clerk looks what became of it."""

    clerk: Clerk


Email = Annotated[str, Meta(min_length=3, max_length=254)]
FormNumber = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX, pattern=r"^[A-Za-z0-9.\-]+(?!\n)$")]
Purposes = Annotated[list[Literal["health", "email", "sms", "letter", "telephone"]], Meta(max_length=5)]
BirthDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]
PersonName = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]


class CounterEnrolBody(Body, frozen=True):
    """Enrolment by one field: an e-mail address, or the number of a paper form; the card earns at once.

    `agreed`: the member was asked and agreed to take part. `consents`: what the member agreed to beside it.
    """

    act_id: CounterId
    clerk: Clerk
    member_id: Id
    agreed: bool
    email: Email | None = None
    form_number: FormNumber | None = None
    card: EvidenceBody | None = None
    language: Literal["fr", "de", "it", "en", "zh"] = "fr"
    consents: Purposes = []


class CounterEnrolView(View, frozen=True):
    """The member is there; the card is to be validated by the data that are still missing."""

    member_id: str
    card_number: str | None
    card_state: str | None
    form_number: str | None
    is_invited: bool = False
    """A mail with a link is on its way, by which they complete the data themselves."""


class CompletionBody(Body, frozen=True):
    """The data of a member who was enrolled at the counter; the card is validated by them."""

    family_name: PersonName
    given_name: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    salutation: Literal["", "mr", "ms"] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    birth_date: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?(?!\n)$")] = ""
    consents: Purposes = []


class CompletionView(View, frozen=True):
    """The member is complete. `possible_duplicates`: who has the same e-mail or phone: to be merged."""

    member_id: str
    possible_duplicates: list[str]


class FormView(View, frozen=True):
    """A paper form: whose it is, and whether its data were keyed in."""

    form_number: str
    member_id: str
    taken_ms: int
    completed_ms: int | None


class FindBody(Body, frozen=True):
    """Find a member without a card: e-mail or phone, or name and birth date. Each search is kept."""

    act_id: CounterId
    clerk: Clerk
    name: PersonName | None = None
    birth_date: BirthDate | None = None
    phone: Annotated[str, Meta(min_length=6, max_length=32)] | None = None
    email: Email | None = None


class FoundView(View, frozen=True):
    """A member, as much as lets the right one be told: no address, no full e-mail, no balance.

    `found`: for what may follow, for ten minutes, at this terminal.
    """

    found: str
    display_name: str
    birth_year: str
    email_hint: str
    has_card: bool


class FoundListView(View, frozen=True):
    """At most three; the likeliest first. `strength`: what being found proves."""

    members: list[FoundView]
    strength: str


class GiveCardBody(Body, frozen=True):
    """A member who was found gets a card: from cardless to card, or another one. The identity was checked."""

    act_id: CounterId
    clerk: Clerk
    found: Annotated[str, Meta(min_length=1, max_length=EVIDENCE_CHARS_MAX)]
    card: EvidenceBody
    identity: Identity


class InsuredCardBody(Body, frozen=True):
    """A member agrees to be known by the Swiss insured-person card. `insured`: the keyed hash of its number,
    as a reader that has the group's key hands it on; `holder`: the member's own card.
    """

    act_id: CounterId
    clerk: Clerk
    holder: EvidenceBody
    insured: Annotated[str, Meta(min_length=1, max_length=64)]
    agreed: bool


class InsuredCardView(View, frozen=True):
    """Whose card it is known as now."""

    member_id: str
