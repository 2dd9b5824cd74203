"""The JSON API's stored value: gift cards and batches of them, purses, meal vouchers, services sold ahead.

Selling any of it is no purchase: it earns no points, and tax is due when it pays for something.
"""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.value import GIFT_BATCH_CARDS_MAX, SERVICE_UNITS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View, VoucherCode
from wire.api_members import MemberBody
from wire.api_tenders import PaidMinor

HowPaid = Literal["cash", "card", "other"]
Reason = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Note = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Operator = Annotated[str, Meta(max_length=ID_CHARS_MAX)]
Funder = Annotated[
    str, Meta(max_length=100, pattern=r"^(group|(shop|supplier|association)/[A-Za-z0-9._:\-]+)(?!\n)$")
]
"""Who owes it in the clearing: group, shop, or a party of the group."""
GiftId = Annotated[str, Meta(min_length=1, max_length=56, pattern=r"^[A-Za-z0-9._\-]+(?!\n)$")]
"""Of cards and batches that a caller makes; a batch names its cards `<batch>:<place>`."""
LocalDay = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]


class ActView(View, frozen=True):
    """What was done with stored value. `amount` in minor units of `asset`; `balance`: what is there after it.

    `expires_ms`: when what was loaded expires, null: never.
    """

    act_id: str
    kind: str
    shop_id: str | None
    member_id: str | None
    gift_card_id: str | None
    asset: str
    amount: int
    paid_minor: int
    balance: int
    expires_ms: int | None
    recorded_ms: int
    transaction_id: str | None


class ActQuery(Body, frozen=True):
    """Recorded in [from_ms, to_ms)."""

    from_ms: Millis = 0
    to_ms: Millis = 253_402_300_799_999


class ActListView(View, frozen=True):
    """Oldest first, at most a page."""

    acts: list[ActView]


# Gift cards -------------------------------------------------------------------------------------------------


class GiftCardBody(Body, frozen=True):
    """Make a gift card in the shop. It is worth nothing until it is activated at a sale."""

    gift_card_id: GiftId


class NewGiftCardView(View, frozen=True):
    """A new card. `number`: 20 digits with a GS1 check digit; kept nowhere, told to who made the card."""

    gift_card_id: str
    number: str


class GiftActivationBody(Body, frozen=True):
    """The card is sold: `amount_minor`, chosen by the buyer, was paid for. One sale for each card."""

    activation_id: Id
    number: VoucherCode
    amount_minor: PaidMinor
    tender: HowPaid = "cash"
    shop_id: Id | None = None
    operator: Operator = ""


class GiftNumberBody(Body, frozen=True):
    """Which card is this? Numbers travel in bodies, never in addresses (ASVS 14.2.1)."""

    number: VoucherCode


class GiftCardView(View, frozen=True):
    """A gift card. `free_minor`: to be spent now. `state`: made, active, blocked, replaced, converted.

    `expires_ms`: when the first of what it holds ends, null: nothing of it does; of an empty card, when what
    it was sold with ended. What comes back after its end lives on and ends later.
    """

    gift_card_id: str
    number_end: str
    state: str
    currency: str
    balance_minor: int
    free_minor: int
    expires_ms: int | None
    batch_id: str | None
    purpose: str
    funder: str
    activation_id: str | None
    shop_id: str | None
    replaced_by: str | None
    member_id: str | None


class GiftBlockBody(Body, frozen=True):
    """Block a card, by its number, or by its id where the card itself is gone (the id is on the receipt)."""

    block_id: Id
    reason: Literal["lost", "stolen", "fraud", "damaged"]
    number: VoucherCode | None = None
    gift_card_id: Id | None = None


class GiftReplacementBody(Body, frozen=True):
    """A new card takes over the value of a blocked one; each part keeps its expiry and funder."""

    replacement_id: Id
    gift_card_id: Id
    new_gift_card_id: GiftId


class GiftReplacementView(View, frozen=True):
    """The new card, and what it holds."""

    act: ActView
    card: NewGiftCardView


class GiftConversionBody(Body, frozen=True):
    """The holder of an empty gift card becomes a member, whose card has its number from now on.

    `member.card_number` is left out. What comes back to the card later goes to the member's purse.
    """

    conversion_id: Id
    number: VoucherCode
    member: MemberBody


class GiftConversionView(View, frozen=True):
    """Who the holder of a gift card is now. `possible_duplicates`: for those who may read members."""

    act: ActView
    member_id: str
    possible_duplicates: list[str]


