"""Incidents: what the counter hands to head office with one press (C-34). Kinds and moves are data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble


class IncidentKind(StrEnum):
    """What went wrong, or has to be changed by somebody who may."""

    AMOUNT_ERROR = "amount_error"
    ADDRESS_ERROR = "address_error"
    WITHDRAWAL_ERROR = "withdrawal_error"
    SALE_CANCELLATION = "sale_cancellation"
    NAME_CHANGE = "name_change"
    CARD_TROUBLE = "card_trouble"
    POINTS_MISSING = "points_missing"
    OTHER = "other"


NEEDS_TICKET = frozenset(
    {IncidentKind.AMOUNT_ERROR, IncidentKind.SALE_CANCELLATION, IncidentKind.POINTS_MISSING}
)
"""Nobody can mend these without the ticket."""


class IncidentState(StrEnum):
    """How far it is."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


class IncidentAct(StrEnum):
    """What is done with it."""

    TAKE = "take"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


MOVES: Mapping[IncidentAct, tuple[frozenset[IncidentState], IncidentState]] = MappingProxyType(
    {
        IncidentAct.TAKE: (
            frozenset({IncidentState.OPEN, IncidentState.TAKEN, IncidentState.ANSWERED}),
            IncidentState.TAKEN,
        ),
        IncidentAct.ANSWER: (
            frozenset({IncidentState.OPEN, IncidentState.TAKEN, IncidentState.ANSWERED}),
            IncidentState.ANSWERED,
        ),
        IncidentAct.CLOSE: (
            frozenset({IncidentState.OPEN, IncidentState.TAKEN, IncidentState.ANSWERED}),
            IncidentState.CLOSED,
        ),
        IncidentAct.REOPEN: (frozenset({IncidentState.CLOSED, IncidentState.ANSWERED}), IncidentState.OPEN),
    }
)
"""From which states each act leads where."""


class TicketNeeded(LoyaltyError):
    """Without its ticket nobody can help."""

    code = "ticket_needed"
    text = "An incident of the kind {kind} needs its ticket. Send sale_id with it."


class IncidentNotFound(LoyaltyError):
    """No such incident."""

    code = "incident_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no incident {incident_id} in this group. Check the id."


class IncidentMoved(LoyaltyError):
    """Somebody else was faster, or it is over."""

    code = "incident_moved"
    trouble = Trouble.CONFLICT
    text = "The incident {incident_id} is {state} now. Look at it again before you go on."
