"""The storage interface for who pays: funded lines, associations' shares, closed months, payouts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Change
from loyalty.ledger.postings import Transaction
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class FundedLineRow:
    """A line of a ticket that `funder` pays `creditor` for; amounts below 0 came back.

    `month` as written is the month of its recording; the store moves it to the first open one. `ticket_ref`
    and `return_ref` are keyed names: nothing leads to the ticket without its member's key.
    """

    group_id: str
    month: str
    funder: str
    entry_id: str
    ticket_ref: str
    return_ref: str
    line_no: int
    rule_id: str
    rule_version: int
    what: str
    voucher: str
    creditor: str
    shop_id: str
    local_day: str
    article_id: str
    quantity: int
    points: int
    amount_minor: int
    currency: str
    tax_rate_bp: int | None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What of a ticket or a return counts for the association of its member, minor units, above 0."""

    month: str
    shop_id: str
    member_id: str
    at_ms: int
    counted_minor: int
    currency: str


@quick
@dataclass(frozen=True, slots=True)
class Funding:
    """What a sale or a return writes of who pays."""

    lines: tuple[FundedLineRow, ...] = ()
    counted: Counted | None = None


NO_FUNDING = Funding()


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A member's association, from when to when."""

    association_id: str
    from_ms: int
    to_ms: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class DealRow:
    """The share of its members' turnover that a shop gives an association; shop "": every other shop."""

    group_id: str
    association_id: str
    shop_id: str
    share_bp: int


@dataclass(frozen=True, slots=True)
class TurnoverSum:
    """What counts of a month for an association in a shop, at one share."""

    association_id: str
    shop_id: str
    share_bp: int
    counted_minor: int
    tickets: int
    currency: str


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What one ticket or return counts for an association; `member_id` None: nobody's, or of one erased."""

    sale_id: str
    cause_id: str
    shop_id: str
    share_bp: int
    counted_minor: int
    member_id: str | None


@dataclass(frozen=True, slots=True)
class CloseRow:
    """A closed month: its last entry of the journal, and the statement as it was (JSON)."""

    group_id: str
    month: str
    next_month: str
    until_seq: int
    closed_ms: int
    actor: str
    statement: str


@dataclass(frozen=True, slots=True)
class Oldest:
    """The first of what clearings count: the month of lines and turnover, the moment of the journal's entry.

    None: there is none.
    """

    month: str | None
    recorded_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """What one payer gave an association for a month.

    `share_minor`: of turnover; `points_minor`: donated points in money; `before_minor` (0 or below): what
    earlier months left open; `after_minor`: what this one leaves.
    """

    group_id: str
    association_id: str
    month: str
    payer: str
    counted_minor: int
    share_minor: int
    points: int
    points_minor: int
    before_minor: int
    paid_minor: int
    after_minor: int
    currency: str
    transaction_id: str | None
    paid_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class PaidSum:
    """What an association was paid in all: money, the points in it, in how many months, the last of them."""

    paid_minor: int = 0
    points: int = 0
    months: int = 0
    last_month: str | None = None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """What a sale or return behind a transaction says: its shop, and of points that paid or came back."""

    shop_id: str
    sale_id: str
    points_redeemed: int
    points_restored: int
    restored_before: int
    ruleset_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLots:
    """What is out of an asset, by kind of value and who pays: the liability.

    `dated`: what of it has an end; `voucher_worth_minor`: of vouchers, what they said when they were given.
    """

    kind: str
    asset: str
    funder: str
    remaining: int
    lots: int
    dated: int
    voucher_worth_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedLots:
    """Lots of one kind and asset whose time is over, and how much expired: the group's own history."""

    kind: str
    asset: str
    lots: int
    amount: int
    expired: int


@dataclass(frozen=True, slots=True)
class DrawnUnits:
    """Units of a service that were drawn out of one lot: `amount` of the `units` that `act_id` sold for
    `paid_minor`, of which `before` had been drawn. `funder`: the shop that was paid.
    """

    funder: str
    amount: int
    act_id: str
    paid_minor: int
    units: int
    before: int


