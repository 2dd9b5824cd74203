"""The verbs of the storage interface, one line each; the work of each is in its topic's module.

An engine brings the threads that run them; every verb's first argument names its group.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from central.storage.async_verbs.carers import CarerVerbs
from central.storage.async_verbs.chips import ChipVerbs
from central.storage.async_verbs.claims import ClaimVerbs
from central.storage.async_verbs.counter import CounterVerbs
from central.storage.async_verbs.details import DetailsVerbs
from central.storage.async_verbs.erasure import ErasureVerbs
from central.storage.async_verbs.facts import FactVerbs
from central.storage.async_verbs.games import GameVerbs
from central.storage.async_verbs.guesses import GuessVerbs
from central.storage.async_verbs.incidents import IncidentVerbs
from central.storage.async_verbs.insured_cards import InsuredCardVerbs
from central.storage.async_verbs.invitations import InvitationVerbs
from central.storage.async_verbs.leases import LeaseVerbs
from central.storage.async_verbs.lookups import LookupVerbs
from central.storage.async_verbs.lost_cards import LostCardVerbs
from central.storage.async_verbs.merges import MergeVerbs
from central.storage.async_verbs.messages import MessageVerbs
from central.storage.async_verbs.offline import OfflineVerbs
from central.storage.async_verbs.packs import PackVerbs
from central.storage.async_verbs.pairing import PairingVerbs
from central.storage.async_verbs.parties import PartyVerbs
from central.storage.async_verbs.pharmacists import PharmacistVerbs
from central.storage.async_verbs.phone_cards import PhoneCardVerbs
from central.storage.async_verbs.pictures import PictureVerbs
from central.storage.async_verbs.replacements import ReplacementVerbs
from central.storage.async_verbs.settlement import SettlementVerbs
from central.storage.async_verbs.shop_pages import ShopPageVerbs
from central.storage.async_verbs.sponsors import SponsorVerbs
from central.storage.async_verbs.standings import StandingVerbs
from central.storage.async_verbs.stored_value import StoredValueVerbs
from central.storage.async_verbs.tills import TillVerbs
from central.storage.async_verbs.value import ValueVerbs
from central.storage.base import Change, LotRow, Recorded
from central.storage.interface.claims import CounterUse
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
from central.storage.interface.value import HoldRow
from central.storage.verbs import (
    articles,
    cards,
    events,
    groups,
    holds,
    ledger,
    lines,
    members,
    named,
    read_log,
    releasing,
    reservations,
    returns,
    sales,
)
from loyalty.ledger.budget import Budget
from loyalty.ledger.holds import Hold
from loyalty.limits.storage import STORE_FOLLOW_POLL_S
from loyalty.limits.web import PAGE_ROWS_MAX


def utc_ms() -> int:
    """Now, in UTC milliseconds."""
    return time.time_ns() // 1_000_000


class VerbStore(
    ValueVerbs,
    StoredValueVerbs,
    ClaimVerbs,
    PairingVerbs,
    LookupVerbs,
    LeaseVerbs,
    FactVerbs,
    StandingVerbs,
    ErasureVerbs,
    MergeVerbs,
    MessageVerbs,
    SponsorVerbs,
    GuessVerbs,
    PartyVerbs,
    ChipVerbs,
    SettlementVerbs,
    CounterVerbs,
    IncidentVerbs,
    ShopPageVerbs,
    PackVerbs,
    PictureVerbs,
    OfflineVerbs,
    TillVerbs,
    GameVerbs,
    PhoneCardVerbs,
    DetailsVerbs,
    InsuredCardVerbs,
    LostCardVerbs,
    ReplacementVerbs,
    InvitationVerbs,
    CarerVerbs,
    PharmacistVerbs,
):
    """See `central.storage.base.Store`; an engine adds opening, copying and its threads."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._followers = events.Followers()

    async def close(self) -> None:
        """Finish what is queued and close the database; followers end."""
        self._followers.close()
        await self._readers.close()
        await self._scanners.close()
        await self._writer.close()

    async def is_ready(self) -> bool:
        """Whether the writer serves and a read comes through."""
        if not all(each.is_alive() for each in (self._writer, self._readers, self._scanners)):
            return False
        await self._read(groups.list_group_ids)
        return True

    def queue_depth(self) -> int:
        """Writes that wait now."""
        return self._writer.depth()

    # Groups, rule sets, tokens, shops

    async def put_group(self, row: GroupRow, actor: str, budgets: Sequence[Budget] = ()) -> Change:
        return await self._write(groups.put_group, row, actor, budgets, self._now_ms())

    async def find_group(self, group_id: str) -> GroupRow | None:
        return await self._read(groups.find_group, group_id)

    async def list_groups(self) -> Sequence[GroupRow]:
        return await self._scan(groups.list_groups)

    async def list_group_ids(self) -> Sequence[str]:
        return await self._read(groups.list_group_ids)

    async def find_programme(self, group_id: str, ruleset_version: int) -> str | None:
        return await self._read(groups.find_programme, group_id, ruleset_version)

    async def put_token(self, row: TokenRow) -> None:
        await self._write(groups.put_token, row)

    async def find_token(self, token_hash: bytes) -> TokenRow | None:
        return await self._read(groups.find_token, token_hash)

    async def list_tokens(self, group_id: str) -> Sequence[TokenRow]:
        return await self._scan(groups.list_tokens, group_id)

    async def revoke_token(self, group_id: str, token_id: str, now_ms: int) -> bool:
        return await self._write(groups.revoke_token, group_id, token_id, now_ms)

    async def put_shop(self, row: ShopRow, now_ms: int) -> Change:
        return await self._write(groups.put_shop, row, now_ms)

    async def find_shop(self, group_id: str, shop_id: str) -> ShopRow | None:
        return await self._read(groups.find_shop, group_id, shop_id)

    async def list_shops(self, group_id: str) -> Sequence[ShopRow]:
        return await self._scan(groups.list_shops, group_id)

    # Articles and prices

    async def put_articles(self, rows: Sequence[ArticleRow], now_ms: int) -> Sequence[Change]:
        return await self._write(articles.put_articles, rows, now_ms)

    async def classify_articles(
        self, group_id: str, country: str | None, classes: Mapping[str, str], now_ms: int
    ) -> Sequence[Change]:
        return await self._write(articles.classify_articles, group_id, country, classes, now_ms)

    async def find_articles_by_code(
        self, group_id: str, codes: Sequence[str], at_ms: int
    ) -> dict[str, ArticleRow]:
        return await self._read(articles.find_articles_by_code, group_id, codes, at_ms)

    async def find_article(self, group_id: str, article_id: str, at_ms: int) -> ArticleRow | None:
        return await self._read(articles.find_article, group_id, article_id, at_ms)

    async def find_articles(
        self, group_id: str, article_ids: Sequence[str], at_ms: int
    ) -> dict[str, ArticleRow]:
        return await self._read(articles.find_articles, group_id, article_ids, at_ms)

    async def list_articles(self, group_id: str, after: str, limit: int, at_ms: int) -> Sequence[ArticleRow]:
        return await self._scan(articles.list_articles, group_id, after, limit, at_ms)

    async def put_price(self, group_id: str, article_id: str, price: PriceRow) -> bool:
        return await self._write(articles.put_price, group_id, article_id, price)

    async def list_prices(self, group_id: str, article_id: str, limit: int) -> Sequence[PriceRow]:
        return await self._read(articles.list_prices, group_id, article_id, limit)

    async def find_atc(self, group_id: str, article_ids: Sequence[str]) -> dict[str, str]:
        return await self._read(articles.find_atc, group_id, article_ids)

    async def list_atc(self, group_id: str, after: str, limit: int) -> Sequence[str]:
        return await self._scan(articles.list_atc, group_id, after, limit)

    async def find_articles_there(self, group_id: str, article_ids: Sequence[str]) -> frozenset[str]:
        return await self._read(named.find_articles_there, group_id, article_ids)

    async def list_article_ids_like(self, group_id: str, article_id: str, limit: int) -> Sequence[str]:
        return await self._read(named.list_article_ids_like, group_id, article_id, limit)

    async def list_brands(self, group_id: str, limit: int) -> Sequence[str]:
        return await self._scan(named.list_brands, group_id, limit)

    async def list_ranges(self, group_id: str, limit: int) -> Sequence[str]:
        return await self._scan(named.list_ranges, group_id, limit)

    # Members and cards

    async def enrol_member(self, row: MemberRow, card: CardRow | None) -> Recorded[MemberRow]:
        return await self._write(members.enrol_member, row, card)

    async def find_member(self, group_id: str, member_id: str) -> MemberRow | None:
        return await self._read(members.find_member, group_id, member_id)

    async def find_members_by_hash(
        self, group_id: str, email_hash: bytes | None, phone_hash: bytes | None
    ) -> Sequence[MemberRow]:
        return await self._read(members.find_members_by_hash, group_id, email_hash, phone_hash)

    async def put_card(self, row: CardRow) -> Recorded[CardRow]:
        return await self._write(cards.put_card, row)

    async def find_card(self, group_id: str, card_number: str) -> CardRow | None:
        return await self._read(cards.find_card, group_id, card_number)

    async def find_card_by_uid(self, group_id: str, uid: str) -> CardRow | None:
        return await self._read(cards.find_card_by_uid, group_id, uid)

    async def find_card_state_at(self, group_id: str, card_number: str, at_ms: int) -> str | None:
        return await self._read(cards.find_card_state_at, group_id, card_number, at_ms)

    async def list_cards(self, group_id: str, member_id: str) -> Sequence[CardRow]:
        return await self._read(cards.list_cards, group_id, member_id)

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
        return await self._write(
            cards.move_card, group_id, card_number, from_states, to_state, reason, actor, now_ms, member_id
        )

    async def replace_card(
        self,
        group_id: str,
        card_number: str,
        from_states: Sequence[str],
        new_card: CardRow,
        actor: str,
        now_ms: int,
    ) -> CardRow:
        return await self._write(
            cards.replace_card, group_id, card_number, from_states, new_card, actor, now_ms
        )

    async def member_overview(
        self, group_id: str, member_id: str, since_ms: int, tickets: int
    ) -> MemberOverview:
        return await self._read(members.member_overview, group_id, member_id, since_ms, tickets)

    async def list_tickets(
        self, group_id: str, member_id: str, before: tuple[int, str] | None, limit: int
    ) -> Sequence[TicketRow]:
        return await self._read(members.list_tickets, group_id, member_id, before, limit)

    # Sales

    async def record_sale(self, record: SaleRecord) -> Recorded[SaleRow]:
        return await self._write(sales.record_sale, record)

    async def find_sale(self, group_id: str, sale_id: str) -> SaleRow | None:
        return await self._read(sales.find_sale, group_id, sale_id)

    async def find_sale_by_business_key(
        self, group_id: str, shop_id: str, business_key: str
    ) -> SaleRow | None:
        return await self._read(sales.find_sale_by_business_key, group_id, shop_id, business_key)

    async def find_recorded_sale(
        self, group_id: str, sale_id: str, shop_id: str, business_key: str
    ) -> SaleRow | None:
        return await self._read(sales.find_recorded_sale, group_id, sale_id, shop_id, business_key)

    async def list_sale_lines(self, group_id: str, line_key: bytes) -> Sequence[StoredLine]:
        return await self._read(lines.list_lines, group_id, line_key)

    async def find_sale_reasons(self, group_id: str, line_key: bytes) -> str | None:
        return await self._read(lines.find_reasons, group_id, line_key)

    async def list_lines_of(
        self, group_id: str, line_keys: Sequence[bytes]
    ) -> dict[bytes, Sequence[StoredLine]]:
        return await self._scan(lines.list_lines_of, group_id, line_keys)

    async def list_reasons_of(self, group_id: str, line_keys: Sequence[bytes]) -> dict[bytes, str]:
        return await self._scan(lines.list_reasons_of, group_id, line_keys)

    async def list_sales(
        self, group_id: str, from_ms: int, to_ms: int, after: tuple[int, str] | None, limit: int
    ) -> Sequence[SaleRow]:
        return await self._scan(sales.list_sales, group_id, from_ms, to_ms, after, limit)

    async def count_sales(self, group_id: str, from_ms: int, to_ms: int) -> int:
        return await self._scan(sales.count_sales, group_id, from_ms, to_ms)

    async def list_sale_lots(self, group_id: str, sale_id: str) -> Sequence[LotRow]:
        return await self._read(ledger.list_sale_lots, group_id, sale_id)

    async def record_return(self, record: ReturnRecord) -> Recorded[ReturnRow]:
        return await self._write(returns.record_return, record)

    async def count_returns(self, group_id: str, sale_id: str) -> int:
        return await self._read(returns.count_returns, group_id, sale_id)

    async def find_return(self, group_id: str, return_id: str) -> ReturnRow | None:
        return await self._read(returns.find_return, group_id, return_id)

    async def find_recorded_return(
        self, group_id: str, return_id: str, shop_id: str, business_key: str
    ) -> ReturnRow | None:
        return await self._read(returns.find_recorded_return, group_id, return_id, shop_id, business_key)

    async def put_reservation(
        self,
        row: ReservationRow,
        holds: Sequence[Hold] = (),
        uses: Sequence[CounterUse] = (),
        *,
        replaces: Sequence[str] = (),
    ) -> Recorded[ReservationRow]:
        now_ms = self._now_ms()
        if replaces:
            return await self._write(releasing.replace_reservation, row, holds, uses, replaces, now_ms)
        return await self._write(reservations.put_reservation, row, holds, uses, now_ms)

    async def find_standing_reservation(self, group_id: str, reservation_id: str) -> str:
        return await self._read(releasing.find_standing, group_id, reservation_id)

    async def find_reservation(self, group_id: str, reservation_id: str) -> ReservationRow | None:
        return await self._read(reservations.find_reservation, group_id, reservation_id)

    async def release_reservation(self, group_id: str, reservation_id: str) -> ReservationRow | None:
        return await self._write(releasing.release_reservation, group_id, reservation_id, self._now_ms())

    async def log_read(self, group_id: str, row: ReadLogRow) -> None:
        await self._write(read_log.log_read, group_id, row)

    async def list_reads(self, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
        return await self._read(read_log.list_reads, group_id, member_id, limit)

    # Ledger and events

    async def list_accounts(self, group_id: str, after: str, limit: int) -> Sequence[AccountRow]:
        return await self._scan(ledger.list_accounts, group_id, after, limit)

    async def list_lots(self, group_id: str, after: str, limit: int) -> Sequence[LotRow]:
        return await self._scan(ledger.list_lots, group_id, after, limit)

    async def list_journal(self, group_id: str, after_seq: int, limit: int) -> Sequence[JournalRow]:
        return await self._scan(ledger.list_journal, group_id, after_seq, limit)

    async def read_ledger(
        self, group_id: str, take: Callable[[Sequence[JournalRow]], None]
    ) -> tuple[Sequence[AccountRow], Sequence[LotRow], Sequence[HoldRow]]:
        return await self._scan(holds.read_ledger, group_id, take)

    async def list_events(self, group_id: str, after_seq: int, limit: int) -> Sequence[EventRow]:
        return await self._scan(events.list_events, group_id, after_seq, limit)

    async def changes(self, group_id: str, after_seq: int) -> AsyncIterator[EventRow]:
        """Follow events: woken by this process's commits, and by a slow look for those of others."""
        with self._followers.following(group_id) as bell:
            while not self._followers.is_closed:
                bell.clear()
                page = await self.list_events(group_id, after_seq, PAGE_ROWS_MAX)
                for event in page:
                    after_seq = event.seq
                    yield event
                if not page:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(bell.wait(), STORE_FOLLOW_POLL_S)
