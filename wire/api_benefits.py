"""The JSON API's benefits that are neither a price nor points: gifts, and vouchers given and used."""

from wire.api_base import View


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
