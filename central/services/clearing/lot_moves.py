"""The journal of a month, page by page: value that paid in shops and came back, by who pays for it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.storage.interface.rows import JournalRow
from central.storage.interface.settlement import CauseRow, DrawnUnits
from loyalty.clearing.moves import (
    CONVERTED,
    DONATED,
    GIVEN_BACK,
    Lots,
    Moved,
    is_settled,
    lots_named,
    moved_by,
    split_worth,
)
from loyalty.ledger.assets import POINTS, money
from loyalty.ledger.reversal import restored_worth
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.programme import worth_minor
from loyalty.value.moves import DRAW, paid_for_part


@dataclass(frozen=True, slots=True)
class Priced:
    """A move with the transaction it is of, and its amount in money; None: the ledger knows no price.

    `sold_by`: of a service that was drawn, the acts that sold it.
    """

    row: JournalRow
    moved: Moved
    amount_minor: int | None
    sold_by: tuple[str, ...] = ()


class LotMoves:
    """Reads the journal by its numbers; holds a page at a time."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._groups = groups

    async def pages(
        self, group: Group, after_seq: int, until_seq: int
    ) -> AsyncIterator[tuple[int, list[Priced]]]:
        """The moves of (after_seq, until_seq], with the number read up to."""
        while after_seq < until_seq:
            rows = await self._store.list_journal(group.row.group_id, after_seq, PAGE_ROWS_MAX)
            if not rows:
                return
            wanted = [row for row in rows if row.seq <= until_seq]
            after_seq = rows[-1].seq
            yield min(after_seq, until_seq), await self._priced(group, wanted)

    async def _priced(self, group: Group, rows: Sequence[JournalRow]) -> list[Priced]:
        settled = [row for row in rows if is_settled(row.transaction)]
        if not settled:
            return []
        group_id = group.row.group_id
        lot_ids = sorted({lot_id for row in settled for lot_id in lots_named(row.transaction)})
        lots = Lots(await self._store.find_lot_funders(group_id, lot_ids))
        causes = await self._store.find_causes(
            group_id, sorted({row.transaction.cause_id for row in settled})
        )
        drawn = await self._store.list_drawn(
            group_id, [row.seq for row in settled if row.transaction.kind == DRAW]
        )
        found: list[Priced] = []
        for row in settled:
            cause = causes.get(row.transaction.cause_id)
            moves = moved_by(row.transaction, lots, None if cause is None else cause.shop_id)
            if row.seq in drawn:
                found += [_priced_service(row, each, drawn[row.seq]) for each in moves]
                continue
            found += await self._worth(group, row, moves, cause)
        return found

    async def _worth(
        self, group: Group, row: JournalRow, moves: Sequence[Moved], cause: CauseRow | None
    ) -> list[Priced]:
        currency = str(money(group.row.currency))
        points = [each for each in moves if each.asset == str(POINTS) and each.what != DONATED]
        worths: list[int] = []
        if points and points[0].what == CONVERTED:
            programme = await self._groups.get_programme(group, row.transaction.ruleset_version)
            amounts = [each.amount for each in points]
            worths = split_worth(worth_minor(programme, sum(amounts)), amounts)
        elif points and cause is not None:
            programme = await self._groups.get_programme(group, cause.ruleset_version)
            worth = worth_minor(programme, cause.points_redeemed)
            if points[0].what == GIVEN_BACK:
                worth = restored_worth(
                    worth,
                    redeemed=cause.points_redeemed,
                    restored_before=cause.restored_before,
                    restoring=cause.points_restored,
                )
            worths = split_worth(worth, [each.amount for each in points])
        priced = dict(zip(map(id, points), worths, strict=False))
        found = []
        for each in moves:
            amount = priced.get(id(each))
            if each.asset in (currency, f"MEAL.{currency}"):
                amount = each.amount
            found.append(Priced(row, each, amount))
        return found


def _priced_service(row: JournalRow, moved: Moved, drawn: Sequence[DrawnUnits]) -> Priced:
    """A service is worth what was paid for these very units; the shop that was paid owes it."""
    own = [each for each in drawn if each.funder == moved.debtor]
    if sum(each.amount for each in own) != moved.amount:
        return Priced(row, moved, None)
    worth = sum(paid_for_part(each.paid_minor, each.units, each.before, each.amount) for each in own)
    return Priced(row, moved, worth, tuple(dict.fromkeys(each.act_id for each in own)))
