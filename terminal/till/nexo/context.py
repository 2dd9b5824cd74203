"""What every handler works with, and how a request is refused."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote
from weakref import WeakValueDictionary

from loyalty.errors import LoyaltyError, Trouble
from terminal.card_proofs import CardProofs
from terminal.card_talk import CardTalk
from terminal.central_link import CentralLink, CentralRefused
from terminal.central_value import CentralValue
from terminal.clock import Clock, TrustedTime, iso
from terminal.desk import CardDesk
from terminal.leases.keeper import LeaseKeeper
from terminal.nobodys_tickets import NobodysTickets
from terminal.offline.data import OfflineData
from terminal.open_tickets import OpenTickets
from terminal.outbox import Outbox
from terminal.pin_wishes import PinWishes
from terminal.printer.desk import PrintDesk
from terminal.sender import Sender
from terminal.settings import TerminalSettings
from terminal.till.nexo.words import in_language
from terminal.till.prompts import Prompts
from terminal.till_store import Key, TillStore
from terminal.totals import Totals
from wire.api import Problem
from wire.api_catalogue import GroupView
from wire.nexo.base import (
    ErrorCondition,
    MessageHeader,
    Nexo,
    POIData,
    Response,
    SaleData,
    TransactionIdentification,
)

CONDITIONS: dict[str, ErrorCondition] = {
    "unknown_card": "InvalidCard",
    "blocked_card": "InvalidCard",
    "expired_card": "InvalidCard",
    "replaced_card": "InvalidCard",
    "card_not_active": "InvalidCard",
    "health_card": "InvalidCard",
    "unreadable_card": "InvalidCard",
    "card_message_invalid": "InvalidCard",
    "card_message_replayed": "InvalidCard",
    "phone_code_invalid": "InvalidCard",
    "phone_code_over": "InvalidCard",
    "strength_too_low": "NotAllowed",
    "card_proof_needed": "NotAllowed",
    "card_proof_impossible": "NotAllowed",
    "card_proof_failed": "InvalidCard",
    "card_talk_over": "Cancel",
    "card_not_there": "Cancel",
    "card_talk_failed": "UnavailableDevice",
    "idempotency_conflict": "NotAllowed",
    "ticket_changed": "NotAllowed",
    "service_id_reused": "NotAllowed",
    "permission_missing": "NotAllowed",
    "tender_twice": "NotAllowed",
    "voucher_twice": "NotAllowed",
    "gift_card_sold_already": "NotAllowed",
    "gift_card_of_batch": "NotAllowed",
    "gift_number_invalid": "InvalidCard",
    "gift_card_unknown": "InvalidCard",
    "gift_card_not_active": "InvalidCard",
    "gift_card_blocked": "InvalidCard",
    "gift_card_replaced": "InvalidCard",
    "gift_card_converted": "InvalidCard",
    "gift_card_expired": "InvalidCard",
    "store_busy": "Busy",
    "try_again": "Busy",
    "quote_changed": "Busy",
    "quote_expired": "Busy",
    "reservation_replaced": "Busy",
    "sale_not_found": "NotFound",
    "outbox_full": "UnreachableHost",
    "central_unreachable": "UnreachableHost",
    "lease_missing": "UnreachableHost",
    "lease_over": "UnreachableHost",
    "lease_time_unknown": "UnreachableHost",
    "terminal_store_busy": "Busy",
    "amount_does_not_fit": "MessageFormat",
    "unknown_currency": "MessageFormat",
    "schema_mismatch": "MessageFormat",
}
"""nexo's word for a problem code; any other refusal of central is a Refusal."""


POI_TRANSACTION: Final = "L-"
"""How our POITransactionIDs begin; no number of a card does."""


class NexoFailure(LoyaltyError):
    """A request that is answered by Failure: the condition for the till, the message for the cashier."""

    code = "nexo_failure"
    trouble = Trouble.REFUSED
    text = "{message}"

    def __init__(
        self,
        condition: ErrorCondition,
        message: str,
        *,
        reason_code: str = "",
        transaction: TransactionIdentification | None = None,
    ) -> None:
        """`transaction`: ours that the failure is about, where one is kept."""
        super().__init__(message=message)
        self.condition = condition
        self.reason_code = reason_code
        self.transaction = transaction


