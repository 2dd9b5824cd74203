"""What all acts share: ids made before they are sent, baskets drawn from the seed, repeats and twins."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.books import need
from tools.simulation.client import Client
from tools.simulation.promises import Op
from tools.simulation.rights import Rights
from tools.simulation.world import World

AHEAD_MS: Final = 290_000
"""A moment so far ahead may be dated anew: a little less than clocks may differ."""
TRIES: Final = 4
"""How often people ask before they leave it for later."""


TASTE: Final = {
    it.SUN_CREAM: 4,
    it.SHAMPOO: 2,
    it.PRESCRIPTION: 2,
    it.MILK: 1,
    it.TEA: 2,
    it.OIL: 2,
    it.SOAP: 2,
    it.SALT: 2,
}
"""How often each article is bought; in most seeds people have a favourite."""


OTHERWISE: Final[dict[str, tuple[str, int | str]]] = {
    "card_sold": ("amount_minor", -1),
    "purse_filled": ("amount_minor", -1),
    "service_sold": ("units", 1),
    "service_drawn": ("units", 1),
    "play": ("client_seed", "0"),
    "conversion": ("worth_minor", 1),
    "forward": ("worth_minor", 1),
    "handover": ("operator", "another"),
}
"""What other content of an act is: by kind the name and what is added."""


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody buys, what the counter takes off, and which vouchers are presented."""

    lines: tuple[it.Line, ...]
    off_minor: int = 0
    vouchers: tuple[str, ...] = ()


