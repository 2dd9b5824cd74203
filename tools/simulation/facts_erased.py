"""The recount of erasures: nothing is left with who is forgotten, and nothing is told of them any more."""

from typing import Any, Final

from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.rows import Rows

FORGOTTEN: Final = "erased"
"""What stands in place of words and of the till's own name of a ticket."""
EMPTY: Final = (
    "member_fact",
    "member_consent",
    "member_trait",
    "household_member",
    "segment_member",
    "message",
)
"""Tables in which nothing may be left."""


def remember_sale(asked: Asked, rows: Rows, row: dict[str, Any], now_ms: int) -> None:
    """Put back what a member's erasure took of a sale in the batch in which the sale was booked."""
    if row["business_key"] != f"{FORGOTTEN}/{row['sale_id']}":
        return
    ticket = next(each for each in asked.tickets.values() if each.sale_id == row["sale_id"])
    row["business_key"], row["occurred_ms"] = ticket.business_key, ticket.occurred_ms
    row["as_of_ms"] = ticket.occurred_ms if ticket.quoted is None else ticket.quoted.at_ms
    row["recorded_ms"] = rows.moment_of(row["sale_id"]) or now_ms


def remember_return(asked: Asked, rows: Rows, row: dict[str, Any], now_ms: int) -> None:
    """As `remember_sale`, of a return."""
    return_id = row["return_id"]
    if row["business_key"] != f"{FORGOTTEN}/{return_id}":
        return
    row["business_key"] = next(
        each.business_key for each in asked.returns.values() if each.return_id == return_id
    )
    row["recorded_ms"] = rows.moment_of(return_id) or now_ms


class Erased:
    """Reads erasures, in the order of their events."""

    def __init__(self, state: State, asked: Asked, rows: Rows, *, commit: int) -> None:
        self._state = state
        self._asked = asked
        self._rows = rows
        self._commit = commit

    def told(self, member_id: str) -> None:
        """Somebody is forgotten who wanted it. Raises: Violation."""
        state = self._state
        need(member_id in self._asked.leaving, "8 authority", "nobody asked to forget", member_id)
        need(member_id not in state.erased, "3 duplicate", "forgotten twice:", member_id)
        held = [
            hold.hold_id for hold in state.kept.values() if hold.account.startswith(f"member/{member_id}/")
        ]
        need(not held, "8 authority", "forgotten while paying:", member_id, held)

    def done(self, member_id: str) -> None:
        """Its transaction is read: nothing is left, and nothing is owed. Raises: Violation."""
        self._require_nothing(member_id)
        self._state.erased[member_id] = self._commit

    def compare(self) -> None:
        """What stands in the tables, after this and every later commit. Raises: Violation."""
        for member_id in self._state.erased:
            self._require_nothing(member_id)
            row = self._rows.row_of("member", "member_id", member_id)
            assert row is not None
            names = (
                "key_wrapped",
                "person_sealed",
                "subject_sealed",
                "email_hash",
                "phone_hash",
                "home_shop_id",
            )
            left = [name for name in names if row[name] is not None]
            left += [table for table in EMPTY if self._rows.row_of(table, "member_id", member_id)]
            need(not left, "10 erasure", "still known of", member_id, left)
            for table in ("sale", "sale_return"):
                self._require_coarse(table, member_id)
            card = self._rows.row_of("card", "member_id", member_id)
            is_dead = card is None or card["state"] != "active"
            need(is_dead, "10 erasure", "a card leads to who is forgotten:", member_id)

    def _require_nothing(self, member_id: str) -> None:
        for (account, asset), balance in self._state.balances.items():
            is_left = balance and account.startswith(f"member/{member_id}/")
            need(not is_left, "10 erasure", "left with who is forgotten:", account, asset, balance)

    def _require_coarse(self, table: str, member_id: str) -> None:
        fine = self._rows.fine_rows(table, member_id)
        need(not fine, "10 erasure", "a moment or a till is left of who is forgotten:", table, fine)
