"""What a ticket is paid with beside other money: stored value named on reservations, sales and returns."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.leases import LEASE_POINTS_MAX
from loyalty.limits.value import STORED_VALUE_MINOR_MAX, TENDERS_MAX
from wire.api_base import Body, Id, Millis, View, VoucherCode

StoredKind = Literal["purse", "gift_card", "meal_vouchers"]
PaidMinor = Annotated[int, Meta(ge=1, le=STORED_VALUE_MINOR_MAX)]


class TenderBody(Body, frozen=True):
    """Stored value that pays `amount_minor` of a ticket. `number`: of a gift card; purse and meal vouchers
    are those of the holder. What no tender pays is other money.
    """

    kind: StoredKind
    amount_minor: PaidMinor
    number: VoucherCode | None = None


class LeaseBurnBody(Body, frozen=True):
    """Points that paid in a cut, out of a lease of the terminal that sends this (docs/offline.md).

    `drawn_ms`: when, by the time that central last told.
    """

    lease_id: Id
    points: Annotated[int, Meta(ge=1, le=LEASE_POINTS_MAX)]
    drawn_ms: Millis


Tenders = Annotated[list[TenderBody], Meta(max_length=TENDERS_MAX)]


class TenderView(View, frozen=True):
    """What a tender paid. `number_end`: the last digits of a gift card's number.

    `balance_minor`: what is left on it. `next_step` of a gift card that is empty now: `become_member`, its
    holder can be enrolled with its number (`POST /gift-cards/conversions`).
    """

    kind: str
    amount_minor: int
    number_end: str = ""
    balance_minor: int | None = None
    is_empty: bool = False
    next_step: Literal["", "become_member"] = ""


class TenderBackView(View, frozen=True):
    """What goes back to a tender. `onto`: `same`, `replacement` (the card was replaced) or `purse` (its
    holder became a member).
    """

    kind: str
    amount_minor: int
    number_end: str
    onto: Literal["same", "replacement", "purse"]
