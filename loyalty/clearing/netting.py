"""Dues between parties, set off: what each pair is left with, and where each party stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Due:
    """`debtor` owes `creditor` so much (below 0: the other way round)."""

    debtor: str
    creditor: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Position:
    """What a party is owed and owes."""

    owed_minor: int
    owes_minor: int


def netted(dues: Iterable[Due]) -> list[Due]:
    """One due for each pair, above 0, by debtor and creditor; nobody owes themselves."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for due in dues:
        low, high = sorted((due.debtor, due.creditor))
        if low != high:
            sums[low, high] += due.amount_minor if due.debtor == low else -due.amount_minor
    found = [
        Due(low, high, amount) if amount > 0 else Due(high, low, -amount)
        for (low, high), amount in sums.items()
        if amount
    ]
    return sorted(found, key=lambda due: (due.debtor, due.creditor))


def positions(nets: Iterable[Due]) -> Mapping[str, Position]:
    """Where each party stands after netting; all together sum to 0."""
    owed: dict[str, int] = defaultdict(int)
    owes: dict[str, int] = defaultdict(int)
    for due in nets:
        owes[due.debtor] += due.amount_minor
        owed[due.creditor] += due.amount_minor
    return {name: Position(owed[name], owes[name]) for name in sorted({*owed, *owes})}


def expected_use(
    amount: int, *, ended: int, expired: int, lots: int, lots_min: int
) -> tuple[int, int] | None:
    """How much of what is out is expected to be used, and the share that is not, in basis points.

    By the group's own history alone: of all lots of the asset whose time is over the share that expired, the
    use rounded down. None: fewer than `lots_min` of them, too few to tell.
    """
    if lots < lots_min or not ended:
        return None
    share_bp = min(10_000, expired * 10_000 // ended)
    return amount - amount * share_bp // 10_000, share_bp
