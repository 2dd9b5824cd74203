"""What a till asks in Caisse-AP, and the words it is answered with. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

CURRENCIES: Final = MappingProxyType({"978": "EUR", "756": "CHF"})
"""ISO 4217 numbers of the currencies that groups have."""
ECHOED: Final = ("CZ", "CJ", "CA", "CB", "CD", "CE", "CC", "CH", "BA")
"""Tags of the request that stand in its answer: tills compare them."""
PRIVATE_CHARS_MAX: Final = 99
VERSIONS: Final = re.compile(r"03[0-9]{2}", re.ASCII)
_TILL: Final = re.compile(r"[0-9A-Za-z]{1,2}", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


class Status(StrEnum):
    """AE."""

    NOT_DONE = "01"
    DONE = "10"


class Reason(StrEnum):
    """AF: why it was not done."""

    UNKNOWN = "00"
    REFUSED = "04"
    FORBIDDEN = "05"
    ABANDONED = "06"
    NOT_COMPLETED = "07"
    TIMEOUT = "08"
    FORMAT = "09"
    SELECTION = "10"
    ABANDONED_BY_CLERK = "11"
    ACTION_UNKNOWN = "12"
    CURRENCY = "13"


REASONS: Final = MappingProxyType(
    {
        "stored_value_too_low": Reason.REFUSED,
        "points_too_few": Reason.REFUSED,
        "balance_too_low": Reason.REFUSED,
        "unknown_card": Reason.REFUSED,
        "blocked_card": Reason.REFUSED,
        "expired_card": Reason.REFUSED,
        "replaced_card": Reason.REFUSED,
        "gift_card_unknown": Reason.REFUSED,
        "gift_card_blocked": Reason.REFUSED,
        "gift_card_expired": Reason.REFUSED,
        "strength_too_low": Reason.FORBIDDEN,
        "redeeming_not_offered": Reason.FORBIDDEN,
        "redeeming_not_in_steps": Reason.FORBIDDEN,
        "redeeming_too_much": Reason.FORBIDDEN,
        "permission_missing": Reason.FORBIDDEN,
        "health_card": Reason.FORBIDDEN,
        "card_proof_needed": Reason.FORBIDDEN,
        "card_proof_impossible": Reason.FORBIDDEN,
        "card_proof_failed": Reason.REFUSED,
        "card_not_there": Reason.TIMEOUT,
        "card_talk_failed": Reason.TIMEOUT,
        "card_talk_over": Reason.TIMEOUT,
        "ticket_booked": Reason.FORBIDDEN,
        "in_training": Reason.FORBIDDEN,
        "original_unknown": Reason.FORBIDDEN,
        "reversal_not_whole": Reason.FORBIDDEN,
        "currency_mismatch": Reason.CURRENCY,
        "reference_reused": Reason.SELECTION,
        "answer_at_once": Reason.SELECTION,
        "tender_unknown": Reason.SELECTION,
        "gift_number_missing": Reason.SELECTION,
        "card_missing": Reason.TIMEOUT,
        "central_unreachable": Reason.NOT_COMPLETED,
        "terminal_store_failed": Reason.NOT_COMPLETED,
        "terminal_store_busy": Reason.NOT_COMPLETED,
        "answer_lost": Reason.ABANDONED,
    }
)
"""AF for a problem code of central or of the terminal; any other is a refusal."""

ActionName = Literal["debit", "refund", "cancel", "duplicate"]
ACTIONS: Final[Mapping[str, ActionName]] = MappingProxyType(
    {"0": "debit", "1": "refund", "2": "cancel", "3": "duplicate"}
)


class NotUnderstood(Exception):
    """A message that is one, and asks for what there is not. `reason`: what to answer."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing a till asks. `amount_minor` is None where a duplicate or a cancellation names none."""

    register: str
    action: ActionName
    currency: str
    amount_minor: int | None
    application: str
    private: str
    reference: str
    is_at_once: bool


def request_of(tags: Mapping[str, str]) -> Request:
    """What the tags ask.

    Raises: NotUnderstood.
    """
    missing = [tag for tag in ("CZ", "CJ", "CA", "CD") if tag not in tags]
    if missing:
        raise NotUnderstood(Reason.FORMAT, f"{', '.join(missing)} missing")
    if not VERSIONS.fullmatch(tags["CZ"]) or not _TILL.fullmatch(tags["CA"]):
        raise NotUnderstood(Reason.FORMAT, "CZ or CA is not what it should be")
    action = ACTIONS.get(tags["CD"])
    if action is None:
        raise NotUnderstood(Reason.ACTION_UNKNOWN, "CD names no action of this terminal")
    amount = tags.get("CB")
    if amount is None and action in ("debit", "refund"):
        raise NotUnderstood(Reason.FORMAT, "CB missing")
    if amount is not None and (not _AMOUNT.fullmatch(amount) or not int(amount)):
        raise NotUnderstood(Reason.FORMAT, "CB is no amount above zero")
    currency = tags.get("CE")
    if currency is None and amount is not None:
        raise NotUnderstood(Reason.FORMAT, "CE missing")
    if currency is not None and currency not in CURRENCIES:
        raise NotUnderstood(Reason.CURRENCY, "CE is neither 978 nor 756")
    return Request(
        register=tags["CA"],
        action=action,
        currency=CURRENCIES[currency] if currency else "",
        amount_minor=None if amount is None else int(amount),
        application=tags.get("CC", "").strip(),
        private=tags.get("CF", "").strip(),
        reference=tags.get("CH", "").strip(),
        is_at_once=tags.get("BA", "0") == "1",
    )


def done(asked: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The answer to what was done."""
    return _echo(asked) | dict(more) | {"AE": Status.DONE.value}


def not_done(asked: Mapping[str, str], reason: Reason, text: str = "") -> dict[str, str]:
    """The answer to what was not done. `text`: for the cashier, in the private field."""
    told = {"CF": private_text(text)} if text else {}
    return _echo(asked) | told | {"AE": Status.NOT_DONE.value, "AF": reason.value}


def private_text(text: str) -> str:
    """Text as CF carries it: printable ASCII, 99 characters at most."""
    return "".join(each if " " <= each <= "~" else "?" for each in text)[:PRIVATE_CHARS_MAX] or "?"


def _echo(asked: Mapping[str, str]) -> dict[str, str]:
    return {"CZ": "0300"} | {tag: asked[tag] for tag in ECHOED if tag in asked}
