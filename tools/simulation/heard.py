"""What terminals say to central by themselves: quotes, reservations and paid tickets of tickets under way.

A till that pays with stored value hears of no reservation (ADR 20). What one promised, and which ticket was
booked under it, is read off the line between terminal and central, before central answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.asked import Asked, Reservation
from tools.simulation.books import Books
from tools.simulation.facts_promised import Promised
from tools.simulation.gauges import Own, Place, budget_of
from tools.simulation.promises import Promises
from tools.simulation.rights import Rights

QUOTES, RESERVATIONS, SALES = "/quotes", "/reservations", "/sales"
_RELEASE: Final = "/release"
SURE_MS: Final = it.HOLD_MS - 60_000
"""So long a reservation stands for certain, unless somebody lets it go."""


class Heard:
    """Notes what a shop's terminal asks, and what it was promised."""

    def __init__(
        self,
        shop_id: str,
        *,
        asked: Asked,
        books: Books,
        promises: Promises,
        rights: Rights,
        now_ms: Callable[[], int],
    ) -> None:
        self._now_ms = now_ms
        self._shop_id = shop_id
        self._asked = asked
        self._books = books
        self._promises = promises
        self._rights = rights
        self._quoted: dict[str, it.Ticket] = {}
        """Tickets as they were quoted, by quote."""

    def sends(self, path: str, data: bytes | None) -> int:
        """A request leaves the terminal; how many commits central had made by then."""
        if path == RESERVATIONS:
            self._reserves(_body(data))
        elif path.startswith(RESERVATIONS) and path.endswith(_RELEASE):
            self._asked.let_go.add(path.removeprefix(f"{RESERVATIONS}/").removesuffix(_RELEASE))
        elif path == SALES:
            self._books_under(_body(data))
        return self._books.commits

    def hears(self, path: str, data: bytes | None, status: int, body: bytes, since: int) -> None:
        """An answer came through. Raises: Violation: a quote promises what cannot be."""
        if path != QUOTES or status != 200:
            return
        view, asked = _body(body), _body(data)
        person = _person_of(asked)
        at_ms = view["expires_ms"] - it.QUOTE_MS
        ticket = it.Ticket(
            shop_id=self._shop_id,
            business_key="",
            lines=_lines_of(asked["basket"]),
            member_id=person.member_id if person else None,
            card=person.card if person else None,
            occurred_ms=at_ms,
        )
        own = self._kept_by(asked.get("replaces", ()))
        promised = self._rights.promised(view, ticket, at_ms, since, own=own)
        self._quoted[view["quote_id"]] = replace(ticket, quoted=promised)

    def _kept_by(self, named: Sequence[str]) -> Own:
        """What the reservation keeps that stands of those named; the others stand nowhere, or have ended."""
        state = self._books.state
        known = [each for each in named if each in state.reserved]
        standing = [each for each in known if each not in state.freed]
        kept: dict[Place, int] = {}
        for reservation_id in standing:
            ticket = state.living(self._asked.reservations[reservation_id].ticket)
            kept |= Promised.uses_of_promise(ticket)
            for rule_id, amount in Promised.budgets_of_promise(ticket).items():
                kept[budget_of(offers.BY_RULE[rule_id])] = amount
        oldest_ms = min((self._asked.at_ms[each] for each in standing), default=self._now_ms())
        return Own(kept, is_sure=self._now_ms() - oldest_ms < SURE_MS and len(standing) == len(named))

    def _reserves(self, body: Mapping[str, Any]) -> None:
        ticket = replace(self._quoted[body["quote_id"]], tenders=self._tenders_of(body))
        points = body.get("redeem_points") or 0
        self._asked.reservations[body["reservation_id"]] = Reservation(ticket=ticket, points=points)
        self._asked.note(body["reservation_id"], self._now_ms())
        self._asked.let_go.update(body["quote"].get("replaces", ()))

    def _books_under(self, body: Mapping[str, Any]) -> None:
        """A paid ticket: it stands on what its reservation promised, and is paid as that says."""
        key = (self._shop_id, body["business_key"])
        ticket = self._asked.tickets.get(key)
        reservation_id = body.get("reservation_id")
        if ticket is None or reservation_id is None:
            return
        self._asked.tickets[key] = replace(
            ticket,
            quoted=self._asked.reservations[reservation_id].ticket.quoted,
            reservation_id=reservation_id,
            redeem=body["redeem_points"],
            tenders=self._tenders_of(body),
        )

    def _tenders_of(self, body: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
        by_number = {"".join(number.split()): card_id for card_id, number in self._promises.cards.items()}
        return tuple(
            (it.card_of(by_number[each["number"]]), each["amount_minor"])
            for each in body.get("tenders") or ()
        )


def _body(data: bytes | None) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(data or b"{}")
    return found


def _person_of(body: Mapping[str, Any]) -> it.Person | None:
    holder = body.get("holder")
    if not holder:
        return None
    return it.BY_UID.get(holder["value"]) or it.BY_CARD.get(holder["value"])


def _lines_of(basket: Mapping[str, Any]) -> tuple[it.Line, ...]:
    return tuple(
        it.Line(line["line_no"], line["code"], line["quantity"], line["amount_minor"])
        for line in basket["lines"]
    )
