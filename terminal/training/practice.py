"""Central in training: prices and points are asked for (a quote writes nothing), the rest is made here.

The handlers of tills are the real ones, and so is the outbox: only what would write at central is exchanged.
"""

import asyncio
from collections import OrderedDict
from typing import TypeVar

import msgspec

from loyalty.limits.till_pairing import PRACTISED_KEPT_MAX
from terminal import bodies
from terminal.central_link import CentralLink, CentralRefused
from terminal.central_value import CentralValue
from terminal.clock import Clock
from terminal.outbox import Fact, NewEntry, Outbox
from terminal.sender import Outcome, Sender, decode_answer, evidence_of
from terminal.till.nexo import texts
from wire.api import Problem
from wire.api_sales import (
    QuoteBody,
    QuoteView,
    ReleasedReservationView,
    ReservationBody,
    ReservationView,
    ReturnBody,
    ReturnView,
    SaleBody,
    SaleView,
)
from wire.api_stored_value import (
    ActView,
    GiftActivationBody,
    GiftConversionBody,
    GiftConversionView,
    TopUpBody,
)
from wire.api_tenders import TenderBody, TenderView

V = TypeVar("V")


def not_in_training(code: str, detail: str, **params: str | int | bool | None) -> CentralRefused:
    """A refusal as central would tell it."""
    problem = Problem(
        type=f"urn:officine:problem:{code}",
        title=code,
        status=409,
        code=code,
        detail=detail,
        request_id="training",
        params=params,
    )
    return CentralRefused(problem)


class PracticeValue(CentralValue):
    """Reads are central's; what would hold or move value is remembered here alone, for a while."""

    def __init__(self, link: CentralLink, clock: Clock) -> None:
        super().__init__(link)
        self._clock = clock
        self.reserved: OrderedDict[str, tuple[ReservationBody, ReservationView]] = OrderedDict()

    async def reserve(self, body: ReservationBody, tap_id: str = "") -> ReservationView:
        """As if it were held: refused where the member, purse or card has too little now."""
        quoted = await self.quote(body.quote, tap_id)
        view = ReservationView(
            reservation_id=body.reservation_id,
            expires_ms=quoted.expires_ms,
            total_minor=quoted.total_minor,
            points=quoted.points,
            redeem_points=body.redeem_points,
            redeem_minor=_worth(quoted, body.redeem_points),
            tenders=[await self._tender(body, each, tap_id) for each in body.tenders],
        )
        _remember(self.reserved, body.reservation_id, (body, view))
        return view

    async def release(self, reservation_id: str) -> ReleasedReservationView:
        """Forgotten."""
        self.reserved.pop(reservation_id, None)
        return ReleasedReservationView(reservation_id=reservation_id, expires_ms=self._clock())

    async def top_up(self, body: TopUpBody, tap_id: str = "") -> ActView:
        """What the purse would hold."""
        purse = await self.find_purse(body.holder, tap_id)
        return self._act(
            body.top_up_id, "top_up", body.amount_minor, purse.purse_minor + body.amount_minor, purse.currency
        )

    async def activate_gift_card(self, body: GiftActivationBody) -> ActView:
        """What the gift card would hold; the card stays as it is."""
        return self._act(body.activation_id, "activation", body.amount_minor, body.amount_minor, "")

    async def convert_gift_card(
        self,
        body: GiftConversionBody,  # noqa: ARG002
    ) -> GiftConversionView:
        """Nobody is enrolled in training. Raises: CentralRefused."""
        raise not_in_training(
            "not_in_training", "In training nobody becomes a member. End the training first."
        )

    async def _tender(self, body: ReservationBody, tender: TenderBody, tap_id: str) -> TenderView:
        if tender.kind == "gift_card":
            there = (await self.find_gift_card(tender.number or "")).free_minor
        else:
            assert body.quote.holder is not None, "a purse is somebody's"
            purse = await self.find_purse(body.quote.holder, tap_id)
            there = purse.purse_minor - purse.purse_held_minor
        if there < tender.amount_minor:
            raise not_in_training(
                "stored_value_too_low", "There is less on it.", available_minor=max(0, there)
            )
        return TenderView(
            kind=tender.kind,
            amount_minor=tender.amount_minor,
            number_end=(tender.number or "")[-4:],
            balance_minor=there - tender.amount_minor,
        )

    def _act(self, act_id: str, kind: str, amount: int, balance: int, asset: str) -> ActView:
        return ActView(
            act_id=act_id,
            kind=kind,
            shop_id=None,
            member_id=None,
            gift_card_id=None,
            asset=asset,
            amount=amount,
            paid_minor=amount,
            balance=balance,
            expires_ms=None,
            recorded_ms=self._clock(),
            transaction_id=None,
        )


