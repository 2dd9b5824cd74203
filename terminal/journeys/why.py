"""Why a ticket earned its points: asked of central each time, told to the member, kept nowhere."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from terminal import session as flow
from terminal.journeys.base import Answering, Parts, Untold
from terminal.why import why_of
from wire.api import ProfileView
from wire.api_value import TellWhyBody, ToldWhyView
from wire.messages import Answer
from wire.why import AskWhy, Why

_NEEDS: Final = frozenset({"see_ticket_totals", "see_point_reasons"})


def may_ask(profile: ProfileView) -> bool:
    """Whether the evidence permits that a ticket on the screen is asked about."""
    return set(profile.may) >= _NEEDS


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def explain(ask: AskWhy) -> Sequence[Answer]:
        card = parts.session(ask.session_id)
        if card is None:
            return []
        if not _is_on_screen(card.profile, ask.sale_id):
            return [Why(request_id=ask.request_id, trouble="not_told_here")]
        told = await parts.ask(
            card,
            f"/sales/{quote(ask.sale_id, safe='')}/why",
            body=lambda holder: TellWhyBody(holder=holder),
            answer=ToldWhyView,
        )
        if isinstance(told, Untold):
            if told.trouble == "central_unreachable":
                return [Why(request_id=ask.request_id, trouble=told.trouble)]
            return [Why(request_id=ask.request_id, trouble="not_told_here")]
        if card.pin_proof and not told.has_names:  # its time is over: it is asked for again
            parts.desk.put(flow.pin_judged(parts.desk.sessions, card.session_id, has_pin=True))
        group = parts.group()
        return why_of(ask.request_id, told, group.rule_names if group else {})

    return {AskWhy: explain}


def _is_on_screen(profile: ProfileView | None, sale_id: str) -> bool:
    """Whether this member's evidence lets the screen list that ticket."""
    if profile is None or not may_ask(profile):
        return False
    return any(ticket.sale_id == sale_id for ticket in profile.tickets)
