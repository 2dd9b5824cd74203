"""The JSON API's benefits that are neither a price nor points: gifts, and vouchers given and used."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from wire.api_base import Body, View


class ManualDiscountBody(Body, frozen=True):
    """What the counter takes off on its own, within what the programme's `latitude` lets the role give.
    Needs `value.goodwill`. The sender vouches for `role`; `reason` is told on the ticket.
    """

    off_minor: Annotated[int, Meta(ge=1, le=LINE_AMOUNT_MINOR_MAX)]
    role: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]


class GiftView(View, frozen=True):
    """Units of an article that a rule offers free of charge."""

    rule_id: str
    article_id: str
    quantity: int


class VoucherView(View, frozen=True):
    """A voucher a ticket gave. `code`: the number that is presented, 20 digits with a GS1 check digit, in
    groups of five; whoever holds it may use it, only its own member where `is_personal`.

    `payload` is to be printed as a code of `symbology`; scanned, it is the number again. `redeem_on`: the
    article classes it is good for, all that the law allows where there are none. `funder` pays for it,
    `offered_by` is that party's name, empty for the group and its shops. `rows`: what to print beside the
    code, in the reader's language, as wide as the paper.
    """

    code: str
    definition: str
    worth_minor: int
    last_day: str
    is_personal: bool
    payload: str = ""
    symbology: Literal["qr"] = "qr"
    rule_id: str = ""
    redeem_on: list[str] = []
    funder: str = ""
    offered_by: str = ""
    rows: list[str] = []


class UsedVoucherView(View, frozen=True):
    """What a presented voucher took off; 0: it was not used and stays good."""

    code: str
    used_minor: int
