"""The JSON API of who pays: settlements by party and month, associations, the clearing of a month."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from wire.api_base import Body, Id, PageSize, View

Month = Annotated[str, Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])(?!\n)$")]
MonthState = Literal["open", "closed"]


class SettlementQuery(Body, frozen=True):
    """Which page of lines; `after` is the `next` of the page before."""

    after: Annotated[str, Meta(max_length=500)] = ""
    limit: PageSize = PAGE_ROWS_MAX


class RuleSumView(View, frozen=True):
    """What one version of a rule comes to in a month; amounts less what came back."""

    rule_id: str
    rule_version: int
    what: str
    lines: int
    quantity: int
    points: int
    amount_minor: int


class CreditorSumView(View, frozen=True):
    """What a party is owed."""

    creditor: str
    lines: int
    tickets: int
    amount_minor: int


class TaxSumView(View, frozen=True):
    """What is owed on lines of one tax rate, and the tax in it; the rate null: not known, no tax told."""

    tax_rate_bp: int | None
    amount_minor: int
    tax_minor: int | None


class DueView(View, frozen=True):
    """What one party owes another for a month, by what for."""

    debtor: str
    creditor: str
    what: str
    entries: int
    amount_minor: int


class NetView(View, frozen=True):
    """What one party pays another when all is set off."""

    debtor: str
    creditor: str
    amount_minor: int


class SettlementView(View, frozen=True):
    """What one party owes for a month, and is owed: lines of tickets, stored value, points, shares.

    `lines` to `amount_minor`, `rules`, `creditors`, `taxes`: the ticket lines that it pays for, to the
    minor unit. `dues`: all that it owes and is owed in the clearing of the month, those lines among them;
    `nets`: set off against each other party; `due_minor`: what it has to pay in all, below 0: to get. That
    is its position in the clearing.
    """

    funder: str
    name: str
    month: str
    state: MonthState
    currency: str
    lines: int
    tickets: int
    quantity: int
    points: int
    amount_minor: int
    rules: list[RuleSumView]
    creditors: list[CreditorSumView]
    taxes: list[TaxSumView]
    dues: list[DueView]
    nets: list[NetView]
    due_minor: int


class FundedLineView(View, frozen=True):
    """A ticket line that somebody else than the shop pays for; below 0: it came back. `entry` names it for
    `trace`. It names no member and no ticket.
    """

    entry: str
    what: str
    rule_id: str
    rule_version: int
    creditor: str
    shop_id: str
    day: str
    article_id: str
    quantity: int
    points: int
    amount_minor: int
    tax_rate_bp: int | None
    is_return: bool


class FundedLineListView(View, frozen=True):
    """A page of lines; `next` is the cursor of the next page, null at the end."""

    funder: str
    month: str
    lines: list[FundedLineView]
    next: str | None


class TraceBody(Body, frozen=True):
    """Which line to trace to its ticket."""

    entry: Annotated[str, Meta(min_length=1, max_length=500)]


class TraceView(View, frozen=True):
    """The ticket of a line. `sale_id` null: its member was erased, or it lies too far from the line's day."""

    entry: str
    sale_id: str | None
    shop_id: str
    day: str


class AssociationChoiceBody(Body, frozen=True):
    """The association that a member belongs to from now on; null: to none."""

    association_id: Id | None


class AssociationSpanView(View, frozen=True):
    """A membership, from when to when."""

    association_id: str
    from_ms: int
    to_ms: int | None


class MemberAssociationsView(View, frozen=True):
    """A member's associations, newest first: the first is the current one where `to_ms` is null."""

    memberships: list[AssociationSpanView]


class DealBody(Body, frozen=True):
    """The share of its members' turnover that a shop gives; without a shop: every shop without its own."""

    share_bp: Annotated[int, Meta(ge=0, le=RATE_BP_MAX)]
    shop_id: Id | None = None


class DealView(View, frozen=True):
    """A share; `shop_id` null: every shop without a deal of its own."""

    shop_id: str | None
    share_bp: int


class DealListView(View, frozen=True):
    """What shops give an association."""

    association_id: str
    deals: list[DealView]


class RateShareView(View, frozen=True):
    """What a shop owes at one share: `share_bp` of `counted_minor`, half a minor unit away from 0."""

    share_bp: int
    tickets: int
    counted_minor: int
    share_minor: int


