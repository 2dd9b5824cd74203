"""The storage interface: async domain verbs, one transaction each. Services know nothing else of storage.

Every verb names its group (tenant); a group is the unit of sharding, backup, export and deletion. Verbs that
write are guarded: they look at row counts, never read first and write later; they are idempotent by the
id they are given. Times are UTC milliseconds, value is integer minor units.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from central.storage.claims_base import (
    NOTHING_CLAIMED,
    NOTHING_UNCLAIMED,
    Claimed,
    ClaimStore,
    CounterUse,
    Unclaimed,
)
from central.storage.common import (
    Change,
    DatabaseRefused,
    GuardFailed,
    IdempotencyConflict,
    Recorded,
    StoreBusy,
    StoreFailed,
)
from central.storage.facts_base import FactStore
from central.storage.lookup_base import LookupStore
from central.storage.pairing_base import PairingStore
from central.storage.value_base import HoldRow, LotRow, ValueStore
from loyalty.ledger.budget import Budget
from loyalty.ledger.holds import Hold
from loyalty.ledger.postings import Transaction

__all__ = [
    "Change",
    "DatabaseRefused",
    "GuardFailed",
    "IdempotencyConflict",
    "LotRow",
    "Recorded",
    "StoreBusy",
    "StoreFailed",
]

# Rows: what verbs take and give -----------------------------------------------------------------------------


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
    """A revocable access token; only its SHA-256 is stored. `permissions` as named in `services.access`."""

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
    """An article version. `price_minor` is the price valid at the moment asked for."""

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


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One entry of the price history."""

    price_minor: int
    valid_from_ms: int
    recorded_ms: int


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


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card. `uid` upper-case hex or empty."""

    group_id: str
    card_number: str
    uid: str
    member_id: str | None
    state: str
    reason: str
    replaced_by: str | None
    valid_until_ms: int | None
    issued_ms: int


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


@dataclass(frozen=True, slots=True)
class ExpiringLots:
    """Points of the lots that expire first, and when."""

    points: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class MemberOverview:
    """What a screen shows of a member, read in one snapshot."""

    points: int
    points_owed: int
    points_since: int
    expiring: ExpiringLots | None
    tickets: tuple[TicketRow, ...]


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
    tickets_before: int | None = None
    """How many tickets the member had when this was decided; a guard where given."""


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
    unclaimed: Unclaimed = NOTHING_UNCLAIMED


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


class Store(ValueStore, ClaimStore, PairingStore, LookupStore, FactStore, Protocol):
    """What every storage engine does. All verbs are safe to call at once from many tasks."""

    async def close(self) -> None: ...
    async def is_ready(self) -> bool: ...
    def queue_depth(self) -> int:
        """Writes that wait for the store now."""
        ...

    # Groups, rule sets, tokens, shops
    async def put_group(self, row: GroupRow, actor: str, budgets: Sequence[Budget] = ()) -> Change:
        """Make or change a group. A new version of its programme brings `budgets` to their amounts."""
        ...

    async def find_group(self, group_id: str) -> GroupRow | None: ...
    async def list_groups(self) -> Sequence[GroupRow]: ...
    async def find_programme(self, group_id: str, ruleset_version: int) -> str | None: ...
    async def put_token(self, row: TokenRow) -> None: ...
    async def find_token(self, token_hash: bytes) -> TokenRow | None: ...
    async def list_tokens(self, group_id: str) -> Sequence[TokenRow]: ...
    async def revoke_token(self, group_id: str, token_id: str, now_ms: int) -> bool: ...
    async def put_shop(self, row: ShopRow, now_ms: int) -> Change: ...
    async def find_shop(self, group_id: str, shop_id: str) -> ShopRow | None: ...
    async def list_shops(self, group_id: str) -> Sequence[ShopRow]: ...

    # Articles and prices
    async def put_articles(self, rows: Sequence[ArticleRow], now_ms: int) -> Sequence[Change]:
        """Put articles and, where `price_minor` is given and differs, a price valid from `now_ms`.

        Raises: IdempotencyConflict: a code already belongs to another article of the group (nothing written).
        """
        ...

    async def find_articles_by_code(
        self, group_id: str, codes: Sequence[str], at_ms: int
    ) -> dict[str, ArticleRow]: ...
    async def find_article(self, group_id: str, article_id: str, at_ms: int) -> ArticleRow | None: ...
    async def list_articles(
        self, group_id: str, after: str, limit: int, at_ms: int
    ) -> Sequence[ArticleRow]: ...
    async def put_price(self, group_id: str, article_id: str, price: PriceRow) -> bool: ...
    async def list_prices(self, group_id: str, article_id: str, limit: int) -> Sequence[PriceRow]: ...

    # Members and cards
    async def enrol_member(self, row: MemberRow, card: CardRow | None) -> Recorded[MemberRow]: ...
    async def find_member(self, group_id: str, member_id: str) -> MemberRow | None: ...
    async def find_members_by_hash(
        self, group_id: str, email_hash: bytes | None, phone_hash: bytes | None
    ) -> Sequence[MemberRow]: ...
    async def put_card(self, row: CardRow) -> Recorded[CardRow]: ...
    async def find_card(self, group_id: str, card_number: str) -> CardRow | None: ...
    async def find_card_by_uid(self, group_id: str, uid: str) -> CardRow | None: ...
    async def list_cards(self, group_id: str, member_id: str) -> Sequence[CardRow]: ...
    async def move_card(
        self,
        group_id: str,
        card_number: str,
        from_states: Sequence[str],
        to_state: str,
        reason: str,
        actor: str,
        now_ms: int,
        member_id: str | None = None,
    ) -> CardRow:
        """Move a card to another state, guarded by the states it may come from.

        Raises: GuardFailed: the card is in none of `from_states` any more.
        """
        ...

    async def replace_card(
        self,
        group_id: str,
        card_number: str,
        from_states: Sequence[str],
        new_card: CardRow,
        actor: str,
        now_ms: int,
    ) -> CardRow:
        """The old card becomes `replaced`, the new one active for the same member, in one transaction."""
        ...

    async def member_overview(
        self, group_id: str, member_id: str, since_ms: int, tickets: int
    ) -> MemberOverview: ...
    async def list_tickets(
        self, group_id: str, member_id: str, before: tuple[int, str] | None, limit: int
    ) -> Sequence[TicketRow]: ...

    # Sales
    async def record_sale(self, record: SaleRecord) -> Recorded[SaleRow]:
        """Write a sale, its lines, its ledger transaction, lots, event and journal hash, or nothing.

        The same `sale_id` or (shop, business key) with the same `input_hash` is a replay; with another hash:
        Raises: IdempotencyConflict. GuardFailed: an account's floor or ceiling would break.
        """
        ...

    async def find_sale(self, group_id: str, sale_id: str) -> SaleRow | None: ...
    async def find_sale_by_business_key(
        self, group_id: str, shop_id: str, business_key: str
    ) -> SaleRow | None: ...
    async def find_recorded_sale(
        self, group_id: str, sale_id: str, shop_id: str, business_key: str
    ) -> SaleRow | None:
        """A sale by its id, or else by its business key: what a ticket sent again is known by."""
        ...

    async def list_sale_lines(self, group_id: str, line_key: bytes) -> Sequence[StoredLine]: ...
    async def find_sale_reasons(self, group_id: str, line_key: bytes) -> str | None: ...
    async def list_lines_of(
        self, group_id: str, line_keys: Sequence[bytes]
    ) -> dict[bytes, Sequence[StoredLine]]: ...
    async def list_reasons_of(self, group_id: str, line_keys: Sequence[bytes]) -> dict[bytes, str]: ...
    async def list_sales(
        self, group_id: str, from_ms: int, to_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[SaleRow]:
        """Sales that occurred in [from_ms, to_ms), in that order; `after`: (occurred_ms, sale_id)."""
        ...

    async def count_sales(self, group_id: str, from_ms: int, to_ms: int) -> int: ...
    async def list_sale_lots(self, group_id: str, sale_id: str) -> Sequence[LotRow]: ...
    async def list_source_lots(self, group_id: str, source_id: str) -> Sequence[LotRow]:
        """All lots that came out of one sale, whoever holds them now."""
        ...

    async def list_open_lots(self, group_id: str, account: str, asset: str) -> Sequence[LotRow]: ...
    async def list_due_lots(self, group_id: str, now_ms: int, limit: int) -> Sequence[LotRow]:
        """Lots whose time is over and that hold something free, oldest first; pending ones are not due."""
        ...

    async def list_ripe_lots(
        self, group_id: str, now_ms: int, awaits: str, source_id: str | None, limit: int
    ) -> Sequence[LotRow]:
        """Pending lots that mature by time (`awaits` empty), or that wait for this event (of this sale)."""
        ...

    async def record_return(self, record: ReturnRecord) -> Recorded[ReturnRow]: ...
    async def find_return(self, group_id: str, return_id: str) -> ReturnRow | None: ...
    async def find_recorded_return(
        self, group_id: str, return_id: str, shop_id: str, business_key: str
    ) -> ReturnRow | None:
        """A return by its id, or else by its business key."""
        ...

    async def put_reservation(
        self, row: ReservationRow, holds: Sequence[Hold] = (), uses: Sequence[CounterUse] = ()
    ) -> Recorded[ReservationRow]:
        """Write a reservation with its holds and what it keeps of limits, or nothing. Raises: GuardFailed."""
        ...

    async def find_reservation(self, group_id: str, reservation_id: str) -> ReservationRow | None: ...
    async def log_read(self, group_id: str, row: ReadLogRow) -> None: ...
    async def list_reads(self, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
        """Who read this member's purchase lines, latest first."""
        ...

    # Ledger and events
    async def list_accounts(self, group_id: str, after: str, limit: int) -> Sequence[AccountRow]: ...
    async def list_lots(self, group_id: str, after: str, limit: int) -> Sequence[LotRow]: ...
    async def list_journal(self, group_id: str, after_seq: int, limit: int) -> Sequence[JournalRow]: ...
    async def read_ledger(
        self, group_id: str, take: Callable[[Sequence[JournalRow]], None]
    ) -> tuple[Sequence[AccountRow], Sequence[LotRow], Sequence[HoldRow]]:
        """The whole ledger in one state: `take` gets the journal in pages, then accounts and lots are given.

        `take` is called on a thread of the store and holds one of its readers until the end.
        """
        ...

    async def list_events(self, group_id: str, after_seq: int, limit: int) -> Sequence[EventRow]: ...

    # The whole store
    async def copy_into(self, path: Path) -> None:
        """Write a consistent copy for export and inspection (SQLite: `VACUUM INTO`)."""
        ...

    def changes(self, group_id: str, after_seq: int) -> AsyncIterator[EventRow]:
        """Follow the group's events from `after_seq` on, as they are committed."""
        ...
