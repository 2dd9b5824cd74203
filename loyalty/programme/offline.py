"""What a shop may do while central cannot be reached: which acts, at which strength, and how much (P-15).

Offline the keys of cards are absent: a message of a chip counts as what it shows, a number, until central
reads it. So the strength drops, and so do the acts: earning goes on, points are burned inside a lease alone,
and everything else waits for the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from loyalty.limits.leases import (
    LEASE_HOURS_MAX,
    LEASE_POINTS_MAX,
    LEASE_SEEN_DAYS_MAX,
    LEASES_PER_TERMINAL,
    LEASES_PER_TERMINAL_MAX,
)
from loyalty.limits.rules import RATE_BP_MAX, RULE_COUNT_MAX
from loyalty.programme.identification import Act, Strength
from loyalty.rules.reading import invalid, read_object
from loyalty.rules.shape import NO_CONTEXT, Record, Whole

OFFLINE_ACTS: Mapping[Act, Strength] = MappingProxyType(
    {
        Act.EARN: Strength.NAME,
        # By what is seen, which nobody has verified yet; the card it was granted on, read as it was then.
        Act.REDEEM: Strength.NFC_UID,
    }
)
"""The acts there are without central, and the least strength each asks for unless the programme says more."""

LEASE_SHAPE = Record(
    {
        "points": Whole(1, LEASE_POINTS_MAX),
        "share_bp": Whole(1, RATE_BP_MAX),
        "hours": Whole(1, LEASE_HOURS_MAX),
        "terminal_points": Whole(1, RULE_COUNT_MAX),
    },
    {
        "seen_days": Whole(1, LEASE_SEEN_DAYS_MAX),
        "terminal_leases": Whole(1, LEASES_PER_TERMINAL_MAX),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePolicy:
    """What central grants: at most `points` to one terminal for one member, for `hours`.

    All leases of a member together keep at most `share_bp` of the balance from being burned elsewhere; all
    leases of a terminal together are bounded by number and by points.
    `seen_days`: only for who bought at this shop in the last days, or calls it home; None: for whoever taps.
    """

    points: int
    share_bp: int
    hours: int
    terminal_points: int
    terminal_leases: int = LEASES_PER_TERMINAL
    seen_days: int | None = None


@dataclass(frozen=True, slots=True)
class OfflinePolicy:
    """A programme's word on cuts. Without `lease` no points are burned offline."""

    lease: LeasePolicy | None = None
    acts: Mapping[Act, Strength] = field(default_factory=lambda: OFFLINE_ACTS)

    @property
    def needed(self) -> Strength | None:
        """The least strength to burn at; None: never."""
        return self.acts.get(Act.REDEEM)


NO_OFFLINE = OfflinePolicy()


def parse_offline(document: object, path: str = "programme.offline") -> OfflinePolicy:
    """`{"lease": {...}, "acts": {"redeem": strength or null}}`; both may be left out.

    Raises: ProgrammeInvalid.
    """
    members = read_object(document, path, required=frozenset(), optional=frozenset({"lease", "acts"}))
    lease = members.get("lease")
    terms = None if lease is None else LeasePolicy(**LEASE_SHAPE.read(lease, f"{path}.lease", NO_CONTEXT))
    return OfflinePolicy(terms, _parse_acts(members.get("acts", {}), f"{path}.acts"))


def _parse_acts(document: object, path: str) -> Mapping[Act, Strength]:
    members: Mapping[str, object] = read_object(
        document, path, required=frozenset(), optional=frozenset({Act.REDEEM.value})
    )
    acts = dict(OFFLINE_ACTS)
    names = {strength.name.lower(): strength for strength in Strength}
    for name, value in members.items():
        if value is None:
            acts.pop(Act(name), None)
        elif isinstance(value, str) and value in names:
            acts[Act(name)] = names[value]
        else:
            raise invalid(f"{path}.{name}", "null or one of " + ", ".join(names), value)
    return MappingProxyType(acts)
