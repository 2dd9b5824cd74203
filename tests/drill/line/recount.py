"""An independent recount: points and money from the tills' notes alone, by arithmetic of its own.

Nothing of `loyalty`, `central` or `terminal` is used here. The programme of the drill: a point for each whole
franc of what the law lets earn on a ticket; points of a ticket lie on its lines by largest remainder; of a
line of which k of n pieces came back, floor(points * k / n) are taken back in all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.drill.line.tills import EARNING, Note, Notes

MINOR_PER_POINT = 100


@dataclass(frozen=True)
class Recount:
    """What central must hold: net points by member, ticket totals and points by business key."""

    net_points: dict[str, int]
    totals_minor: dict[str, int]
    points: dict[str, int]
    taken_back: dict[str, int]


def recount(all_notes: Iterable[Notes]) -> Recount:
    """Count again what the tills sent and heard."""
    net: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = {}
    points: dict[str, int] = {}
    taken: dict[str, int] = {}
    for notes in all_notes:
        for sale in notes.sales:
            earned = sum(points_of_lines(sale))
            assert sale.told_points in (None, earned), f"told {sale.told_points}, {earned} are due"
            assert sale.business_key not in totals, "a till gives each ticket a name of its own"
            totals[sale.business_key] = sum(line.amount_minor for line in sale.lines)
            points[sale.business_key] = earned
            net[sale.member_id] += earned - sale.redeemed
        back: dict[tuple[str, int], int] = defaultdict(int)
        for one in notes.returns:
            shares = points_of_lines(one.of)
            due = 0
            for number, pieces in one.pieces:
                line = one.of.lines[number - 1]
                before = back[one.of.business_key, number]
                back[one.of.business_key, number] = after = before + pieces
                share = shares[number - 1]
                due += share * after // line.quantity - share * before // line.quantity
            taken[one.business_key] = due
            net[one.of.member_id] -= due
    return Recount(dict(net), totals, points, taken)


def points_of_lines(sale: Note) -> list[int]:
    """The ticket's points on its lines."""
    weights = [line.amount_minor if line.code in EARNING else 0 for line in sale.lines]
    whole = sum(weights)
    due = whole // MINOR_PER_POINT
    if not due:
        return [0] * len(weights)
    shares = [weight * due // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda at: (-(weights[at] * due % whole), at))
    for at in by_rest[: due - sum(shares)]:
        shares[at] += 1
    return shares