class Acts:
    """The people of one seed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng
        self._ids = 0
        self._blocking: Op | None = None
        few = world.rng.choice((1, 2, len(it.PEOPLE), len(it.PEOPLE)))
        self._people = it.PEOPLE[:few] if few > 1 else world.rng.sample(it.PEOPLE, 1)
        """Who comes to the shops: in some seeds always the same."""
        self._taste = dict(TASTE)
        if world.rng.random() < 0.6:
            self._taste[world.rng.choice(tuple(TASTE))] += 15
        self._rights = Rights(world.books, world.asked, self._now_ms)

    async def _again(self, op: Op) -> None:
        """The same again, the same under another id, or other content under the same id."""
        rng = self._rng
        if op.state != "done" or not self._does("repeats", 0.5):
            return
        await asyncio.sleep(rng.random() * 2)
        client = self._office() if op.token in ("office", "second") else self._client()
        draw = rng.random()
        if draw < 0.5 or op.kind not in ("sale", "return"):
            if draw < (0.4 if "tenders" in op.body else 0.7):
                await client.drive(op, 2)
            else:
                await self._otherwise(client, op)
        elif draw < 0.65 and op.kind == "sale":
            twin = Op(op.kind, op.op_id, op.token, op.path, op.body | {"sale_id": self._new_id("twin")})
            twin.told = op.told
            await client.drive(twin, 2)
        else:
            await self._otherwise(client, op)

    async def _otherwise(self, client: Client, op: Op) -> None:
        """Other content under an id in use: 409, and nothing happens."""
        body, path = dict(op.body), op.path
        if op.kind == "sale":
            how = self._rng.randrange(4)
            line = dict(body["basket"]["lines"][0])
            if how == 0:
                line["amount_minor"] += 100
            elif how == 1:
                line["quantity"] += 1
            elif how == 2:
                other = next(
                    p for p in it.PEOPLE if body["holder"] is None or p.uid != body["holder"]["value"]
                )
                body["holder"] = by_uid(other)
            else:
                body["occurred_ms"] -= 1
            body["basket"] = body["basket"] | {"lines": [line, *body["basket"]["lines"][1:]]}
        elif op.kind == "return":
            path = self._return_otherwise(op, body)
        elif op.kind == "reservation" and "tenders" in body and self._rng.random() < 0.7:
            first, *others = body["tenders"]
            body["tenders"] = [first | {"amount_minor": first["amount_minor"] + 1}, *others]
        elif op.kind == "reservation":
            body["redeem_points"] += it.STEP_POINTS
        elif op.kind in OTHERWISE:
            name, change = OTHERWISE[op.kind]
            body[name] = body.get(name, "") + change if isinstance(change, str) else body[name] + change
        elif op.kind in ("move", "correction", "goodwill"):
            body["points"] += 1 if body["points"] > 0 else -1
        else:
            return
        if "sent_ms" in body:
            body["sent_ms"] = self._now_ms()
        answer = await client.ask("POST", path, body, op.token)
        if answer is None or answer.status in (429, 502, 503):
            return
        need(answer.status == 409, "3 duplicate", op.kind, op.op_id, "other content was answered", answer)

    def _return_otherwise(self, op: Op, body: dict[str, Any]) -> str:
        """A unit more, or the very same of another ticket; where to send it."""
        others = sorted(self._world.books.state.sold.keys() - {(op.told or {}).get("sale_id")})
        if self._rng.random() < 0.5:
            return f"/sales/{self._rng.choice(others)}/returns"
        first, *lines = body["lines"]
        body["lines"] = [first | {"quantity": first["quantity"] + 1}, *lines]
        return op.path

    async def _quote(
        self, client: Client, basket: Basket, person: it.Person | None
    ) -> tuple[dict[str, Any], it.Ticket] | None:
        """What is promised, and the ticket on those terms; None where nothing is known. Raises: Violation."""
        since, shop_id, asked_ms = self._world.books.commits, self._shop(client.name), self._now_ms()
        body = {"basket": self._basket_of(basket), "holder": by_uid(person) if person else None}
        answer = await client.ask("POST", "/quotes", body, self._token(client.name))
        if answer is None or answer.status in (429, 502, 503):
            return None
        view: dict[str, Any] = msgspec.json.decode(answer.body)
        ticket = it.Ticket(
            shop_id=shop_id,
            business_key="",
            lines=basket.lines,
            member_id=person.member_id if person else None,
            card=person.card if person else None,
            occurred_ms=self._now_ms(),
            off_minor=basket.off_minor,
            vouchers=basket.vouchers,
        )
        if answer.status != 200:
            code = view.get("code")
            is_right = self._rights.may_refuse_basket(str(code), ticket, since, asked_ms)
            need(is_right, "8 authority", "a quote is refused wrongly:", view)
            return None
        at_ms = view["expires_ms"] - it.QUOTE_MS
        promised = self._rights.promised(view, ticket, at_ms, since)
        return view, replace(ticket, quoted=promised)

    def _sale(
        self,
        basket: Basket,
        person: it.Person | None,
        *,
        shop: str | None = None,
        occurred_ms: int | None = None,
        more: dict[str, Any] | None = None,
        may: frozenset[str] = frozenset(),
        redeem: int = 0,
        quoted: it.Quoted | None = None,
        tenders: tuple[tuple[str, int], ...] = (),
    ) -> tuple[Op, it.Ticket]:
        rng = self._rng
        name = shop or rng.choice(("desk-1", "desk-2"))
        sale_id = self._new_id("sale")
        extra = more or {}
        moment_ms = self._now_ms() if occurred_ms is None else occurred_ms
        if occurred_ms is None and quoted is None:
            moment_ms += self._world.swarm.desk_clock_ms
        # Central dates anew what a fast clock put into its future.
        is_ahead = moment_ms > self._now_ms() + AHEAD_MS
        ticket = it.Ticket(
            shop_id=self._shop(name),
            business_key=f"key-{sale_id}",
            sale_id=sale_id,
            lines=basket.lines,
            member_id=person.member_id if person else None,
            card=person.card if person else None,
            occurred_ms=None if is_ahead else moment_ms,
            reservation_id=extra.get("reservation_id"),
            redeem=redeem,
            off_minor=basket.off_minor,
            vouchers=basket.vouchers,
            tenders=tenders,
            quoted=quoted,
        )
        self._world.asked.ticket(ticket, self._now_ms())
        body = {
            "sale_id": sale_id,
            "business_key": ticket.business_key,
            "occurred_ms": moment_ms,
            "sent_ms": 0,
            "basket": self._basket_of(basket),
            "holder": by_uid(person) if person else None,
        }
        body |= {key: value for key, value in extra.items() if value is not None}
        op = self._op("sale", sale_id, name, "/sales", body, may)
        since = self._world.books.commits
        op.judge = lambda code: self._rights.may_refuse_sale(code, ticket, since)
        return op, ticket

    def _basket_of(self, basket: Basket) -> dict[str, Any]:
        """As the API takes it."""
        body = basket_of(basket.lines)
        if basket.vouchers:
            body["vouchers"] = [self._world.promises.numbers[each] for each in basket.vouchers]
        if basket.off_minor:
            body["discount"] = {"off_minor": basket.off_minor, "role": offers.CLERK, "reason": "dented"}
        return body

    def _basket(self, *, may_be_special: bool = True) -> Basket:
        """What somebody buys; now and then with a voucher, or something taken off."""
        rng, lines = self._rng, self._lines()
        if not may_be_special:
            return Basket(lines)
        off_minor, vouchers = 0, tuple[str, ...]()
        if self._does("discounts", 0.12):
            most = sum(line.amount_minor for line in lines if line.code in it.FREE) * offers.COUNTER_RATE_BP
            off_minor = max(1, most // 10_000 * rng.randint(1, 5) // 4)
        if self._does("vouchers", 0.1):
            vouchers = self._some_vouchers()
        return Basket(lines, off_minor, vouchers)

    def _tenders(self, tenders: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
        """As the API takes them."""
        found: list[dict[str, Any]] = []
        for account, amount in tenders:
            owner, name, _ = account.split("/")
            tender: dict[str, Any] = {"kind": "purse", "amount_minor": amount}
            if owner == "gift_card":
                tender |= {"kind": "gift_card", "number": self._world.promises.cards[name]}
            found.append(tender)
        return found

    def _some_vouchers(self) -> tuple[str, ...]:
        known = sorted(self._world.promises.numbers)
        return tuple(self._rng.sample(known, min(len(known), self._rng.choice((1, 1, 2)))))

    async def _at_once(self, *acting: tuple[Client, Op]) -> None:
        """Several ask in the same moment."""
        self._world.network.rush(len(acting))
        await asyncio.gather(*(client.drive(op, TRIES) for client, op in acting))

    def _return(self, name: str, sale_id: str, ticket: it.Ticket, lines: tuple[tuple[int, int], ...]) -> Op:
        return_id = self._new_id("ret")
        asked = it.Return(
            shop_id=self._shop(name),
            business_key=f"key-{return_id}",
            sale_key=(ticket.shop_id, ticket.business_key),
            lines=lines,
            return_id=return_id,
        )
        self._world.asked.return_(asked, self._now_ms())
        since = self._world.books.commits
        body = {
            "return_id": return_id,
            "business_key": asked.business_key,
            "occurred_ms": self._now_ms(),
            "sent_ms": 0,
            "lines": [{"line_no": number, "quantity": units} for number, units in lines],
        }
        op = self._op("return", return_id, name, f"/sales/{sale_id}/returns", body)
        op.judge = lambda code: self._rights.may_refuse_return(code, sale_id, lines, since)
        return op

    def _is_blocked(self) -> bool:
        """Whether the office was told that the lost card is blocked."""
        return self._blocking is not None and self._blocking.state == "done"

    def _op(
        self,
        kind: str,
        op_id: str,
        name: str,
        path: str,
        body: dict[str, Any],
        may: frozenset[str] = frozenset(),
    ) -> Op:
        return self._world.promises.open(Op(kind, op_id, self._token(name), path, body, may))

    def _lines(self) -> tuple[it.Line, ...]:
        rng = self._rng
        codes = rng.choices(tuple(self._taste), tuple(self._taste.values()), k=rng.randint(1, 3))
        return tuple(
            it.Line(
                number, code, rng.randint(1, 4), rng.choice((rng.randint(1, 400), rng.randint(400, 9_000)))
            )
            for number, code in enumerate(codes, start=1)
        )

    def _person(self) -> it.Person:
        return self._rng.choice(self._people)

    def _person_or_nobody(self) -> it.Person | None:
        return None if self._does("nobody", 0.13) else self._person()

    def _free(self, person: it.Person) -> int:
        """What a member may spend now."""
        member_id = self._world.books.state.who(person.member_id)
        _, lots, owed = self._world.books.spendable[member_id][-1]
        now_ms = self._now_ms()
        return sum(units for units, ends_ms in lots if ends_ms is None or ends_ms > now_ms) - owed

    def _much(self, person: it.Person, usually: int) -> int:
        """Points to give away: some, or all there is, one more, all but one, all but what is owed twice."""
        rng, free = self._rng, self._free(person)
        if rng.random() < 0.5:
            return rng.randint(1, usually)
        owed = self._world.books.state.owed(self._world.books.state.who(person.member_id))
        return max(1, rng.choice((free, free, free + 1, free - 1, free + owed, free // 2)))

    def _does(self, habit: str, usually: float) -> bool:
        return self._world.swarm.does(habit, usually)

    def _client(self) -> Client:
        return self._rng.choice(self._world.clients[:2])

    def _office(self) -> Client:
        return self._world.clients[2]

    def _shop(self, client: str) -> str:
        return it.SHOPS[1] if client == "desk-2" else it.SHOPS[0]

    def _token(self, client: str) -> str:
        return {"desk-1": "t-1", "desk-2": "t-2"}.get(client, client)

    def _now_ms(self) -> int:
        return self._world.around.now_ms()

    def _new_id(self, what: str) -> str:
        self._ids += 1
        return f"{what}-{self._ids}"


def basket_of(lines: tuple[it.Line, ...]) -> dict[str, Any]:
    """The lines as the API takes them."""
    return {
        "currency": "CHF",
        "lines": [
            {
                "line_no": line.line_no,
                "code": line.code,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
            }
            for line in lines
        ],
    }


def by_uid(person: it.Person) -> dict[str, str]:
    """Evidence of a tapped card."""
    return {"medium": "nfc_uid", "value": person.uid}


def by_number(person: it.Person) -> dict[str, str]:
    """Evidence of a typed number, which proves little."""
    return {"medium": "typed", "value": person.card}
