"""Whose card a request is about: an acquired card, a number, or the card on the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from loyalty.limits.cards import EVIDENCE_CHARS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.programme.chip_numbers import HealthCard, is_health_card
from loyalty.programme.found import is_found
from loyalty.programme.insured_card import is_insured
from loyalty.programme.numbers import is_same_number
from loyalty.programme.phone_card import is_phone_code
from terminal import session as flow
from terminal.till.nexo.context import NexoFailure, Till
from wire.api import ProfileView
from wire.messages import Evidence, Medium
from wire.nexo.base import TransactionIdentification
from wire.nexo.instruments import EntryMode, PaymentInstrumentData
from wire.nexo.loyalty import (
    BalanceInquiryRequest,
    LoyaltyAccount,
    LoyaltyAccountID,
    LoyaltyAccountReq,
    LoyaltyData,
    LoyaltyRequest,
)
from wire.nexo.payment import PaymentRequest, StoredValueRequest

ENTRY_MODES: Final[dict[Medium, EntryMode]] = {
    "nfc_uid": "Contactless",
    "ntag424": "Contactless",
    "chip": "ICC",
    "barcode": "Scanned",
    "qr": "Scanned",
    "phone": "Scanned",
    "typed": "Keyed",
}
NUMBER_TYPES: Final = frozenset({"AccountNumber", "BarCode"})
NO_CARD: Final = (
    "No card: have the member tap, or send LoyaltyAccountID or CardAcquisitionReference,"
    " then repeat with a new ServiceID."
)
QR_PREFIX: Final = "LOY"
"""A member card's QR code holds `LOY1.`, the card's number and a truncated MAC. A till says only "scanned";
our own scanner judges by symbology and content (reader_daemon/barcodes.py).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The evidence central will judge. `account` is what the till is told about the card."""

    evidence: Evidence
    account: LoyaltyAccountID
    tap_id: str = ""
    uid: str = ""
    """What the card's chip calls itself, where its reader saw that beside the evidence."""


def find_holder(
    till: Till,
    sale_id: str,
    reference: TransactionIdentification | None,
    account: LoyaltyAccountID | None,
) -> Holder | None:
    """The card a request names, or the one on the reader; None when there is none.

    Raises: NexoFailure: a reference or number that cannot be used.
    """
    if reference is not None:
        return _acquired(till, sale_id, reference.transaction_id)
    if account is not None:
        return _numbered(till, sale_id, account)
    card = flow.card_for(till.desk.sessions, sale_id, till.clock())
    if card is None:
        return None
    _require_no_health_card(card.evidence.value)
    if is_insured(card.evidence.value) and card.identified is None:
        raise NexoFailure("InvalidCard", HealthCard.text, reason_code=HealthCard.code)
    till.desk.put(flow.bound(till.desk.sessions, card.session_id, sale_id))
    number = card.identified.card_number if card.identified else ""
    return Holder(
        evidence=card.evidence, account=account_of(card.evidence, number), tap_id=card.tap_id, uid=card.uid
    )


def card_missing(
    till: Till, sale_id: str, message: str, *, transaction: TransactionIdentification | None = None
) -> NexoFailure:
    """What to say where `find_holder` found none: `message`, or which till the card that lies there serves.

    `transaction`: ours that is kept for it.
    """
    by = flow.till_of_card(till.desk.sessions, till.clock())
    if by is not None and by != sale_id:
        return NexoFailure(
            "NotFound",
            f"The card on the reader is in use at till {by}. Have it taken away and put there again for this"
            " till, then repeat with a new ServiceID.",
            reason_code="card_of_other_till",
            transaction=transaction,
        )
    return NexoFailure("NotFound", message, reason_code="card_missing", transaction=transaction)


def account_of(evidence: Evidence, card_number: str) -> LoyaltyAccountID:
    """The card as tills know it; without a number while central has not named it."""
    return LoyaltyAccountID(
        entry_mode=[ENTRY_MODES[evidence.medium]],
        identification_type="AccountNumber",
        identification_support="LoyaltyCard",
        loyalty_id=card_number or None,
    )


def account_typed(number: str) -> LoyaltyAccountID:
    """A card by the number that somebody typed."""
    return LoyaltyAccountID(
        entry_mode=["Keyed"],
        identification_type="AccountNumber",
        identification_support="LoyaltyCard",
        loyalty_id=number,
    )


def loyalty_account(till: Till, account: LoyaltyAccountID | None) -> LoyaltyAccount:
    """The card with the group's name as its brand."""
    group = till.group()
    account = account or account_of(Evidence(medium="typed", value=""), "")
    return LoyaltyAccount(loyalty_account_id=account, loyalty_brand=group.name if group else None)