@dataclass(frozen=True, slots=True)
class OpenService:
    """What is left of a sale of a service: `remaining` of `units` sold for `paid_minor`, `drawn` of them."""

    asset: str
    funder: str
    remaining: int
    paid_minor: int
    units: int
    drawn: int


class SettlementStore(Protocol):
    """What every storage engine does; a part of `central.storage.base.Store`."""

    async def list_funded(
        self, group_id: str, month: str, funder: str, after: str, limit: int
    ) -> Sequence[FundedLineRow]:
        """A month's lines that one party pays for, by entry id."""
        ...

    async def list_funders(self, group_id: str, month: str) -> Sequence[str]:
        """Who pays for any line of a month."""
        ...

    async def list_funded_of(self, group_id: str, ticket_ref: str) -> Sequence[FundedLineRow]:
        """The lines of one ticket, with those of its returns."""
        ...

    async def put_membership(
        self, group_id: str, member_id: str, association_id: str | None, *, now_ms: int, actor: str
    ) -> Change:
        """Make a member belong to an association from now on, or to none."""
        ...

    async def list_associations_of(self, group_id: str, member_id: str) -> Sequence[MembershipRow]: ...
    async def put_deal(self, row: DealRow, now_ms: int) -> Change: ...
    async def list_deals(self, group_id: str, association_id: str) -> Sequence[DealRow]: ...
    async def sum_turnover(self, group_id: str, month: str, association_id: str) -> Sequence[TurnoverSum]: ...
    async def list_counted(
        self, group_id: str, month: str, association_id: str, after: str, limit: int
    ) -> Sequence[CountedRow]:
        """The tickets and returns behind `sum_turnover`, by cause."""
        ...

    async def find_close(self, group_id: str, month: str) -> CloseRow | None: ...
    async def find_last_close(self, group_id: str) -> CloseRow | None: ...
    async def find_close_before(self, group_id: str, month: str) -> CloseRow | None:
        """The last closed month before this one."""
        ...

    async def find_oldest(self, group_id: str) -> Oldest:
        """The first of what the clearings of a group count."""
        ...

    async def close_month(self, row: CloseRow) -> bool:
        """Close a month; False where it is closed already.

        Raises: GuardFailed: another month was closed meanwhile, or one that comes later.
        """
        ...

    async def find_journal_end(self, group_id: str, before_ms: int) -> int:
        """The last entry of the journal recorded before a moment; 0 where there is none."""
        ...

    async def find_causes(self, group_id: str, cause_ids: Sequence[str]) -> Mapping[str, CauseRow]:
        """The sales and returns behind transactions, by cause."""
        ...

    async def find_lot_funders(self, group_id: str, lot_ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Who pays for lots, and of which asset they are."""
        ...

    async def list_drawn(
        self, group_id: str, journal_seqs: Sequence[int]
    ) -> Mapping[int, Sequence[DrawnUnits]]:
        """What these transactions drew of services that were sold ahead, in the order of taking."""
        ...

    async def list_open_services(self, group_id: str) -> Sequence[OpenService]:
        """Sales of services of which something is left."""
        ...

    async def sum_open_lots(self, group_id: str) -> Sequence[OpenLots]: ...
    async def sum_ended_lots(self, group_id: str, now_ms: int) -> Sequence[EndedLots]: ...
    async def count_association_members(self, group_id: str, association_id: str) -> int:
        """How many belong to an association now."""
        ...

    async def list_payouts(self, group_id: str, association_id: str) -> Sequence[PayoutRow]:
        """An association's payouts, newest month first."""
        ...

    async def sum_payouts(self, group_id: str, association_ids: Collection[str]) -> Mapping[str, PaidSum]:
        """What each of these associations was paid; one that never was is not in it."""
        ...

    async def record_payouts(
        self, rows: Sequence[PayoutRow], transactions: Sequence[Transaction]
    ) -> Sequence[PayoutRow] | None:
        """Pay an association for a month, or nothing. None: it was paid already.

        Raises: GuardFailed: a later month was paid meanwhile, or a floor would break.
        """
        ...
