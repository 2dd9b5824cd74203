"""What pays by a till's word: a gift card by its number, the member's purse, or what is not ours to take."""

from dataclasses import dataclass
from typing import Literal

from loyalty.limits.texts import ID_CHARS_MAX
from terminal.open_tickets import Part
from terminal.till.nexo.context import NexoFailure
from wire.nexo.instruments import PaymentInstrumentData, StoredValueAccountID


@dataclass(frozen=True, slots=True)
class Instrument:
    """`number`: of a gift card."""

    kind: Literal["purse", "gift_card"]
    number: str = ""


def instrument_of(told: PaymentInstrumentData | None) -> Instrument:
    """What pays; a till that names nothing means the member's purse.

    Raises: NexoFailure: NotAllowed for payment cards, cash, cheques and wallets.
    """
    if told is None:
        return Instrument("purse")
    if told.payment_instrument_type != "StoredValue":
        raise NexoFailure(
            "NotAllowed",
            f"{told.payment_instrument_type} is not taken here: this terminal takes the purse and gift cards."
            " Use the payment terminal.",
            reason_code="tender_not_taken",
        )
    account = told.stored_value_account_id
    if account is not None and account.stored_value_account_type == "PhoneCard":
        raise NexoFailure("NotAllowed", "Phone cards are not taken here.", reason_code="tender_not_taken")
    if account is not None and account.stored_value_account_type == "Other":
        return Instrument("purse")
    token = told.card_data.payment_token if told.card_data else None
    number = account.value if account is not None else token.token_value if token is not None else None
    if number is None:
        if account is not None:
            raise _number_missing()
        return Instrument("purse")
    return Instrument("gift_card", number_of(number))


def number_of(text: str | None) -> str:
    """A gift card's number as central takes it; of a printed code, what is between its marks.

    Raises: NexoFailure.
    """
    number = "".join((text or "").split())
    if not number or len(number) > ID_CHARS_MAX or not number.isdecimal() or not number.isascii():
        raise _number_missing()
    return number


def account_id(part: Part) -> StoredValueAccountID:
    """What paid, as told to a till: of a gift card's number the last digits."""
    is_gift = part.kind == "gift_card"
    return StoredValueAccountID(
        stored_value_account_type="GiftCard" if is_gift else "Other",
        identification_type="AccountNumber",
        entry_mode=["Scanned"] if is_gift else ["Contactless"],
        value=f"*{part.number[-4:]}" if is_gift else None,
    )


def _number_missing() -> NexoFailure:
    return NexoFailure(
        "MessageFormat",
        "The gift card's number is missing: send StoredValueAccountID with its Value, digits only.",
        reason_code="gift_number_missing",
    )