@dataclass(slots=True)
class Acquisition:
    """What waits for a tap and may be given up by the till's Abort."""

    key: Key
    aborted: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class TillTalk:
    """A till's talk with the card of a tap."""

    sale_id: str
    tap_id: str


@dataclass(slots=True, kw_only=True)
class Till:
    """The parts of the agent that handlers use, and what tills did since the start."""

    settings: TerminalSettings
    desk: CardDesk
    sender: Sender
    outbox: Outbox
    store: TillStore
    link: CentralLink
    clock: Clock
    group: Callable[[], GroupView | None]
    value: CentralValue
    tickets: OpenTickets
    nobodys: NobodysTickets
    totals: Totals
    prompts: Prompts
    pin_wishes: PinWishes
    offline: OfflineData
    leases: LeaseKeeper
    time: TrustedTime
    talk: CardTalk
    proofs: CardProofs
    print_desk: PrintDesk
    card_talk: TillTalk | None = None
    proving: Acquisition | None = None
    """The message that waits for the card to be held to the reader again."""
    logged_in: list[str] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)
    """What the operators of tills that logged in read."""
    acquisition: Acquisition | None = None
    turns: "WeakValueDictionary[str, asyncio.Lock]" = field(default_factory=WeakValueDictionary)
    is_running: Callable[[Key], bool] = lambda _: False
    in_training: Callable[[str], bool] = lambda _: False
    """Whether what a till says is practice; for tills that speak no nexo, whose answers cannot say so."""
    mark: Callable[[Nexo], Nexo] = lambda body: body
    """What every answer is given besides: in training, that it is practice."""

    def turn_of(self, sale_id: str) -> asyncio.Lock:
        """One message of a till changes its tickets at a time."""
        return self.turns.setdefault(sale_id, asyncio.Lock())

    def language_of(self, ask: "Ask") -> str:
        """What the cashier reads: as the message says, else as the till's login did; empty: nobody said."""
        sale_data = sale_data_of(ask.body)
        told = sale_data.operator_language if sale_data else None
        return (told or self.languages.get(ask.sale_id, ""))[:2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request of a till. `sale_id` and `service_id` are the header's, present by now."""

    header: MessageHeader
    body: Nexo
    sale_id: str
    service_id: str

    @property
    def key(self) -> Key:
        """Its transport key."""
        return Key(self.sale_id, self.service_id, self.header.message_category)


Handler = Callable[[Till, Ask], Awaitable[Nexo]]


def success(additional: str = "") -> Response:
    """All went well."""
    return Response(result="Success", additional_response=additional or None)


def failure(error: LoyaltyError, language: str = "") -> Response:
    """What a cashier reads, in the till's language where we have it: `message` says what to do next.

    `code` is for machines.
    """
    code = error.code
    if isinstance(error, NexoFailure):
        condition, code = error.condition, error.reason_code
    elif isinstance(error, CentralRefused):
        condition, code = condition_of(error.problem), error.problem.code
    else:
        condition = CONDITIONS.get(error.code, "Refusal")
    pairs = {"message": in_language(code, language) or str(error)} | ({"code": code} if code else {})
    return Response(result="Failure", error_condition=condition, additional_response=additional(pairs))


def condition_of(problem: Problem) -> ErrorCondition:
    """Nexo's word for central's problem."""
    return CONDITIONS.get(problem.code, "NotFound" if problem.status == 404 else "Refusal")


def additional(pairs: dict[str, str]) -> str:
    """`k=v&k=v`, percent-encoded."""
    return "&".join(f"{quote(name, safe='.')}={quote(value, safe='')}" for name, value in pairs.items())


def new_poi_transaction(clock: Clock) -> TransactionIdentification:
    """A fresh id of ours."""
    return TransactionIdentification(
        transaction_id=f"{POI_TRANSACTION}{secrets.token_hex(12)}", time_stamp=iso(clock())
    )


def poi_data(transaction: TransactionIdentification) -> POIData:
    """Our side of a transaction; the day reconciles."""
    day = transaction.time_stamp[:10].replace("-", "")
    return POIData(poi_transaction_id=transaction, poi_reconciliation_id=day)


def sale_data_of(body: Nexo) -> SaleData | None:
    """The request's SaleData, to be echoed."""
    found = getattr(body, "sale_data", None)
    return found if isinstance(found, SaleData) else None
