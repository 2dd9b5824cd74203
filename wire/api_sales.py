"""Baskets, quotes, reservations, sales and returns: the API's bodies and views."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits.rules import BASKET_VOUCHERS_MAX
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.tickets import (
    BASKET_LINES_MAX,
    QUOTE_ID_CHARS_MAX,
    RECEIPT_COLUMNS_MAX,
    RECEIPT_COLUMNS_MIN,
    RESERVATIONS_NAMED_MAX,
)
from wire.api import EvidenceBody, ProfileView
from wire.api_base import (
    Amount,
    Body,
    Code,
    Currency,
    Id,
    LineNo,
    Millis,
    Quantity,
    RedeemPoints,
    TaxRate,
    View,
    VoucherCode,
)  # fmt: skip
from wire.api_benefits import GiftView, ManualDiscountBody, UsedVoucherView, VoucherView
from wire.api_tenders import LeaseBurnBody, TenderBackView, Tenders, TenderView
from wire.offline import ToldBody


class LineBody(Body, frozen=True):
    """One line. `amount_minor`: what the customer pays for all `quantity` units, tax in, after the till's own
    discounts; leave it out to let central price the line (422 `article_not_priced` where it cannot).
    `tax_rate_bp`: the tax in it, where the till knows better than the article.
    """

    line_no: LineNo
    code: Code
    quantity: Quantity
    amount_minor: Amount | None = None
    label: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    tax_rate_bp: TaxRate | None = None


class BasketBody(Body, frozen=True):
    """What is being bought. `vouchers`: those presented, in order. `discount`: what the counter takes off."""

    currency: Currency
    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=BASKET_LINES_MAX)]
    vouchers: Annotated[list[VoucherCode], Meta(max_length=BASKET_VOUCHERS_MAX)] = []
    discount: ManualDiscountBody | None = None


class QuoteBody(Body, frozen=True):
    """Ask what a basket costs this member and what it earns; nothing is written."""

    basket: BasketBody
    holder: EvidenceBody | None = None
    shop_id: Id | None = None
    replaces: Annotated[list[Id], Meta(max_length=RESERVATIONS_NAMED_MAX)] = []
    """Reservations of the same ticket of which one may stand: what that keeps counts as free, and a
    reservation of this quote takes its place."""


ReceiptColumns = Annotated[int, Meta(ge=RECEIPT_COLUMNS_MIN, le=RECEIPT_COLUMNS_MAX)]


class ReasonView(View, frozen=True):
    """Why: one step of the explanation of a line's price and points.

    `amount_minor`: by how much it changed the line's amount. `stage` (restriction, price, promotion, counter,
    voucher, accrual) and `step` say when it spoke: steps count over the ticket, one per act of one rule; 0 if
    not kept. `times_bp`: of a multiplier, 20000 doubles. `article_class`: what a legal reason judged. `act`:
    what the law or a restriction keeps from the line (earn, be_discounted, redeem_on, be_a_gift,
    coupon_trigger, be_in_a_contest, counts_toward_threshold); `kept_off`: the rules and vouchers that would
    have reached it. `cut`: why the rule gave less than its effect says (budget_used_up, maximum_reached);
    `points` and `amount_minor` are what it really gave.
    """

    rule_id: str
    rule_version: int
    code: str
    points: int
    citation: str
    amount_minor: int = 0
    stage: str = ""
    step: int = 0
    times_bp: int = 0
    article_class: str = ""
    act: str = ""
    kept_off: list[str] = []
    cut: str = ""


class QuotedLineView(View, frozen=True):
    """A line's outcome. `price_minor`: central's price of one unit, null where it has none."""

    line_no: int
    code: str
    quantity: int
    price_minor: int | None
    amount_minor: int
    points: int
    reasons: list[ReasonView]


class WarningView(View, frozen=True):
    """Something to look at that did not stop the sale."""

    code: str
    line_no: int | None
    detail: str


class QuoteView(View, frozen=True):
    """The answer of P-30, before paying. `quote_id` is signed and valid until `expires_ms`."""

    quote_id: str
    expires_ms: int
    currency: str
    lines: list[QuotedLineView]
    total_minor: int
    points: int
    profile: ProfileView | None
    warnings: list[WarningView]
    gifts: list[GiftView] = []
    used_vouchers: list[UsedVoucherView] = []


class ReservationBody(Body, frozen=True):
    """The member agrees: hold these terms for 15 minutes, and the points that are to pay a part of them."""

    reservation_id: Id
    quote_id: Annotated[str, Meta(max_length=QUOTE_ID_CHARS_MAX)]
    quote: QuoteBody
    redeem_points: RedeemPoints = 0
    tenders: Tenders = []
    """Stored value that is to pay a part; held with the terms."""


class ReservationView(View, frozen=True):
    """A live reservation: a commit under it is never refused for value."""

    reservation_id: str
    expires_ms: int
    total_minor: int
    points: int
    redeem_points: int = 0
    redeem_minor: int = 0
    tenders: list[TenderView] = []


class ReleasedReservationView(View, frozen=True):
    """A reservation that ended at `expires_ms`: what it held is free."""

    reservation_id: str
    expires_ms: int


class SaleBody(Body, frozen=True):
    """A paid ticket. `sale_id` is made and saved by the caller before sending.

    `business_key` is the till's own identity of the ticket (SaleID, TransactionID, TimeStamp, category); with
    the shop it is unique for ever. `sent_ms` is the sender's clock now: 24 hours off is refused
    (`clock_skew`) and may be sent again. `holder`: the evidence of who earns, null for an anonymous ticket.
    `quote_id` or `reservation_id` fix prices and points at the moment of the quote. `redeem_points`: what
    paid a part; left out, those of the reservation; less than reserved frees the rest. `tenders`: the same
    for stored value. `told`: what the terminal told the customer while central was away; it stands as far as
    the bundle it names says so.
    """

    sale_id: Id
    business_key: Annotated[str, Meta(min_length=1, max_length=300)]
    occurred_ms: Millis
    sent_ms: Millis
    basket: BasketBody
    holder: EvidenceBody | None = None
    shop_id: Id | None = None
    quote_id: Annotated[str, Meta(max_length=QUOTE_ID_CHARS_MAX)] | None = None
    reservation_id: Id | None = None
    operator: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    redeem_points: RedeemPoints | None = None
    tenders: Tenders | None = None
    told: ToldBody | None = None
    lease: LeaseBurnBody | None = None
    """Points that paid while central could not be reached; then none of the other three."""
    receipt_columns: ReceiptColumns = 42
    """Characters in a row of the till's paper; no part of what makes the ticket the same one."""
    is_card_late: bool = False
    """The ticket came with its card long after it was paid: one of those that a member may have in a day."""