class ShareView(View, frozen=True):
    """What one party owes an association for a month; `rates`: its share, one for each rate of the month.

    `counted_minor`: its members' turnover that counts; `share_minor`: the share of it; `points`: donated,
    worth `points_minor`; `before_minor`: left open by earlier months, 0 or below; `due_minor`: their sum;
    `paid_minor` null: not paid yet.
    """

    payer: str
    counted_minor: int
    share_minor: int
    points: int
    points_minor: int
    before_minor: int
    due_minor: int
    paid_minor: int | None
    rates: list[RateShareView]


class CountedTicketView(View, frozen=True):
    """A ticket, or what came back of it (`cause_id` is the return), that counts for an association."""

    sale_id: str
    cause_id: str
    shop_id: str
    share_bp: int
    counted_minor: int


class CountedTicketListView(View, frozen=True):
    """A page of them; `next` is the cursor of the next page, null at the end."""

    association_id: str
    month: str
    tickets: list[CountedTicketView]
    next: str | None


class AssociationStatementView(View, frozen=True):
    """What an association gets for a month, with each payer's part."""

    association_id: str
    name: str
    month: str
    state: MonthState
    is_paid: bool
    paid_ms: int | None
    currency: str
    shares: list[ShareView]
    due_minor: int
    paid_minor: int | None
    bank_account: str
    bank_reference: str


class PanelView(View, frozen=True):
    """What a panel in the shop may show of an association (C-24): sums alone, of months that were paid."""

    association_id: str
    name: str
    currency: str
    paid_minor: int
    months: int
    last_month: str | None


class PaidMonthView(View, frozen=True):
    """What an association was paid for a month: the share of turnover, and donated points in money."""

    month: str
    share_minor: int
    points: int
    points_minor: int
    paid_minor: int
    paid_ms: int


class AssociationOverviewView(View, frozen=True):
    """An association for head office. `members`: who belong to it now; `counted_minor`, `share_minor`,
    `points`, `points_minor`: of the month, open or closed; `paid`: earlier months, the latest first.
    """

    association_id: str
    name: str
    currency: str
    members: int
    deals: list[DealView]
    month: str
    counted_minor: int
    share_minor: int
    points: int
    points_minor: int
    paid_minor: int
    paid: list[PaidMonthView]


class PositionView(View, frozen=True):
    """A party: what it is owed less what it owes. All positions sum to 0."""

    party: str
    owed_minor: int
    owes_minor: int
    net_minor: int


class UnsettledView(View, frozen=True):
    """Units that changed hands and have no price in the ledger: told, not settled."""

    debtor: str
    creditor: str
    asset: str
    amount: int


class DonationSumView(View, frozen=True):
    """Points of one payer that members gave an association, and what they are worth at the group's rate.

    `amount_minor`: null where the programme has no `voucher_step`: points are not valued, and nobody owes.
    """

    association: str
    payer: str
    points: int
    amount_minor: int | None


class LiabilityView(View, frozen=True, kw_only=True):
    """What is out of an asset and who pays for it when it is used, by `kind`.

    `kind`: `points`, `voucher`, `gift_card`, `prize`, `purse`, `meal_vouchers`, `service`; empty: the
    month was closed before kinds were told. `dated_amount`: what of it has an end. `worth_minor`: in money,
    null where units have no price; points have one where the programme has a `voucher_step`. `breakage_bp`:
    what is expected to expire of what has an end, as of lots of this kind whose time is over; null: too few
    to tell.
    `expected_amount`: what is expected to be used: what has no end, all of it.
    """

    kind: str = ""
    asset: str
    funder: str
    amount: int
    dated_amount: int | None = None
    worth_minor: int | None
    breakage_bp: int | None
    expected_amount: int | None


class ClearingView(View, frozen=True):
    """The clearing of a month: dues, netted pairs, positions, what is still out.

    `closed_ms`: when it was closed, null: it is open.
    """

    month: str
    state: MonthState
    currency: str
    after_seq: int
    until_seq: int
    dues: list[DueView]
    nets: list[NetView]
    positions: list[PositionView]
    unsettled: list[UnsettledView]
    donations: list[DonationSumView]
    liabilities: list[LiabilityView]
    closed_ms: int | None = None


class MovedLotView(View, frozen=True):
    """Value that paid in a shop, or came back, out of one payer's lots.

    `sold_by`: of a service that was rendered, the acts that sold it.
    """

    journal_seq: int
    transaction_id: str
    cause_id: str
    what: str
    debtor: str
    creditor: str
    asset: str
    amount: int
    amount_minor: int | None
    sold_by: list[str]


class MovedLotListView(View, frozen=True):
    """A page of them; `next` is the journal's number to go on after, null at the end."""

    month: str
    moves: list[MovedLotView]
    next: int | None


class MovesQuery(Body, frozen=True):
    """Which page: after this number of the journal."""

    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
