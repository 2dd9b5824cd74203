"""How a member came to a ticket, where that has limits: found by name, or by a card that came late.

It is noted in the transaction that records the ticket: a ticket that is refused uses nothing of a day up.
"""

from central.services.core.context import Context
from central.services.tickets.found import FoundTickets
from central.services.tickets.late_cards import LateCards
from central.services.tickets.sale_parts import Asked
from central.storage.base import IdempotencyConflict
from central.storage.interface.counter import ActLimitReached, NotedAct
from loyalty.errors import LoyaltyError
from loyalty.programme.counter import CounterLimit
from loyalty.programme.found import FoundOver


class TicketActs:
    """Says what is noted with a ticket."""

    def __init__(self, context: Context) -> None:
        self._found = FoundTickets(context)
        self._late_cards = LateCards(context)

    async def act_of(self, asked: Asked) -> NotedAct | None:
        """None: the card was there, or the ticket is nobody's."""
        actor, group, body, holder = asked.actor, asked.group, asked.body, asked.holder
        if holder is None:
            return None
        if holder.found is not None:
            return await self._found.act_of(actor, group, asked.shop, body.sale_id, holder.found)
        if body.is_card_late:
            return await self._late_cards.act_of(actor, group, asked.shop, body, holder.member.member_id)
        return None


def refusal_of(noted: NotedAct | None, error: ActLimitReached | IdempotencyConflict) -> LoyaltyError:
    """What is said of an act that could not be noted: then its ticket is not booked either.

    FoundOver: the search served another ticket. CounterLimit: there were enough of them today.
    """
    if isinstance(error, ActLimitReached):
        assert noted is not None, "a limit is of an act"
        limits, whose = noted.limits, error.whose
        most = limits.per_staff if whose == "staff" else limits.per_member
        return CounterLimit(most=most, act=noted.row.kind, whose=whose)
    is_of_act = noted is not None and error.params.get("id") == noted.row.act_id
    return FoundOver() if is_of_act else error
