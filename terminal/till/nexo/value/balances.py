"""What can be paid with: a gift card's rest, or a member's purse."""

from decimal import Decimal

from loyalty.money import format_minor, scale_of
from terminal.open_tickets import Part
from terminal.till.nexo.context import Ask, Till, additional, success
from terminal.till.nexo.holder import card_missing, find_holder
from terminal.till.nexo.noting import evidence_body
from terminal.till.nexo.value.instruments import account_id, instrument_of
from wire.api_stored_value import PurseView
from wire.nexo.instruments import PaymentAccountReq, PaymentAccountStatus, PaymentInstrumentData
from wire.nexo.loyalty import BalanceInquiryResponse


async def payment_balance(till: Till, ask: Ask, wanted: PaymentAccountReq) -> BalanceInquiryResponse:
    """The balance of the gift card or the purse that is named."""
    instrument = instrument_of(wanted.payment_instrument_data)
    if instrument.kind == "gift_card":
        card = await till.value.find_gift_card(instrument.number)
        part = Part(kind="gift_card", poi_id="", poi_time="", number=instrument.number)
        pairs = {"state": card.state, "currency": card.currency}
        return _answer(part, card.free_minor, card.currency, pairs)
    holder = find_holder(till, ask.sale_id, wanted.card_acquisition_reference, None)
    if holder is None:
        raise card_missing(
            till, ask.sale_id, "No card: have the member tap, or send CardAcquisitionReference."
        )
    purse = await till.value.find_purse(evidence_body(holder.evidence), holder.tap_id)
    part = Part(kind="purse", poi_id="", poi_time="")
    return _answer(part, purse.purse_minor - purse.purse_held_minor, purse.currency, _told(purse))


def _told(purse: PurseView) -> dict[str, str]:
    return {
        "purseMinor": str(purse.purse_minor),
        "heldMinor": str(purse.purse_held_minor),
        "mealVouchersMinor": str(purse.meal_vouchers_minor),
    }


def _answer(part: Part, minor: int, currency: str, pairs: dict[str, str]) -> BalanceInquiryResponse:
    return BalanceInquiryResponse(
        response=success(additional(pairs)),
        payment_account_status=PaymentAccountStatus(
            payment_instrument_data=PaymentInstrumentData(
                payment_instrument_type="StoredValue", stored_value_account_id=account_id(part)
            ),
            current_balance=Decimal(format_minor(minor, scale_of(currency))),
            currency=currency,
        ),
    )
