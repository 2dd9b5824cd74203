"""What the verbs of the store take and give: rows and records, in the store's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from central.storage.interface.claims import NOTHING_CLAIMED, NOTHING_UNCLAIMED, Claimed, Unclaimed
from central.storage.interface.counter import NotedAct
from central.storage.interface.leases import LeaseDraw
from central.storage.interface.offline import LateTicket
from central.storage.interface.settlement import NO_FUNDING, Funding
from loyalty.ledger.postings import Transaction
from loyalty.values import quick


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group. `programme` is the current rule set as JSON text (see `loyalty.programme`), versions are kept.

    `settings` is JSON text: names by language, colours, notices, languages, card prefix.
    """

    group_id: str
    name: str
    country: str
    currency: str
    settings: str
    programme: str
    ruleset_version: int
    created_ms: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A revocable token; only its SHA-256 is stored. `permissions` as named in `services.core.access`."""

    group_id: str
    token_id: str
    token_hash: bytes
    label: str
    permissions: frozenset[str]
    shop_id: str | None
    terminal_id: str | None
    created_ms: int
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop; addresses and opening hours as given (`opening_hours` in OpenStreetMap's notation)."""

    group_id: str
    shop_id: str
    name: str
    country: str
    time_zone: str
    external_id: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    opening_hours: str = ""
    website: str = ""
    latitude_e7: int | None = None
    longitude_e7: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article version. `price_minor` is the price valid at the moment asked for.

    `article_class` is the legal class in the group's own country; `country_classes` has those of others, None
    in a row to be put: those that stand stay.
    """

    group_id: str
    article_id: str
    name: str
    article_class: str
    codes: tuple[str, ...]
    brand: str = ""
    range: str = ""
    price_minor: int | None = None
    source: str = ""
    version: int = 0
    recorded_ms: int = 0
    tax_rate_bp: int | None = None
    """The tax in the price, basis points; None: not known."""
    atc: str | None = None
    """What a medicine is, by the WHO's classification; "": none, None: as it stands."""
    country_classes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One entry of the price history."""

    price_minor: int
    valid_from_ms: int
    recorded_ms: int


@quick
@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member. Personal data are sealed under the member's own key; look-ups go by keyed hashes.

    `key_wrapped`: the member's key under the group's key; None after erasure. `subject_sealed`: the random
    subject id of the ticket lines, sealed by the member's key.
    """

    group_id: str
    member_id: str
    key_wrapped: bytes | None
    person_sealed: bytes | None
    subject_sealed: bytes | None
    language: str
    home_shop_id: str | None
    enrolled_ms: int
    email_hash: bytes | None = None
    phone_hash: bytes | None = None
    input_hash: bytes = b""
    merged_into: str | None = None
    """The member that took this one over: a duplicate, of which only this row is left."""
    merged_key: bytes | None = None
    """A duplicate's key under that member's."""


@quick
@dataclass(frozen=True, slots=True)
class CardRow:
    """A card. `uid`: upper-case hex, `iccsn:` and a contact chip's serial number, or empty."""

    group_id: str
    card_number: str
    uid: str
    member_id: str | None
    state: str
    reason: str
    replaced_by: str | None
    valid_until_ms: int | None
    issued_ms: int
    carer_id: str | None = None
    """Set where the card is a carer's: it acts for the member, within `carer_may`."""
    carer_may: str = ""


@quick
@dataclass(frozen=True, slots=True)
class TicketRow:
    """A sale (points >= 0) or a return (negative) as totals."""

    sale_id: str
    occurred_ms: int
    recorded_ms: int
    shop_id: str
    total_minor: int
    points: int
    shop_name: str = ""


@quick
@dataclass(frozen=True, slots=True)
class ExpiringLots:
    """Points of the lots that expire first, and when."""

    points: int
    expires_ms: int


@quick
@dataclass(frozen=True, slots=True)
class MemberOverview:
    """What a screen shows of a member, read in one snapshot."""

    points: int
    points_owed: int
    points_since: int
    expiring: ExpiringLots | None
    tickets: tuple[TicketRow, ...]


@quick
@dataclass(frozen=True, slots=True)
class StoredLine:
    """A ticket line in the line store, under a random subject; nothing here names a member."""

    line_no: int
    code: str
    article_id: str | None
    article_class: str
    quantity: int
    amount_minor: int
    points: int
    returned_quantity: int = 0
    points_redeemed: int = 0
    """The line's share of the points that the ticket was paid with."""
    tax_rate_bp: int | None = None
    """The tax in the amount, as it was known when the line was priced."""


