"""Tills in a shop with a bad line: they sell, take back, let points pay, and write down what they hear.

A till sends the same message again until there is a definite answer. Its notes are all that the recount has.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

from tests.central_fixture import FIRST_MILK, SHAMPOO, SUN_CREAM
from tests.drill.place import Holder
from tools.till import Item, SimulatedTill, TillError, read_additional, requests
from wire.nexo.base import Nexo, SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyResponse

ANSWER_WITHIN_S = 120
AGAIN_AFTER_S = 0.1
STEP_POINTS = 500
"""What points are redeemed by."""
EARNING = (SUN_CREAM, SHAMPOO)
UNREACHED = frozenset({"UnreachableHost", "Busy"})


@dataclass
class Line:
    """A line of a ticket, and how many of its pieces came back."""

    code: str
    quantity: int
    amount_minor: int
    returned: int = 0


@dataclass
class Note:
    """One paid ticket, as the till noted it. `told_points`: None where it heard "noted" and no more."""

    business_key: str
    member_id: str
    lines: list[Line]
    reference: TransactionIdentification
    told_points: int | None
    redeemed: int = 0


@dataclass
class Back:
    """Goods that came back, as the till noted it: pieces by line, in the order of the returns."""

    business_key: str
    of: Note
    pieces: list[tuple[int, int]]


@dataclass
class Notes:
    """All that one till was told. `noted`: everything it reported, in order."""

    sales: list[Note] = field(default_factory=list)
    returns: list[Back] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


class NotingTill:
    """One till with its cashier: `work` does so many things, one after the other."""

    def __init__(self, till: SimulatedTill, holders: "tuple[Holder, ...]", rng: random.Random) -> None:
        self._till = till
        self._holders = holders
        self._rng = rng
        self.notes = Notes()

    async def work(self, tickets: int) -> None:
        """Sell so many tickets; now and then something comes back in between."""
        while len(self.notes.sales) < tickets:
            draw = self._rng.random()
            if draw < 0.12 and self._returnable():
                await self.take_back(self._rng.choice(self._returnable()))
            else:
                await self.sell(may_redeem=draw > 0.85)

    async def sell(self, *, may_redeem: bool) -> None:
        """One ticket of one to three lines; where points may pay and central is there, they do."""
        holder = self._rng.choice(self._holders)
        lines = [self._draw_line() for _ in range(self._rng.choice((1, 1, 1, 2, 3)))]
        items = [
            Item(line_no=number, code=line.code, quantity=line.quantity, amount_minor=line.amount_minor)
            for number, line in enumerate(lines, start=1)
        ]
        ticket = self._till.new_ticket()
        redeemed = await self._redeem(items, ticket, holder) if may_redeem and _worth(lines) else 0
        answer = await self._insist(self._till.award_request(items, card=holder.card, ticket=ticket))
        told = read_additional(answer.response.additional_response)
        assert answer.response.result == "Success", f"an award is taken whatever happens: {told}"
        assert answer.poi_data is not None
        earned = told.get("earned")
        is_late = told.get("queued") == "true"
        self.notes.seen[
            ("noted" if earned is None else "priced_offline") if is_late else "booked_at_once"
        ] += 1
        note = Note(
            business_key=self._key(ticket, "Award"),
            member_id=holder.member_id,
            lines=lines,
            reference=answer.poi_data.poi_transaction_id,
            told_points=None if earned is None else int(earned),
            redeemed=redeemed,
        )
        self.notes.sales.append(note)
        self.notes.noted.append(note.business_key)

    async def take_back(self, sale: Note) -> None:
        """A whole ticket of several lines, or some pieces of a single line."""
        if len(sale.lines) == 1:
            line = sale.lines[0]
            pieces = [(1, self._rng.randint(1, line.quantity - line.returned))]
        else:
            pieces = [(number, line.quantity) for number, line in enumerate(sale.lines, start=1)]
        ticket = self._till.new_ticket()
        items = [
            Item(line_no=number, code=sale.lines[number - 1].code, quantity=quantity, amount_minor=0)
            for number, quantity in pieces
        ]
        answer = await self._insist(self._till.refund_request(sale.reference, items, ticket=ticket))
        assert answer.response.result == "Success", answer.response
        for number, quantity in pieces:
            sale.lines[number - 1].returned += quantity
        back = Back(business_key=self._key(ticket, "AwardRefund"), of=sale, pieces=pieces)
        self.notes.returns.append(back)
        self.notes.noted.append(back.business_key)

    async def _redeem(self, items: list[Item], ticket: SaleData, holder: Holder) -> int:
        """Let points pay. Who is not sure that they did would not say so: it is asked again until sure."""
        body = requests.loyalty(
            self._till, "Redemption", items, ticket=ticket, points=STEP_POINTS, card=holder.card
        )
        answer = await self._insist(body)
        if answer.response.result == "Success":
            self.notes.seen["redeemed"] += 1
            return STEP_POINTS
        told = read_additional(answer.response.additional_response)
        self.notes.seen[f"redeeming: {told.get('code')}"] += 1
        return 0

    async def _insist(self, body: Nexo) -> LoyaltyResponse:
        """The same message, with the same ServiceID, until the terminal answers it."""
        service_id = self._till.new_service_id()
        until_s = time.monotonic() + ANSWER_WITHIN_S
        while True:
            try:
                return await self._till.ask(body, LoyaltyResponse, service_id)
            except (aiohttp.ClientError, TimeoutError, OSError, TillError) as error:
                trouble = repr(error)
            assert time.monotonic() < until_s, f"no answer within {ANSWER_WITHIN_S} s: {trouble}"
            self.notes.seen["repeated"] += 1
            await asyncio.sleep(AGAIN_AFTER_S)

    def _returnable(self) -> list[Note]:
        """Tickets of the last while that can come back: not those that points paid."""
        recent = self.notes.sales[-30:]
        return [
            sale
            for sale in recent
            if not sale.redeemed and all(line.returned < line.quantity for line in sale.lines)
        ]

    def _draw_line(self) -> Line:
        code = self._rng.choice((*EARNING, *EARNING, FIRST_MILK))
        return Line(code=code, quantity=self._rng.randint(1, 4), amount_minor=self._rng.randint(50, 30_000))

    def _key(self, ticket: SaleData, kind: str) -> str:
        told = ticket.sale_transaction_id
        return "|".join((self._till.sale_id, told.transaction_id, told.time_stamp, f"Loyalty.{kind}"))


def _worth(lines: list[Line]) -> bool:
    """Whether the lines that points may pay are worth a step."""
    return sum(line.amount_minor for line in lines if line.code in EARNING) > 2_000