# Batches of prizes ------------------------------------------------------------------------------------------


class GiftBatchBody(Body, frozen=True):
    """Cards made by head office. With `amount_minor` they are prizes: each holds so much once the batch is
    activated, paid by `funder`. Without, they are blank cards that shops sell.
    """

    batch_id: GiftId
    cards: Annotated[int, Meta(ge=1, le=GIFT_BATCH_CARDS_MAX)]
    purpose: Reason
    amount_minor: PaidMinor | None = None
    funder: Funder = "group"


class GiftBatchView(View, frozen=True):
    """A batch; `state`: made, handed_out (its file), activating, active."""

    batch_id: str
    state: str
    cards: int
    amount_minor: int | None
    purpose: str
    funder: str
    made_by: str
    made_ms: int
    handed_out_ms: int | None
    activated_ms: int | None
    expires_ms: int | None


class GiftBatchListView(View, frozen=True):
    """Newest first, at most a page."""

    batches: list[GiftBatchView]


class BatchQuery(Body, frozen=True):
    """Made before `before_ms`."""

    before_ms: Millis = 253_402_300_799_999


class HandOutBody(Body, frozen=True):
    """Hand out the numbers, once: the same `handout_id` gives the same file until the batch is active."""

    handout_id: Id


class PrintedCardView(View, frozen=True):
    """A card for the card maker. `payload`: what to print as a QR code; scanned, it is the number again."""

    place: int
    gift_card_id: str
    number: str
    payload: str


class GiftBatchFileView(View, frozen=True):
    """All numbers of a batch."""

    batch: GiftBatchView
    cards: list[PrintedCardView]


class BatchActivationBody(Body, frozen=True):
    """The cards arrived: from now on each holds the batch's amount."""

    activation_id: Id


class BatchCardQuery(Body, frozen=True):
    """Cards after a place of the batch."""

    after: Annotated[int, Meta(ge=0, le=GIFT_BATCH_CARDS_MAX)] = 0


class BatchCardListView(View, frozen=True):
    """The cards of a batch in their places, at most a page; without numbers."""

    batch: GiftBatchView
    cards: list[GiftCardView]


# Purse and meal vouchers ------------------------------------------------------------------------------------


class TopUpBody(Body, frozen=True):
    """A member pays money in. It earns nothing: what it buys later does."""

    top_up_id: Id
    holder: EvidenceBody
    amount_minor: PaidMinor
    tender: HowPaid = "cash"
    shop_id: Id | None = None
    operator: Operator = ""


class MealLoadBody(Body, frozen=True):
    """The issuer's meal vouchers for a member, good until the end of `last_day`."""

    load_id: Id
    member_id: Id
    amount_minor: PaidMinor
    funder: Funder
    """The issuer: a supplier of the group."""
    last_day: LocalDay | None = None


class PurseQueryBody(Body, frozen=True):
    """What does this holder have?"""

    holder: EvidenceBody


class ServiceBalanceView(View, frozen=True):
    """What is left of a service that was sold ahead, in minor units (hundredths of an hour, or times)."""

    service_id: str
    name: str
    asset: str
    units: int
    first_expires_ms: int | None


class PurseView(View, frozen=True):
    """A member's stored value. `held`: what tickets on their way keep of it."""

    member_id: str
    currency: str
    purse_minor: int
    purse_held_minor: int
    purse_max_minor: int
    meal_vouchers_minor: int
    meal_vouchers_first_expires_ms: int | None
    services: list[ServiceBalanceView]


# Services sold ahead ----------------------------------------------------------------------------------------


class ServiceSaleBody(Body, frozen=True):
    """Units of a service of the group's settings are sold ahead: hundredths of an hour, or times."""

    sale_id: Id
    holder: EvidenceBody
    service_id: Id
    units: Annotated[int, Meta(ge=1, le=SERVICE_UNITS_MAX)]
    tender: HowPaid = "cash"
    shop_id: Id | None = None
    operator: Operator = ""


class ServiceDrawBody(Body, frozen=True):
    """The service was rendered: so many units are used up."""

    draw_id: Id
    holder: EvidenceBody
    service_id: Id
    units: Annotated[int, Meta(ge=1, le=SERVICE_UNITS_MAX)]
    note: Note = ""
    shop_id: Id | None = None
    operator: Operator = ""
