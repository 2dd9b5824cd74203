"""What a verb works on, whatever the engine: a snapshot to read from, or a unit of writing with its events.

The verbs' SQL is SQLite's with `:name` for what is bound. The few things that PostgreSQL says otherwise are
translated in `central.storage.postgres.dialect`, which lists them.
"""

import functools
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from central.storage.interface.common import GuardFailed
from loyalty.values import quick

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = tuple[Any, ...]
Bindings = Mapping[str, Any]
R = TypeVar("R", bound="DataclassInstance")
T = TypeVar("T")

_TAKE_EVENT_NUMBERS = """
UPDATE group_head SET event_seq = event_seq + :count WHERE group_id = :group_id RETURNING event_seq
"""
_ADD_EVENT = """
INSERT INTO event (group_id, seq, kind, at_ms, body) VALUES (:group_id, :seq, :kind, :at_ms, :body)
"""


_encode_ids = msgspec.json.Encoder(order="sorted").encode


def row_of(kind: type[R], row: Row) -> R:
    """A row as its dataclass, whose fields stand in the order of the columns."""
    return kind(**dict(zip(kind.__dataclass_fields__, row, strict=True)))


class Snapshot(ABC):
    """One consistent state of the database, for reading."""

    @abstractmethod
    def all(self, sql: str, bindings: Bindings) -> list[Row]:
        """All rows. The statement runs to its end, so that a `RETURNING` has fully happened."""

    def one(self, sql: str, bindings: Bindings) -> Row | None:
        """The first row or None."""
        rows = self.all(sql, bindings)
        return rows[0] if rows else None

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives; verbs that share this state may be given what another one read by this key."""
        del key
        return read()


@quick
@dataclass(frozen=True, slots=True)
class _NewEvent:
    group_id: str
    kind: str
    at_ms: int
    body: str


class Unit(Snapshot):
    """One verb's writing: happens wholly or not at all, events included."""

    def __init__(self) -> None:
        self._events: list[_NewEvent] = []

    @property
    def groups(self) -> set[str]:
        """The groups that this unit adds events to."""
        return {event.group_id for event in self._events}

    @abstractmethod
    def run(self, sql: str, bindings: Bindings) -> int:
        """Run one writing statement; how many rows it touched is the answer of a guard."""

    @abstractmethod
    def run_each(self, sql: str, rows: Sequence[Bindings]) -> None:
        """Run one writing statement for each row; all rows bind the same names."""

    @abstractmethod
    def one_each(self, sql: str, rows: Sequence[Bindings]) -> list[Row | None]:
        """Run one statement for each row, in order, and give the first row that each returns."""

    def add_event(self, group_id: str, kind: str, at_ms: int, /, **ids: str | int | None) -> None:
        """Note a fact in the past tense. `ids`: ids and totals only, never a name, a card or a line."""
        body = _encode_ids(ids).decode()
        self._events.append(_NewEvent(group_id, kind, at_ms, body))

    def write_events(self) -> None:
        """Number and write the events noted; the last statements of a unit: number order is commit order."""
        for group_id in sorted(self.groups):
            events = [event for event in self._events if event.group_id == group_id]
            head = self.one(_TAKE_EVENT_NUMBERS, {"group_id": group_id, "count": len(events)})
            if head is None:
                raise GuardFailed(guard=f"That the group {group_id} exists")
            first = head[0] - len(events) + 1
            self.run_each(
                _ADD_EVENT, [{**bindings_of(event), "seq": first + n} for n, event in enumerate(events)]
            )


def bindings_of(row: "DataclassInstance", **more: Any) -> dict[str, Any]:
    """The fields of a row by name, ready to bind; `more` replaces or adds."""
    names, values = _reader_of(type(row))
    bindings = dict(zip(names, values(row), strict=True))
    bindings.update(more)
    return bindings


@functools.cache
def _reader_of(kind: "type[DataclassInstance]") -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a row's fields, and what reads all their values at once."""
    names = tuple(field.name for field in fields(kind))
    if len(names) == 1:
        return names, lambda row: (getattr(row, names[0]),)
    return names, operator.attrgetter(*names)
