"""Statements as CSV: what suppliers owe, what associations get, the clearing, what is still out.

The same state gives the same bytes: rows come in their order, nothing tells when they were written.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final

import msgspec

from central.services.clearing.associations import AssociationsService
from central.services.clearing.statements import DONATION, SHARE, ClearingService
from central.services.clearing.suppliers import SettlementsService, beside_lines, signed
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from loyalty.limits.web import PAGE_ROWS_MAX
from wire import api_settlement as api

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_MORE: Final = ("currency", "month")
"""What each row says beside its own columns: a sheet is put together with others."""


class AssociationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what a payer owes an association: a share at one rate, donated points, what was left."""

    payer: str
    what: str
    share_bp: int | None = None
    tickets: int | None = None
    counted_minor: int | None = None
    points: int | None = None
    amount_minor: int


class SheetsService:
    """Makes CSV of what the other services say."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        settlements: SettlementsService,
        associations: AssociationsService,
        months: ClearingService,
    ) -> None:
        self._store = context.store
        self._groups = groups
        self._settlements = settlements
        self._associations = associations
        self._months = months

    async def of_party(self, actor: Actor, month: str, kind: str, party_id: str) -> AsyncIterator[bytes]:
        """What a party owes, as it may leave the house, piece by piece: its lines, then all else by sums.

        `creditor` is the other party; below 0: it owes this one. All rows sum to what is due.

        Raises: as `SettlementsService.of`, before the first piece.
        """
        access.require(actor, access.SETTLEMENTS_READ)
        lines = self._settlements.lines_for_the_party(actor, month, kind, party_id)
        view = await self._settlements.of(actor, month, kind, party_id)
        currency = view.currency
        others = beside_lines(view)
        rows: list[api.FundedLineView] = []
        is_first = True
        async for line in lines:
            rows.append(line)
            if len(rows) == PAGE_ROWS_MAX:
                yield _sheet(api.FundedLineView, rows, currency, month, has_head=is_first)
                rows, is_first = [], False
        rows += [_sum_row(view, due, number) for number, due in enumerate(others, view.lines + 1)]
        if rows or is_first:
            yield _sheet(api.FundedLineView, rows, currency, month, has_head=is_first)

    async def of_association(self, actor: Actor, month: str, association_id: str) -> bytes:
        """What an association gets, by payer and rate; all rows sum to what is due.

        Raises: as `AssociationsService.statement`.
        """
        view = await self._associations.statement(actor, month, association_id)
        return _sheet(AssociationRow, _rows_of(view), view.currency, month)

    async def of_month(self, actor: Actor, month: str) -> bytes:
        """The dues of a month. Raises: as `ClearingService.of`."""
        view = await self._months.of(actor, month)
        return _sheet(api.DueView, view.dues, view.currency, month)

    async def of_liabilities(self, actor: Actor, month: str) -> bytes:
        """What is still out. Raises: as `ClearingService.of`."""
        view = await self._months.of(actor, month)
        return _sheet(api.LiabilityView, view.liabilities, view.currency, month)


def _rows_of(view: api.AssociationStatementView) -> list[AssociationRow]:
    rows = []
    for share in view.shares:
        for rate in share.rates:
            rows.append(
                AssociationRow(
                    payer=share.payer,
                    what=SHARE,
                    share_bp=rate.share_bp,
                    tickets=rate.tickets,
                    counted_minor=rate.counted_minor,
                    amount_minor=rate.share_minor,
                )
            )
        if share.points:
            rows.append(
                AssociationRow(
                    payer=share.payer, what=DONATION, points=share.points, amount_minor=share.points_minor
                )
            )
        if share.before_minor:
            rows.append(
                AssociationRow(payer=share.payer, what="brought_forward", amount_minor=share.before_minor)
            )
    return rows


def _sum_row(view: api.SettlementView, due: api.DueView, number: int) -> api.FundedLineView:
    """What is owed beside lines, as one row: no ticket, no day, no article."""
    return api.FundedLineView(
        entry=str(number),
        what=due.what,
        rule_id="",
        rule_version=0,
        creditor=due.creditor if due.debtor == view.funder else due.debtor,
        shop_id="",
        day=view.month,
        article_id="",
        quantity=0,
        points=0,
        amount_minor=signed(due, view.funder),
        tax_rate_bp=None,
        is_return=False,
    )


def _sheet(
    kind: type[msgspec.Struct],
    rows: Sequence[msgspec.Struct],
    currency: str,
    month: str,
    *,
    has_head: bool = True,
) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if has_head:
        writer.writerow((*kind.__struct_fields__, *_MORE))
    for row in rows:
        writer.writerow([*_safe(getattr(row, name) for name in kind.__struct_fields__), currency, month])
    return out.getvalue().encode()


def _safe(values: Iterable[Any]) -> list[Any]:
    """No text that a spreadsheet would take for a formula."""
    return [
        f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
        for value in values
    ]