class PracticeSender(Sender):
    """Notes in an outbox of its own, and answers at once; nothing is ever sent."""

    def __init__(self, outbox: Outbox, link: CentralLink, value: PracticeValue, *, clock: Clock) -> None:
        super().__init__(outbox, link, clock=clock, on_change=lambda _: None)
        self._value = value
        self._turn = asyncio.Lock()
        self._sold: OrderedDict[str, SaleView] = OrderedDict()

    async def note(self, new: NewEntry) -> tuple[Fact, asyncio.Future[Outcome]]:
        """As the real one, but settled before it returns; without central nothing is noted either.

        Raises: OutboxFull, TicketChanged, CentralUnreachable, CentralRefused.
        """
        body = bodies.decode(new.kind, new.body)
        async with self._turn:
            known = await self._outbox.find_fact_of_key(new.business_key)
            answer: SaleView | ReturnView | None = None
            if known is None or known.answer is None:
                answer = await self._sell(body) if isinstance(body, SaleBody) else self._take_back(new, body)
            fact = await self._outbox.append(new, now_ms=self._clock())
            if answer is None:
                assert fact.answer is not None, "what was answered before has its answer"
                answer = decode_answer(new.kind, fact.answer)
            else:
                await self._settle_practised(fact, msgspec.json.encode(answer))
        future = asyncio.get_running_loop().create_future()
        future.set_result(Outcome(entry_id=fact.entry_id, evidence=evidence_of(body), answer=answer))
        return fact, future

    async def _settle_practised(self, fact: Fact, answer: bytes) -> None:
        while (entry := await self._outbox.find_head()) is not None:
            if entry.entry_id == fact.entry_id:
                await self._outbox.delivered(entry, answer)
            else:  # a failing disk left it behind: nobody waits for it
                await self._outbox.refused(entry, code="training", reason="cut off", now_ms=self._clock())

    async def _sell(self, body: SaleBody) -> SaleView:
        quoted = await self._value.quote(QuoteBody(basket=body.basket, holder=body.holder))
        _, held = self._value.reserved.pop(body.reservation_id or "", (None, None))
        profile = quoted.profile
        paid = held.redeem_minor + sum(each.amount_minor for each in held.tenders) if held else 0
        language = profile.language if profile else ""
        view = SaleView(
            sale_id=body.sale_id,
            transaction_id=None,
            recorded_ms=self._clock(),
            currency=quoted.currency,
            lines=quoted.lines,
            total_minor=quoted.total_minor,
            points=quoted.points,
            balance_points=profile.points if profile else None,
            profile=profile,
            warnings=quoted.warnings,
            redeemed_points=held.redeem_points if held else 0,
            redeemed_minor=held.redeem_minor if held else 0,
            tenders=held.tenders if held else [],
            other_minor=quoted.total_minor - paid,
            gifts=quoted.gifts,
            receipt=[texts.line("would_earn", language, quoted.points)],
        )
        _remember(self._sold, body.sale_id, view)
        return view

    def _take_back(self, new: NewEntry, body: ReturnBody) -> ReturnView:
        """Raises: CentralRefused: the ticket was practised before the last restart, or long ago."""
        sale = self._sold.get(new.sale_id)
        if sale is None:
            raise not_in_training(
                "sale_not_found", "This ticket was not practised since the terminal started."
            )
        lines = {line.line_no: line for line in sale.lines}
        points = total_minor = 0
        for back in body.lines:
            line = lines.get(back.line_no)
            if line is None or back.quantity > line.quantity:
                raise not_in_training("return_exceeds_sale", "That many were not sold on this line.")
            points += line.points * back.quantity // line.quantity
            total_minor += line.amount_minor * back.quantity // line.quantity
        return ReturnView(
            return_id=body.return_id,
            sale_id=new.sale_id,
            transaction_id=None,
            recorded_ms=self._clock(),
            total_minor=total_minor,
            points=points,
            points_owed=0,
            balance_points=sale.balance_points,
            profile=sale.profile,
            other_minor=total_minor,
        )


def _worth(quoted: QuoteView, points: int) -> int:
    """What points would pay, in proportion to what the member's are worth now.

    Raises: CentralRefused: too few, or the card proves too little to show them.
    """
    if not points:
        return 0
    profile = quoted.profile
    if profile is None or profile.points is None:
        raise not_in_training("strength_too_low", "Have the member tap a card that shows its balance.")
    if profile.points < points:
        raise not_in_training("balance_too_low", f"There are {profile.points} points.")
    return profile.worth_minor * points // profile.points


def _remember(kept: OrderedDict[str, V], key: str, value: V) -> None:
    kept[key] = value
    if len(kept) > PRACTISED_KEPT_MAX:
        kept.popitem(last=False)