@quick
@dataclass(frozen=True, slots=True)
class SaleRecord:
    """Everything one sale writes, in ONE transaction.

    `line_key` is the HMAC that joins sale and lines under the member's key (DESIGN 11); `subject_id` the
    random subject. `facts` is JSON text: what the rules read, so that simulation needs no lines.
    `transaction` is None when nothing is earned. `redemption`: the points it was paid with; under a pending
    hold it names the hold, and what is not posted of that is free again. `reasons` is JSON text: why each
    line earned what it earned, kept in the line store. `as_of_ms`: the moment whose prices it stands on.
    """

    group_id: str
    sale_id: str
    business_key: str
    input_hash: bytes
    shop_id: str
    terminal_id: str | None
    operator: str
    member_id: str | None
    occurred_ms: int
    recorded_ms: int
    currency: str
    total_minor: int
    points: int
    ruleset_version: int
    facts: str
    warnings: str
    line_key: bytes
    subject_id: bytes
    lines: tuple[StoredLine, ...]
    transaction: Transaction | None
    reservation_id: str | None = None
    redemption: Transaction | None = None
    points_redeemed: int = 0
    hold_id: str | None = None
    reasons: str = ""
    as_of_ms: int | None = None
    claimed: Claimed = NOTHING_CLAIMED
    funding: Funding = NO_FUNDING
    tickets_before: int | None = None
    """How many tickets the member had when this was decided; a guard where given."""
    till_total_minor: int | None = None
    """What the till asked for, where that is not the total: told by an event of its own."""
    lease: LeaseDraw | None = None
    """The points were burned in a cut: `redemption` is booked out of this lease."""
    late: LateTicket | None = None
    """Of a ticket that was priced offline."""
    carer_id: str | None = None
    """Who did it for the member, by a carer's card."""
    act: NotedAct | None = None
    """How the member came to it, where that has limits: a sale that is refused uses nothing up."""


@quick
@dataclass(frozen=True, slots=True)
class SaleRow:
    """A recorded sale without its lines."""

    group_id: str
    sale_id: str
    business_key: str
    input_hash: bytes
    shop_id: str
    terminal_id: str | None
    member_id: str | None
    occurred_ms: int
    recorded_ms: int
    currency: str
    total_minor: int
    points: int
    ruleset_version: int
    warnings: str
    transaction_id: str | None
    balance_after: int | None
    points_redeemed: int = 0
    redemption_id: str | None = None
    as_of_ms: int | None = None
    """None: recorded by a release that did not keep it."""
    facts: str = "{}"
    sold_to: str | None = None
    """Whose key leads to the lines, where the one who bought was merged into `member_id` since."""

    @property
    def key_of(self) -> str | None:
        """Whose key the lines and facts are under; None: a ticket of nobody."""
        return self.sold_to or self.member_id


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units of one line that come back, with the points and money they undo."""

    line_no: int
    quantity: int
    points: int
    amount_minor: int
    already_returned: int | None = None
    """What the shares were counted from; a guard where given: another return in between is refused."""


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """Everything one return writes, in ONE transaction. Guards: returned quantities, lots, floors."""

    group_id: str
    return_id: str
    business_key: str
    input_hash: bytes
    sale_id: str
    shop_id: str
    terminal_id: str | None
    operator: str
    member_id: str | None
    occurred_ms: int
    recorded_ms: int
    total_minor: int
    points: int
    points_owed: int
    line_key: bytes
    lines: tuple[ReturnedLine, ...]
    transaction: Transaction | None
    restoration: Transaction | None = None
    points_restored: int = 0
    returns_before: int | None = None
    """How many returns of the sale this was worked out after; a guard where given."""
    expired_before: int | None = None
    """How much of the sale's points had expired with the member; a guard where given: what is owed hangs on
    it.
    """
    lots_before: tuple[tuple[str, int], ...] = ()
    """What lots of other sales held of which it takes what was spare; a guard: one that holds less by now may
    have nothing to spare.
    """
    unclaimed: Unclaimed = NOTHING_UNCLAIMED
    funding: Funding = NO_FUNDING


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A recorded return."""

    group_id: str
    return_id: str
    business_key: str
    input_hash: bytes
    sale_id: str
    recorded_ms: int
    total_minor: int
    points: int
    points_owed: int
    transaction_id: str | None
    balance_after: int | None
    points_restored: int = 0
    restored_before: int = 0
    """What earlier returns of the sale had restored."""


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """Terms agreed by the member; a commit under them is never refused for value."""

    group_id: str
    reservation_id: str
    input_hash: bytes
    quote_id: str
    total_minor: int
    points: int
    expires_ms: int
    sale_id: str | None = None
    points_redeemed: int = 0
    """Points held for it; their hold has the reservation's id."""
    usage: str = ""
    """JSON: what was used of limits and budgets when it was made, by claim; see `Claimed`."""
    replaced_by: str | None = None
    """The reservation that took its place: what names this one means that one."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account's stored balance (minor units), its floor and ceiling (None: none)."""

    account: str
    asset: str
    balance: int
    floor: int | None
    ceiling: int | None
    held: int = 0


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A ledger transaction in journal order with its chain hash."""

    seq: int
    transaction: Transaction
    row_hash: bytes
    allocations: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class EventRow:
    """A past-tense fact; `seq` has no gap within a group, and its order is the commit order."""

    seq: int
    kind: str
    at_ms: int
    body: str


@dataclass(frozen=True, slots=True)
class ReadLogRow:
    """Somebody read a member's purchase lines."""

    at_ms: int
    member_id: str
    actor: str
    purpose: str
