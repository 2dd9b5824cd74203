"""The storage interface: async domain verbs, one transaction each. Services know nothing else of storage.

Every verb names its group (tenant); a group is the unit of sharding, backup, export and deletion. Verbs that
write are guarded: they look at row counts, never read first and write later; they are idempotent by the
id they are given. Times are UTC milliseconds, value is integer minor units.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from central.storage.interface.carers import CarerStore
from central.storage.interface.chips import ChipStore
from central.storage.interface.claims import (
    ClaimStore,
    CounterUse,
)
from central.storage.interface.common import (
    Change,
    DatabaseRefused,
    GuardFailed,
    IdempotencyConflict,
    Recorded,
    StoreBusy,
    StoreFailed,
)
from central.storage.interface.counter import CounterStore
from central.storage.interface.details import DetailsStore
from central.storage.interface.erasure import ErasureStore
from central.storage.interface.facts import FactStore
from central.storage.interface.games import GameStore
from central.storage.interface.guesses import GuessStore
from central.storage.interface.incidents import IncidentStore
from central.storage.interface.insured_cards import InsuredCardStore
from central.storage.interface.invitations import InvitationStore
from central.storage.interface.leases import LeaseStore
from central.storage.interface.lookups import LookupStore
from central.storage.interface.lost_cards import LostCardStore
from central.storage.interface.merges import MergeStore
from central.storage.interface.messages import MessageStore
from central.storage.interface.offline import OfflineStore
from central.storage.interface.packs import PackStore
from central.storage.interface.pairing import PairingStore
from central.storage.interface.parties import PartyStore
from central.storage.interface.pharmacists import PharmacistStore
from central.storage.interface.phone_cards import PhoneCardStore
from central.storage.interface.pictures import PictureStore
from central.storage.interface.replacements import ReplacementStore
from central.storage.interface.rows import (
    AccountRow,
    ArticleRow,
    CardRow,
    EventRow,
    GroupRow,
    JournalRow,
    MemberOverview,
    MemberRow,
    PriceRow,
    ReadLogRow,
    ReservationRow,
    ReturnRecord,
    ReturnRow,
    SaleRecord,
    SaleRow,
    ShopRow,
    StoredLine,
    TicketRow,
    TokenRow,
)
from central.storage.interface.settlement import SettlementStore
from central.storage.interface.shop_messages import ShopMessageStore
from central.storage.interface.shop_pages import ShopPageStore
from central.storage.interface.sponsors import SponsorStore
from central.storage.interface.standings import StandingStore
from central.storage.interface.stored_value import StoredValueStore
from central.storage.interface.tills import TillStore
from central.storage.interface.value import HoldRow, LotRow, ValueStore
from loyalty.ledger.budget import Budget
from loyalty.ledger.holds import Hold

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


class Store(
    ValueStore,
    StoredValueStore,
    ClaimStore,
    PairingStore,
    LookupStore,
    LeaseStore,
    FactStore,
    StandingStore,
    ErasureStore,
    MergeStore,
    MessageStore,
    SponsorStore,
    GuessStore,
    PartyStore,
    ChipStore,
    SettlementStore,
    CounterStore,
    IncidentStore,
    ShopPageStore,
    ShopMessageStore,
    PackStore,
    PictureStore,
    OfflineStore,
    TillStore,
    GameStore,
    PhoneCardStore,
    DetailsStore,
    InsuredCardStore,
    LostCardStore,
    ReplacementStore,
    InvitationStore,
    CarerStore,
    PharmacistStore,
    Protocol,
):
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
    async def list_group_ids(self) -> Sequence[str]: ...
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

    async def classify_articles(
        self, group_id: str, country: str | None, classes: Mapping[str, str], now_ms: int
    ) -> Sequence[Change]:
        """Give articles (by id) their legal class in a country, from now on; None: the group's own country.

        Raises: GuardFailed: no such article (nothing written).
        """
        ...

    async def find_articles_by_code(
        self, group_id: str, codes: Sequence[str], at_ms: int
    ) -> dict[str, ArticleRow]: ...
    async def find_article(self, group_id: str, article_id: str, at_ms: int) -> ArticleRow | None: ...
    async def find_articles(
        self, group_id: str, article_ids: Sequence[str], at_ms: int
    ) -> dict[str, ArticleRow]:
        """Those of the ids that the group has articles of."""
        ...

    async def list_articles(
        self, group_id: str, after: str, limit: int, at_ms: int
    ) -> Sequence[ArticleRow]: ...
    async def put_price(self, group_id: str, article_id: str, price: PriceRow) -> bool: ...
    async def list_prices(self, group_id: str, article_id: str, limit: int) -> Sequence[PriceRow]: ...

    async def find_atc(self, group_id: str, article_ids: Sequence[str]) -> dict[str, str]:
        """ATC codes by article, of those that have one."""
        ...

    async def list_atc(self, group_id: str, after: str, limit: int) -> Sequence[str]:
        """The ATC codes that the group's articles have, each once, in order, after `after`."""
        ...

    async def find_articles_there(self, group_id: str, article_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that the group has articles of."""
        ...

    async def list_article_ids_like(self, group_id: str, article_id: str, limit: int) -> Sequence[str]:
        """Ids of articles that begin as this one does."""
        ...

    async def list_brands(self, group_id: str, limit: int) -> Sequence[str]: ...
    async def list_ranges(self, group_id: str, limit: int) -> Sequence[str]: ...

    # Members and cards
    async def enrol_member(self, row: MemberRow, card: CardRow | None) -> Recorded[MemberRow]: ...
    async def find_member(self, group_id: str, member_id: str) -> MemberRow | None: ...
    async def find_members_by_hash(
        self, group_id: str, email_hash: bytes | None, phone_hash: bytes | None
    ) -> Sequence[MemberRow]: ...
    async def put_card(self, row: CardRow) -> Recorded[CardRow]: ...
    async def find_card(self, group_id: str, card_number: str) -> CardRow | None: ...
    async def find_card_by_uid(self, group_id: str, uid: str) -> CardRow | None: ...
    async def find_card_state_at(self, group_id: str, card_number: str, at_ms: int) -> str | None:
        """The state that a card was moved to last by then; None: it had not moved since it was issued."""
        ...

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
    async def count_returns(self, group_id: str, sale_id: str) -> int: ...
    async def find_return(self, group_id: str, return_id: str) -> ReturnRow | None: ...
    async def find_recorded_return(
        self, group_id: str, return_id: str, shop_id: str, business_key: str
    ) -> ReturnRow | None:
        """A return by its id, or else by its business key."""
        ...

    async def put_reservation(
        self,
        row: ReservationRow,
        holds: Sequence[Hold] = (),
        uses: Sequence[CounterUse] = (),
        *,
        replaces: Sequence[str] = (),
    ) -> Recorded[ReservationRow]:
        """Write a reservation with its holds and what it keeps of limits, or nothing.

        `replaces`: those whose place it takes; they end in the same step, before anything is kept.
        Raises: GuardFailed: also where one of those is sold, not there, or replaced already.
        """
        ...

    async def find_reservation(self, group_id: str, reservation_id: str) -> ReservationRow | None: ...
    async def find_standing_reservation(self, group_id: str, reservation_id: str) -> str:
        """The one that took its place, or the place of that one; itself where none did."""
        ...

    async def release_reservation(self, group_id: str, reservation_id: str) -> ReservationRow | None:
        """End one now: what it holds is free. None: there is none. Raises: GuardFailed: it is sold."""
        ...

    async def log_read(self, group_id: str, row: ReadLogRow) -> None: ...
    async def list_reads(self, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
        """Who read the purchase lines of this member, merged duplicates included, latest first."""
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
