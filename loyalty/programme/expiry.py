"""How long points live, as a programme says it."""

from collections.abc import Mapping
from types import MappingProxyType

from loyalty.ledger.lots import ExpiryKind, ExpiryPolicy
from loyalty.rules.reading import invalid, read_choice, read_object
from loyalty.rules.shape import NO_CONTEXT, Member, Record, Whole

EXPIRY_MONTHS_MAX = 120
EXPIRY_YEARS_MAX = 10
_LEAP_YEAR_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

EXPIRY_MEMBERS: Mapping[ExpiryKind, Mapping[str, Member]] = MappingProxyType(
    {
        ExpiryKind.NONE: {},
        ExpiryKind.MONTHS: {"months": Whole(1, EXPIRY_MONTHS_MAX)},
        ExpiryKind.END_OF_MONTH: {"months": Whole(0, EXPIRY_MONTHS_MAX)},
        ExpiryKind.END_OF_YEAR: {"years": Whole(0, EXPIRY_YEARS_MAX)},
        ExpiryKind.FIXED_DAY: {
            "month": Whole(1, 12),
            "day": Whole(1, 31),
            "years": Whole(0, EXPIRY_YEARS_MAX),
        },
    }
)
"""The members of each policy besides `policy`."""


def parse_expiry(document: object, path: str = "programme.expiry") -> ExpiryPolicy:
    """Check `{"policy": ..., ...}`.

    Raises: ProgrammeInvalid.
    """
    every = frozenset(name for members in EXPIRY_MEMBERS.values() for name in members)
    policy = read_object(document, path, required=frozenset({"policy"}), optional=every)["policy"]
    kind = read_choice(policy, f"{path}.policy", ExpiryKind)
    given = read_object(document, path, required=frozenset({"policy", *EXPIRY_MEMBERS[kind]}))
    rest = {name: value for name, value in given.items() if name != "policy"}
    members = Record(EXPIRY_MEMBERS[kind], {}).read(rest, path, NO_CONTEXT)
    if kind is not ExpiryKind.FIXED_DAY:
        return ExpiryPolicy(kind, *members.values())
    last_day = _LEAP_YEAR_DAYS[members["month"] - 1]
    if members["day"] > last_day:
        raise invalid(
            f"{path}.day", f"a day of month {members['month']}", members["day"], f"Its last is {last_day}."
        )
    return ExpiryPolicy(kind, members["years"], month=members["month"], day=members["day"])
