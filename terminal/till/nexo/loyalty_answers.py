"""The answers to award and refund: noted, awarded, taken back."""

from decimal import Decimal

import msgspec

from loyalty.money import scale_of
from terminal.clock import iso
from terminal.offline.pricing import Told
from terminal.outbox import Fact
from terminal.till.nexo import texts
from terminal.till.nexo.context import Till, additional, poi_data, success
from terminal.till.nexo.holder import Holder, account_of, describe, loyalty_account
from wire.api_sales import ReturnView, SaleView
from wire.messages import Evidence
from wire.nexo.base import POIData, SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyAcquirerData, LoyaltyAmount, LoyaltyResponse, LoyaltyResult


def queued(till: Till, sale_data: SaleData, fact: Fact, holder: Holder | None, text: str) -> LoyaltyResponse:
    """Noted, will be credited: no balance is claimed. What the bundle says is told, and stands."""
    told = None if fact.told is None else msgspec.json.decode(fact.told, type=Told)
    current = till.desk.current
    language = _language(till, current.profile.language if current and current.profile else "")
    message = texts.line(text, language) if told is None else texts.line("told", language, told.points)
    pairs = {"queued": "true", "message": message} | ({} if told is None else told_pairs(told))
    result = None
    if holder is not None:
        amount = None if told is None else LoyaltyAmount(loyalty_unit="Point", value=Decimal(told.points))
        result = [LoyaltyResult(loyalty_account=loyalty_account(till, holder.account), loyalty_amount=amount)]
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=result,
        payment_receipt=texts.receipt([message]),
    )


def told_pairs(told: Told) -> dict[str, str]:
    """Price and points from the bundle, as central would name them."""
    pairs = {
        "earned": str(told.points),
        "currency": told.currency,
        "scale": str(scale_of(told.currency)),
        "total": str(told.total_minor),
        "bundle": told.bundle_id,
    }
    for line in told.lines:
        pairs[f"amount.{line.line_no}"] = str(line.amount_minor)
        pairs[f"points.{line.line_no}"] = str(line.points)
    return pairs


def awarded(
    till: Till,
    sale_data: SaleData,
    fact: Fact,
    holder: Holder | None,
    view: SaleView,
    total_warning: str | None = None,
) -> LoyaltyResponse:
    """The four things of P-30: updated profile, prices, points earned, consolidated balance."""
    pairs = describe(view.profile) | {
        "earned": str(view.points),
        "currency": view.currency,
        "scale": str(scale_of(view.currency)),
        "total": str(view.total_minor),
    }
    if view.tenders or view.redeemed_minor:
        pairs["otherMinor"] = str(view.other_minor)
    if view.balance_points is not None:
        pairs["balance"] = str(view.balance_points)
    for line in view.lines:
        if line.price_minor is not None:
            pairs[f"price.{line.line_no}"] = str(line.price_minor)
        pairs[f"amount.{line.line_no}"] = str(line.amount_minor)
        pairs[f"points.{line.line_no}"] = str(line.points)
    for number, warning in enumerate(view.warnings):
        pairs[f"warning.{number}"] = warning.detail
    if total_warning is not None:
        pairs["warning.total"] = total_warning
    result = _result(
        till, holder, view.points, view.balance_points, view.transaction_id, iso(view.recorded_ms)
    )
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=[result],
        payment_receipt=[
            *texts.receipt(view.receipt),
            *texts.codes([each.payload for each in view.vouchers]),
        ],
    )


def taken_back(
    till: Till, sale_data: SaleData, fact: Fact, holder: Holder | None, view: ReturnView
) -> LoyaltyResponse:
    """Points of exactly the units that came back."""
    pairs = describe(view.profile) | {
        "takenBack": str(view.points),
        "owed": str(view.points_owed),
        "total": str(view.total_minor),
    }
    if view.balance_points is not None:
        pairs["balance"] = str(view.balance_points)
    language = _language(till, view.profile.language if view.profile else "")
    lines = [texts.line("taken_back", language, view.points)]
    if view.balance_points is not None:
        lines.append(texts.line("balance", language, view.balance_points))
    result = _result(
        till, holder, view.points, view.balance_points, view.transaction_id, iso(view.recorded_ms)
    )
    return LoyaltyResponse(
        response=success(additional(pairs)),
        sale_data=sale_data,
        poi_data=_poi_data(fact),
        loyalty_result=[result],
        payment_receipt=texts.receipt(lines),
    )


def _result(
    till: Till,
    holder: Holder | None,
    points: int,
    balance: int | None,
    transaction_id: str | None,
    recorded: str,
) -> LoyaltyResult:
    # A return without a card still names an account: which one is central's affair.
    account = holder.account if holder else account_of(Evidence(medium="typed", value=""), "")
    transaction = (
        TransactionIdentification(transaction_id=transaction_id, time_stamp=recorded)
        if transaction_id
        else None
    )
    return LoyaltyResult(
        loyalty_account=loyalty_account(till, account),
        current_balance=None if balance is None else Decimal(balance),
        loyalty_amount=LoyaltyAmount(loyalty_unit="Point", value=Decimal(points)),
        loyalty_acquirer_data=LoyaltyAcquirerData(
            loyalty_acquirer_id="central", loyalty_transaction_id=transaction
        ),
    )


def _poi_data(fact: Fact) -> POIData:
    return poi_data(
        TransactionIdentification(transaction_id=fact.poi_transaction_id, time_stamp=fact.poi_time)
    )


def group_language(till: Till) -> str:
    """The language of a group's paper where no member's is known."""
    group = till.group()
    return group.languages[0] if group and group.languages else "fr"


def _language(till: Till, of_member: str) -> str:
    return of_member or group_language(till)
