"""The day's totals on the kiosk's screen, for a person of staff: the sums that the paper has, too."""

from collections.abc import Mapping, Sequence
from typing import get_args

from loyalty.limits.tills import DAY_TOTALS_SUMS_MAX
from terminal.journeys.base import Answering, Parts
from terminal.journeys.looking_after import may_look_after
from terminal.totals import Sum, Wanted
from wire.day_totals import AskDayTotals, DayTotalsTold, TillAct, TillSum
from wire.messages import Answer


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def tell(asked: AskDayTotals) -> Sequence[Answer]:
        if not may_look_after(parts.session(asked.session_id)):
            return (DayTotalsTold(request_id=asked.request_id),)
        period = await parts.totals.open_period()
        found = await parts.totals.sums(period, Wanted(by=frozenset({"sale_id"})))
        sums = _told(found)
        return (
            DayTotalsTold(
                request_id=asked.request_id,
                is_told=True,
                sums=tuple(sums[:DAY_TOTALS_SUMS_MAX]),
                since_ms=await parts.totals.since_ms(period),
                waiting=parts.waiting(),
                is_cut=len(sums) > DAY_TOTALS_SUMS_MAX,
            ),
        )

    return {AskDayTotals: tell}


def _told(found: Sequence[Sum]) -> list[TillSum]:
    """All tills, where there are several, then each; its acts in the order of the paper."""
    tills = sorted({each.sale_id for each in found})
    told = _sums(found, "") if len(tills) > 1 else []
    for till in tills:
        told += _sums([each for each in found if each.sale_id == till], till)
    return told


def _sums(found: Sequence[Sum], till: str) -> list[TillSum]:
    acts: tuple[TillAct, ...] = get_args(TillAct)
    alike = {act: [each for each in found if each.kind == act] for act in acts}
    return [
        TillSum(
            act=act,
            sale_id=till,
            count=sum(each.count for each in sums),
            amount_minor=sum(each.amount_minor for each in sums),
            points=sum(each.points for each in sums),
        )
        for act, sums in alike.items()
        if sums
    ]