def describe(profile: ProfileView | None) -> dict[str, str]:
    """A profile as far as central shows it, for AdditionalResponse."""
    if profile is None:
        return {}
    pairs = {"memberName": profile.display_name, "language": profile.language}
    numbers = {
        "points": profile.points,
        "pointsFrom": profile.points_from,
        "pointsTo": profile.points_to,
        "pointsToday": profile.points_today,
        "worthMinor": profile.worth_minor,
    }
    pairs |= {name: str(value) for name, value in numbers.items() if value is not None}
    if profile.expiring is not None:
        pairs |= {
            "expiringPoints": str(profile.expiring.points),
            "expiringLastDay": profile.expiring.last_day,
        }
    return pairs


def require_no_health_card(body: object) -> None:
    """A request that names a health card is refused before anything of it is kept, with or without a line.

    Raises: NexoFailure.
    """
    named: Sequence[LoyaltyData | LoyaltyAccountReq | None] = ()
    match body:
        case PaymentRequest(loyalty_data=data, payment_data=payment):
            named = data if isinstance(data, list) else [data]
            _require_no_health_card(_gift_number(payment.payment_instrument_data if payment else None))
        case LoyaltyRequest(loyalty_data=data):
            named = data if isinstance(data, list) else [data]
        case BalanceInquiryRequest(loyalty_account_req=asked, payment_account_req=paying):
            named = [asked]
            _require_no_health_card(_gift_number(paying.payment_instrument_data if paying else None))
        case StoredValueRequest(stored_value_data=acts):
            for act in acts if isinstance(acts, list) else [acts]:
                account = act.stored_value_account_id
                _require_no_health_card((account.value if account else None) or "")
    for each in named:
        if each is not None and each.loyalty_account_id is not None:
            _require_no_health_card(each.loyalty_account_id.loyalty_id or "")


def _gift_number(instrument: PaymentInstrumentData | None) -> str:
    """The number in what is to pay, wherever a till puts it."""
    if instrument is None:
        return ""
    account = instrument.stored_value_account_id
    token = instrument.card_data.payment_token if instrument.card_data else None
    return (account.value if account else None) or (token.token_value if token else "")


def _require_no_health_card(number: str) -> None:
    if is_health_card(number):
        raise NexoFailure("InvalidCard", HealthCard.text, reason_code=HealthCard.code)


def _acquired(till: Till, sale_id: str, reference: str) -> Holder:
    card = flow.card_of_reference(till.desk.sessions, sale_id, reference, till.clock())
    if card is None:
        raise NexoFailure(
            "NotFound",
            "This CardAcquisitionReference is not known here for this till, or is too old."
            " Acquire the card again, then repeat with a new ServiceID.",
            reason_code="reference_unknown",
        )
    till.desk.put(flow.used(till.desk.sessions, reference, till.clock()))
    return Holder(
        evidence=card.evidence,
        account=account_of(card.evidence, card.card_number),
        tap_id=card.tap_id,
        uid=card.uid,
    )


def _numbered(till: Till, sale_id: str, account: LoyaltyAccountID) -> Holder:
    if account.identification_type not in NUMBER_TYPES:
        raise NexoFailure(
            "NotAllowed",
            f"IdentificationType {account.identification_type} is not taken."
            " Send the loyalty card's number as AccountNumber or BarCode, or acquire the card.",
            reason_code="identification_not_taken",
        )
    number = "".join((account.loyalty_id or "").split())
    if is_found(number) and len(number) <= EVIDENCE_CHARS_MAX:
        return Holder(evidence=Evidence(medium="typed", value=number), account=account)
    if not number or len(number) > ID_CHARS_MAX:
        raise NexoFailure(
            "MessageFormat",
            f"LoyaltyID must hold the card's number, 1 to {ID_CHARS_MAX} characters.",
            reason_code="loyalty_id_invalid",
        )
    now_ms = till.clock()
    # The number we gave for a tapped card comes back: the tap proves more than the number.
    acquired = flow.card_of_number(till.desk.sessions, sale_id, number, now_ms)
    if acquired is not None:
        return Holder(evidence=acquired.evidence, account=account, tap_id=acquired.tap_id, uid=acquired.uid)
    lying = flow.card_for(till.desk.sessions, sale_id, now_ms)
    known = lying.identified if lying is not None else None
    if lying is not None and known is not None and is_same_number(known.card_number, number):
        return Holder(evidence=lying.evidence, account=account, tap_id=lying.tap_id, uid=lying.uid)
    is_scanned = "Scanned" in account.entry_mode
    medium: Medium = "typed"
    if is_scanned:
        is_code = number.startswith(QR_PREFIX)
        medium = "phone" if is_phone_code(number) else "qr" if is_code else "barcode"
    return Holder(evidence=Evidence(medium=medium, value=number), account=account)
