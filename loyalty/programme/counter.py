"""What clerks do at the counter, and how often: point farming is the commonest staff fraud.

Each act has a policy: which roles may do it, how often per clerk and per member in a day, and how old a
ticket may be. A group changes single figures in its settings; what it leaves out stays as here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import counter as most


class CounterAct(StrEnum):
    """What is kept of a clerk's work, with who did it."""

    PIN_SET = "pin_set"
    PIN_RESET = "pin_reset"
    PIN_UNLOCK = "pin_unlock"
    ENROL = "enrol"
    FIND = "find"
    FIND_BY_NAME = "find_by_name"
    FOUND_TICKET = "found_ticket"
    """A ticket of a member who was found, without a card."""
    LATE_CARD = "late_card"
    MOVE_TICKET = "move_ticket"
    UNDO = "undo"
    INCIDENT = "incident"
    GIVE_CARD = "give_card"
    INSURED_CARD = "insured_card"
    HAND_OUT = "hand_out"
    """A voucher of what members paid forward, for whoever needs it."""
    MESSAGE = "message"
    """A message to a member, sent at a till."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPolicy:
    """Who may do an act, and how often. No role: every role. A member has no limit where it is 0."""

    roles: frozenset[str] = frozenset()
    per_staff_day: int
    per_member_day: int = 0
    ticket_age_s: int = 0
    """How old the ticket may be; 0 where the act has none."""


POLICIES: Mapping[CounterAct, ActPolicy] = MappingProxyType(
    {
        CounterAct.PIN_SET: ActPolicy(per_staff_day=most.PIN_SETS_PER_STAFF_DAY, per_member_day=3),
        CounterAct.PIN_RESET: ActPolicy(per_staff_day=most.PIN_RESETS_PER_STAFF_DAY, per_member_day=2),
        CounterAct.PIN_UNLOCK: ActPolicy(per_staff_day=most.PIN_RESETS_PER_STAFF_DAY, per_member_day=2),
        CounterAct.ENROL: ActPolicy(per_staff_day=most.ENROLMENTS_PER_STAFF_DAY),
        CounterAct.INCIDENT: ActPolicy(per_staff_day=most.INCIDENTS_PER_STAFF_DAY),
        CounterAct.GIVE_CARD: ActPolicy(per_staff_day=most.ENROLMENTS_PER_STAFF_DAY, per_member_day=2),
        CounterAct.INSURED_CARD: ActPolicy(per_staff_day=most.ENROLMENTS_PER_STAFF_DAY, per_member_day=2),
        CounterAct.FIND: ActPolicy(per_staff_day=most.FINDS_PER_STAFF_DAY),
        CounterAct.FIND_BY_NAME: ActPolicy(per_staff_day=most.FINDS_BY_NAME_PER_STAFF_DAY),
        CounterAct.FOUND_TICKET: ActPolicy(
            per_staff_day=most.FOUND_TICKETS_PER_STAFF_DAY, per_member_day=most.FOUND_TICKETS_PER_MEMBER_DAY
        ),
        CounterAct.LATE_CARD: ActPolicy(
            per_staff_day=most.LATE_CARDS_PER_STAFF_DAY,
            per_member_day=most.LATE_CARDS_PER_MEMBER_DAY,
            ticket_age_s=most.LATE_CARD_TICKET_AGE_S,
        ),
        CounterAct.MOVE_TICKET: ActPolicy(
            per_staff_day=most.TICKET_MOVES_PER_STAFF_DAY,
            per_member_day=most.TICKET_MOVES_PER_MEMBER_DAY,
            ticket_age_s=most.TICKET_MOVE_AGE_S,
        ),
        CounterAct.HAND_OUT: ActPolicy(
            roles=frozenset({"pharmacist"}), per_staff_day=most.HANDOUTS_PER_STAFF_DAY
        ),
        CounterAct.MESSAGE: ActPolicy(per_staff_day=most.MESSAGES_PER_STAFF_DAY),
        CounterAct.UNDO: ActPolicy(
            per_staff_day=most.UNDOS_PER_STAFF_DAY, ticket_age_s=most.UNDO_TICKET_AGE_S
        ),
    }
)


class RoleMayNot(LoyaltyError):
    """The clerk's role is not one that may."""

    code = "role_may_not"
    trouble = Trouble.FORBIDDEN
    text = "As {role} you may not do this ({act}). Ask one of: {roles}."


class CounterLimit(LoyaltyError):
    """So often in a day is not what a counter needs."""

    code = "counter_limit"
    trouble = Trouble.REFUSED
    text = (
        "This was done {most} times today already ({act}, by {whose}). Hand it to head office as an incident."
    )


class TicketTooOldHere(LoyaltyError):
    """The counter mends what has just happened, head office the rest."""

    code = "ticket_too_old_here"
    trouble = Trouble.REFUSED
    text = "The ticket is {age_minutes} minutes old; here {most_minutes} is the most. Hand it to head office."


def require_role(policy: ActPolicy, act: CounterAct, role: str) -> None:
    """Raises: RoleMayNot."""
    if policy.roles and role not in policy.roles:
        raise RoleMayNot(role=role, act=act.value, roles=", ".join(sorted(policy.roles)))


def require_young(policy: ActPolicy, *, occurred_ms: int, now_ms: int) -> None:
    """Raises: TicketTooOldHere."""
    age_s = (now_ms - occurred_ms) // 1000
    if age_s > policy.ticket_age_s:
        raise TicketTooOldHere(age_minutes=age_s // 60, most_minutes=policy.ticket_age_s // 60)