class SaleView(View, frozen=True):
    """The four things of P-30: updated profile, prices, points earned, consolidated balance; and why."""

    sale_id: str
    transaction_id: str | None
    recorded_ms: int
    currency: str
    lines: list[QuotedLineView]
    total_minor: int
    points: int
    balance_points: int | None
    profile: ProfileView | None
    warnings: list[WarningView]
    redeemed_points: int = 0
    redeemed_minor: int = 0
    tenders: list[TenderView] = []
    """What stored value paid."""
    other_minor: int = 0
    """What is left for other money, after points and stored value."""
    gifts: list[GiftView] = []
    """Units a rule offers that are not in the basket: hand them over."""
    vouchers: list[VoucherView] = []
    """Vouchers this ticket gave: to be printed."""
    used_vouchers: list[UsedVoucherView] = []
    receipt: list[str] = []
    """Rows for the receipt, none wider than `receipt_columns`: line by line what each rule did, then the
    discounts, points earned and redeemed, the balance where shown."""


class ReturnLineBody(Body, frozen=True):
    """Units of one sale line that come back."""

    line_no: LineNo
    quantity: Quantity


class ReturnBody(Body, frozen=True):
    """Goods that come back: sale lines and quantities. Points of exactly those units are reversed."""

    return_id: Id
    business_key: Annotated[str, Meta(min_length=1, max_length=300)]
    occurred_ms: Millis
    sent_ms: Millis
    lines: Annotated[list[ReturnLineBody], Meta(min_length=1, max_length=BASKET_LINES_MAX)]
    holder: EvidenceBody | None = None
    """The card presented with the return, if any: decides what the answer may show, never whose points go."""
    operator: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""


class ReturnView(View, frozen=True):
    """`points` taken back (>= 0), of which `points_owed` could not be taken from the balance.

    `restored_points` had paid for the goods and are the member's again; they were worth `restored_minor`,
    which is not paid out in money, nor is what goes back to `tenders`.
    """

    return_id: str
    sale_id: str
    transaction_id: str | None
    recorded_ms: int
    total_minor: int
    points: int
    points_owed: int
    balance_points: int | None
    profile: ProfileView | None
    restored_points: int = 0
    restored_minor: int = 0
    tenders: list[TenderBackView] = []
    """What goes back to the stored value that paid."""
    other_minor: int = 0
    """What is to be paid out in other money."""
    restored_vouchers: list[str] = []
    """Definitions of vouchers that paid for what came back and are good again."""
    ended_vouchers: list[str] = []
    """Definitions of vouchers that what came back had earned."""


class SaleLineView(View, frozen=True):
    """A recorded line with what already came back."""

    line_no: int
    code: str
    quantity: int
    returned_quantity: int
    amount_minor: int
    points: int


class SaleRecordView(View, frozen=True):
    """A recorded sale. `lines` need the permission to read purchase lines; each read is logged."""

    sale_id: str
    business_key: str
    shop_id: str
    member_id: str | None
    occurred_ms: int
    recorded_ms: int
    currency: str
    total_minor: int
    points: int
    lines: list[SaleLineView]
