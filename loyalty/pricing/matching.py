"""Units for several parts at once, of lines that more than one part may take."""

from collections.abc import Sequence

from loyalty.pricing.units import Run

_Key = tuple[int, int]
"""A line and the price of its units: one run, whichever part looks at it."""


def matched(wanted: Sequence[tuple[int, list[Run]]]) -> list[Run] | None:
    """Units that fill every part, None where there is no such choice.

    Dearest units first, equal ones by line: each run gives as many units as still find room, for which parts
    hand units to each other. No choice that fills every part costs more. Ways through the parts are the
    shortest, and move all they can: their number is bounded by runs and parts, not by units.

    Args:
        wanted: of each part how many units it needs, and the runs it may take them of.
    """
    runs = sorted(
        {run for _, may_take in wanted for run in may_take}, key=lambda run: (-run.price_minor, run.at)
    )
    takers = {_key(run): [no for no, (_, may_take) in enumerate(wanted) if run in may_take] for run in runs}
    room = [count for count, _ in wanted]
    held: list[dict[_Key, int]] = [{} for _ in wanted]
    taken: list[Run] = []
    for run in runs:
        left = run.count
        while left and (given := _give(_key(run), left, takers, room, held)):
            left -= given
        if left < run.count:
            taken.append(Run(run.at, run.price_minor, run.count - left))
    return None if any(room) else taken


def _key(run: Run) -> _Key:
    return run.at, run.price_minor


def _give(
    start: _Key, count: int, takers: dict[_Key, list[int]], room: list[int], held: list[dict[_Key, int]]
) -> int:
    """Give up to `count` units to a part with room, by the shortest way; how many found room.

    A part without room may take them where it hands as many units of another run to another part.
    """
    came: dict[int, tuple[int, _Key]] = {}
    """Of each part that was reached: the part that would hand it units (-1: nobody), and of which run."""
    queue: list[tuple[int, _Key]] = [(-1, start)]
    for giver, run in queue:
        for part in takers[run]:
            if part in came:
                continue
            came[part] = giver, run
            if room[part]:
                return _hand_on(part, count, came, room, held)
            queue += [(part, each) for each, has in held[part].items() if has]
    return 0


def _hand_on(
    last: int, count: int, came: dict[int, tuple[int, _Key]], room: list[int], held: list[dict[_Key, int]]
) -> int:
    moved, part = min(count, room[last]), last
    while (giver := came[part][0]) >= 0:
        moved, part = min(moved, held[giver][came[part][1]]), giver
    room[last] -= moved
    part = last
    while part >= 0:
        giver, run = came[part]
        held[part][run] = held[part].get(run, 0) + moved
        if giver >= 0:
            held[giver][run] -= moved
        part = giver
    return moved
