"""What a terminal did for its tills, counted by period: a till's day is checked against it, then closed."""

from dataclasses import dataclass
from typing import Final

import apsw

from loyalty.limits.tills import TOTALS_ROWS_MAX
from terminal.database import Database
from wire.day_totals import TillAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing a till was told Success for."""

    poi_transaction_id: str
    kind: TillAct
    sale_id: str
    operator: str = ""
    shift: str = ""
    currency: str = ""
    amount_minor: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A sum over alike transactions; details that were not asked for are empty."""

    kind: TillAct
    currency: str
    sale_id: str
    operator: str
    shift: str
    count: int
    amount_minor: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which details are told apart, and which alone are meant (empty: all)."""

    by: frozenset[str] = frozenset()
    sale_id: str = ""
    operator: str = ""
    shift: str = ""


_OPEN: Final = "SELECT number FROM till_period WHERE closed_ms IS NULL"


def note(db: apsw.Connection, done: Done, now_ms: int) -> None:
    """Count a transaction, once by its POITransactionID, in the open period; a part of the till's answer.

    A ticket that was only noted may have been booked since: then its points are known.
    """
    query = (
        "INSERT INTO till_total(poi_transaction_id, kind, sale_id, operator, shift, currency,"  # noqa: S608
        f" amount_minor, points, period, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ({_OPEN}), ?)"
        " ON CONFLICT DO NOTHING"
    )
    row = (
        done.poi_transaction_id,
        done.kind,
        done.sale_id,
        done.operator,
        done.shift,
        done.currency,
        done.amount_minor,
        done.points,
        now_ms,
    )
    db.execute(query, row)
    if done.kind in ("Award", "ReverseAward") and not done.points:
        db.execute(
            "UPDATE till_total SET points = (SELECT json_extract(CAST(f.answer AS TEXT), '$.points')"
            " FROM till_fact AS f WHERE f.poi_transaction_id = till_total.poi_transaction_id)"
            " WHERE poi_transaction_id = ? AND EXISTS (SELECT 1 FROM till_fact AS f"
            " WHERE f.poi_transaction_id = till_total.poi_transaction_id AND f.answer IS NOT NULL)",
            (done.poi_transaction_id,),
        )


class Totals:
    """Counts, sums, closes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, entry_id: str, points: int | None) -> None:
        """Central's word on a ticket that was noted: its points; None where it refused."""
        of_entry = "SELECT poi_transaction_id FROM till_fact WHERE entry_id = ?"

        def work(db: apsw.Connection) -> None:
            if points is None:
                db.execute(f"DELETE FROM till_total WHERE poi_transaction_id = ({of_entry})", (entry_id,))  # noqa: S608
            else:
                db.execute(
                    f"UPDATE till_total SET points = ? WHERE poi_transaction_id = ({of_entry})",  # noqa: S608
                    (points, entry_id),
                )

        await self._database.write(work)

    async def open_period(self) -> int:
        """The number of the period that is open."""
        return await self._database.read(lambda db: int(str(db.execute(_OPEN).fetchall()[0][0])))

    async def since_ms(self, period: int) -> int | None:
        """When a period began: the one before was closed then; None: it is the first."""
        query = "SELECT closed_ms FROM till_period WHERE number = ?"

        def work(db: apsw.Connection) -> int | None:
            rows = db.execute(query, (period - 1,)).fetchall()
            return int(str(rows[0][0])) if rows and rows[0][0] is not None else None

        return await self._database.read(work)

    async def sums(self, period: int, wanted: Wanted) -> list[Sum]:
        """What was done in a period."""
        by = [name if name in wanted.by else "''" for name in ("sale_id", "operator", "shift")]
        query = (
            f"SELECT kind, currency, {', '.join(by)}, count(*), sum(amount_minor), sum(points)"  # noqa: S608
            " FROM till_total WHERE period = ? AND (? = '' OR sale_id = ?) AND (? = '' OR operator = ?)"
            " AND (? = '' OR shift = ?) GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 4, 5, 2, 1 LIMIT ?"
        )
        bindings = (
            period,
            wanted.sale_id,
            wanted.sale_id,
            wanted.operator,
            wanted.operator,
            wanted.shift,
            wanted.shift,
            TOTALS_ROWS_MAX,
        )
        return await self._database.read(
            lambda db: [
                Sum(**dict(zip(Sum.__slots__, row, strict=True))) for row in db.execute(query, bindings)
            ]
        )

    async def close(self, period: int, *, now_ms: int) -> bool:
        """Close a period and open the next, once; False where it was closed before."""

        def work(db: apsw.Connection) -> bool:
            db.execute(
                "UPDATE till_period SET closed_ms = ? WHERE number = ? AND closed_ms IS NULL",
                (now_ms, period),
            )
            if db.changes() == 0:
                return False
            db.execute("INSERT INTO till_period VALUES (?, NULL)", (period + 1,))
            return True

        return await self._database.write(work)

    async def forget(self, before_ms: int) -> None:
        """Drop the rows of periods that were closed before."""
        await self._database.write(
            lambda db: db.execute(
                "DELETE FROM till_total WHERE period IN (SELECT number FROM till_period WHERE closed_ms < ?)",
                (before_ms,),
            ).fetchall()
        )
