"""A group's own figures for what its counters do: part of its settings (docs/counter.md)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from loyalty.limits.counter import COUNTER_PER_DAY_MAX
from loyalty.limits.rules import RULE_LIST_ITEMS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tickets import TICKET_AGE_MAX_DAYS
from loyalty.programme.counter import POLICIES, ActPolicy, CounterAct

_PerDay = Annotated[int, Meta(ge=1, le=COUNTER_PER_DAY_MAX)]
_Role = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]


class ActSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the group says otherwise of one act; `roles`: who may do it, all where it is left out."""

    roles: Annotated[tuple[_Role, ...], Meta(max_length=RULE_LIST_ITEMS_MAX)] | None = None
    per_staff_day: _PerDay | None = None
    per_member_day: _PerDay | None = None
    ticket_age_s: Annotated[int, Meta(ge=1, le=TICKET_AGE_MAX_DAYS * 86_400)] | None = None


class CounterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By act."""

    acts: dict[CounterAct, ActSettings] = {}

    def policy_of(self, act: CounterAct) -> ActPolicy:
        """The policy that holds in this group."""
        base, own = POLICIES[act], self.acts.get(act, ActSettings())
        return ActPolicy(
            roles=base.roles if own.roles is None else frozenset(own.roles),
            per_staff_day=own.per_staff_day or base.per_staff_day,
            per_member_day=own.per_member_day or base.per_member_day,
            ticket_age_s=own.ticket_age_s or base.ticket_age_s,
        )
