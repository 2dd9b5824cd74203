"""Caisse-AP's debit, refund, cancellation and duplicate: holds as of ADR 20, asked for by amount alone.

Caisse-AP names no articles: a payment is a ticket of its own, of one line `CAISSE-AP`, held at central and
booked by the agent itself when no printed ticket takes it over (docs/tills.md).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import apsw
import structlog
from msgspec.structs import replace

from loyalty.errors import LoyaltyError
from loyalty.limits.other_tills import CAISSE_AP_CARD_WAIT_S, CAISSE_AP_REPEAT_S
from loyalty.limits.tills import TICKET_CAPTURE_LOOK_S
from loyalty.money import format_minor, scale_of
from terminal.central_link import CentralRefused
from terminal.clock import iso
from terminal.open_tickets import OpenTicket
from terminal.till.caisse_ap import holding
from terminal.till.caisse_ap.messages import (
    CURRENCIES,
    REASONS,
    NotUnderstood,
    Reason,
    Request,
    done,
    not_done,
    request_of,
)
from terminal.till.caisse_ap.payer import Payer, find_payer, tender_of
from terminal.till.caisse_ap.payments import Payment, Payments
from terminal.till.caisse_ap.undoing import undo
from terminal.till.nexo.context import NexoFailure, Till, new_poi_transaction
from terminal.till_settings import TenderChoice

log = structlog.get_logger(__name__)

LINE_CODE: Final = "CAISSE-AP"


@dataclass(frozen=True, slots=True)
class Answer:
    """Tags to send. `payment`: made by this very request; undone when the till never hears of it."""

    tags: dict[str, str]
    payment: Payment | None = None


class CaisseAp:
    """Answers the requests of all tills that speak Caisse-AP."""

    def __init__(self, till: Till, tenders: Mapping[str, TenderChoice]) -> None:
        self._till = till
        self._tenders = tenders
        self._payments = Payments(till.store)

    async def answer(self, sale_id: str, tags: Mapping[str, str], gone: asyncio.Event) -> Answer:
        """The answer to one message. `gone` is set when the till hung up."""
        try:
            request = request_of(tags)
            if request.is_at_once:
                raise _refused("answer_at_once", "BA=1 would leave the outcome unknown. Send BA=0.")
            if self._till.in_training(sale_id):  # this protocol has no word for "practised": nothing is paid
                raise _refused("in_training", "This till is in training. End it, then ask again.")
            return await self._act(sale_id, request, tags, gone)
        except NotUnderstood as error:
            log.info("caisse_ap_not_understood", sale_id=sale_id, reason=str(error))
            return Answer(not_done(tags, error.reason))
        except (LoyaltyError, apsw.Error) as error:
            code = code_of(error)
            log.info("caisse_ap_not_done", sale_id=sale_id, code=code)
            reason = REASONS.get(code, Reason.REFUSED)
            return Answer(not_done(tags, reason, _balance_told(error, CURRENCIES.get(tags.get("CE", "")))))

    async def lost(self, sale_id: str, register: str, payment: Payment) -> None:
        """The till was gone before it could be told: what was held for it is free again."""
        log.info("caisse_ap_answer_lost", sale_id=sale_id)
        async with self._till.turn_of(sale_id):
            try:
                await self._undo(sale_id, register, payment)
            except (LoyaltyError, apsw.Error) as error:
                log.warning("caisse_ap_not_undone", sale_id=sale_id, code=code_of(error))

    async def resume_forever(self) -> None:
        """What was asked for and never answered (a crash, a failing disk) is let go: no till knows of it."""
        while True:
            try:
                await self._resume()
            except apsw.Error as error:
                log.error("caisse_ap_not_resumed", reason=str(error))
            await asyncio.sleep(TICKET_CAPTURE_LOOK_S)

    async def _resume(self) -> None:
        for sale_id in sorted(set(self._till.settings.caisse_ap_tills.values())):
            for register in await self._payments.registers_of(sale_id):
                await self._resume_one(sale_id, register)

    async def _resume_one(self, sale_id: str, register: str) -> None:
        async with self._till.turn_of(sale_id):
            for payment in await self._payments.list_of(sale_id, register):
                if payment.state != "asked":
                    continue
                try:
                    await self._undo(sale_id, register, payment)
                except LoyaltyError as error:  # central away: the ticket waits, and is looked at again
                    log.warning("caisse_ap_not_undone", sale_id=sale_id, code=code_of(error))

    async def _act(
        self, sale_id: str, request: Request, tags: Mapping[str, str], gone: asyncio.Event
    ) -> Answer:
        if request.action == "debit":
            return await self._debit(sale_id, request, tags, gone)
        async with self._till.turn_of(sale_id):
            known = await self._payments.list_of(sale_id, request.register)
            if request.action == "duplicate":
                return Answer(_told_again(known, request))
            payment = _meant(known, request)
            if payment.state != "undone":
                await self._undo(sale_id, request.register, payment)
        return Answer(done(tags, {"CB": f"{payment.amount_minor:02}"} if "CB" not in tags else {}))

    async def _debit(
        self, sale_id: str, request: Request, tags: Mapping[str, str], gone: asyncio.Event
    ) -> Answer:
        if request.reference:  # answered before? Then no card is needed any more.
            async with self._till.turn_of(sale_id):
                same = _of_reference(await self._payments.list_of(sale_id, request.register), request)
            if same is not None:
                return Answer(same.answer)
        choice = tender_of(self._tenders, request.application)
        payer = await find_payer(
            self._till, sale_id, request.private, choice, gone=gone, wait_s=CAISSE_AP_CARD_WAIT_S
        )
        async with self._till.turn_of(sale_id):
            asked = self._new_payment(sale_id, request, payer)
            known = await self._payments.list_of(sale_id, request.register)
            same = _of_reference(known, request) or _repeated(known, asked, self._till.clock())
            if same is not None:
                return Answer(same.answer)
            if gone.is_set():
                raise _refused("answer_lost", "The till hung up.")
            return await self._pay(sale_id, request, tags, asked, payer, gone)

    async def _pay(
        self,
        sale_id: str,
        request: Request,
        tags: Mapping[str, str],
        asked: Payment,
        payer: Payer,
        gone: asyncio.Event,
    ) -> Answer:
        register = request.register
        await self._payments.put(sale_id, register, asked)
        try:
            ticket = self._ticket(sale_id, asked, payer)
            held = await holding.hold(self._till, ticket, asked, gone=gone)
        except (LoyaltyError, apsw.Error):
            await self._payments.mark(sale_id, register, asked, "undone")
            raise
        answer = done(tags, await holding.told(self._till, held, asked, payer))
        paid = await self._payments.put(sale_id, register, replace(asked, state="paid", answer=answer))
        return Answer(answer, paid)

    def _new_payment(self, sale_id: str, request: Request, payer: Payer) -> Payment:
        transaction = new_poi_transaction(self._till.clock)
        assert request.amount_minor is not None
        at_ms = self._till.clock()
        return Payment(
            ticket_key="|".join((sale_id, f"caisse-ap-{transaction.transaction_id}", iso(at_ms))),
            poi_id=transaction.transaction_id,
            reference=request.reference,
            kind=payer.kind,
            payer=payer.number,
            amount_minor=request.amount_minor,
            currency=request.currency,
            at_ms=at_ms,
        )

    def _ticket(self, sale_id: str, asked: Payment, payer: Payer) -> OpenTicket:
        group = self._till.group()
        if group is not None and group.currency != asked.currency:
            raise _refused("currency_mismatch", f"This group's money is {group.currency}.")
        return holding.ticket_of(sale_id, asked, payer, line_code=LINE_CODE)

    async def _undo(self, sale_id: str, register: str, payment: Payment) -> None:
        await undo(self._till, payment, line_code=LINE_CODE)
        await self._payments.mark(sale_id, register, payment, "undone")


def code_of(error: Exception) -> str:
    """A problem's code: central's own, nexo's reason, or the error's."""
    if isinstance(error, CentralRefused):
        return error.problem.code
    if isinstance(error, NexoFailure):
        return error.reason_code
    return error.code if isinstance(error, LoyaltyError) else "terminal_store_failed"


def _balance_told(error: Exception, currency: str | None) -> str:
    """What there is, where central said it: the cashier takes less."""
    there = error.problem.params.get("available_minor") if isinstance(error, CentralRefused) else None
    if not isinstance(there, int) or currency is None:
        return ""
    return f"SOLDE {currency} {format_minor(there, scale_of(currency))}"


def _of_reference(known: list[Payment], request: Request) -> Payment | None:
    """The payment that this till asked for under the same reference, unless it was undone since.

    Raises: NexoFailure: it was for something else.
    """
    if not request.reference:
        return None
    found = next((each for each in reversed(known) if each.reference == request.reference), None)
    if found is None or found.state != "paid":
        return None
    if (found.amount_minor, found.currency) != (request.amount_minor, request.currency):
        raise _refused("reference_reused", "This CH was another payment. Send a new one.")
    return found


def _repeated(known: list[Payment], asked: Payment, now_ms: int) -> Payment | None:
    """Without a reference: the last payment, when it was the same by the same card a moment ago."""
    last = next((each for each in reversed(known) if each.state != "asked"), None)
    if asked.reference or last is None or last.state != "paid" or last.reference or not last.is_like(asked):
        return None
    return last if now_ms - last.at_ms < CAISSE_AP_REPEAT_S * 1000 else None


def _meant(known: list[Payment], request: Request) -> Payment:
    """The payment that is to be undone: by its reference, else the newest of that amount.

    Raises: NexoFailure: there is none, or it was of another amount.
    """
    fitting = [each for each in known if each.state != "asked"]
    if request.reference:
        fitting = [each for each in fitting if each.reference == request.reference]
    elif request.action == "cancel":
        fitting = fitting[-1:]
    else:
        fitting = [
            each for each in fitting if each.state == "paid" and each.amount_minor == request.amount_minor
        ]
    if not fitting:
        raise _refused("original_unknown", "No such payment was made here.")
    found = fitting[-1]
    is_whole = request.amount_minor in (None, found.amount_minor)
    if not is_whole or request.currency not in ("", found.currency):
        raise _refused("reversal_not_whole", "Only the whole payment can be given back.")
    return found


def _told_again(known: list[Payment], request: Request) -> dict[str, str]:
    fitting = [each for each in known if each.answer]
    if request.reference:
        fitting = [each for each in fitting if each.reference == request.reference]
    if not fitting:
        raise _refused("original_unknown", "Nothing was answered yet.")
    return fitting[-1].answer | {"CD": "3"}


def _refused(code: str, text: str) -> NexoFailure:
    return NexoFailure("Refusal", text, reason_code=code)
