"""The JSON API's benefits that are neither a price nor points: gifts, and vouchers given and used."""

from typing import Annotated

from msgspec import Meta

from loyalty import limits
from wire.api_base import Body, View


class ManualDiscountBody(Body, frozen=True):
    """What the counter takes off on its own, within what the programme's `latitude` lets the role give.
    Needs `value.goodwill`. The sender vouches for `role`; `reason` is told on the ticket.
    """

    off_minor: Annotated[int, Meta(ge=1, le=limits.LINE_AMOUNT_MINOR_MAX)]
    role: Annotated[str, Meta(min_length=1, max_length=limits.ID_CHARS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS_MAX)]


class GiftView(View, frozen=True):
    """Units of an article that a rule offers free of charge."""

    rule_id: str
    article_id: str
    quantity: int


class VoucherView(View, frozen=True):
    """A voucher a ticket gave. `code`: the number that is presented, 20 digits with a GS1 check digit, in
    groups of five; whoever holds it may use it, only its own member where `is_personal`.
    """

    code: str
    definition: str
    worth_minor: int
    last_day: str
    is_personal: bool


class UsedVoucherView(View, frozen=True):
    """What a presented voucher took off; 0: it was not used and stays good."""

    code: str
    used_minor: int
