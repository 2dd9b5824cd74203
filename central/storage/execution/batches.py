"""Group commit on any engine: many verbs in one transaction; a failing one leaves the others alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import structlog

from central.storage.interface.common import GuardFailed, IdempotencyConflict
from central.storage.unit import Snapshot, Unit
from central.storage.verbs import sales
from loyalty.values import quick

log = structlog.get_logger(__name__)

Together = Callable[[Unit, Sequence[Any]], Sequence[Any]]

TOGETHER: MappingProxyType[Callable[..., Any], Together] = MappingProxyType(
    {sales.record_sale: sales.record_sales}
)
"""Verbs of one argument that are also written for many at once. For each its value, the error that it would
have raised, or None: it must be written alone."""

REFERRED_MUST_EXIST = "That everything it refers to exists (group, shop, article, member, sale)"
"""The guard that a foreign key is."""


@quick
@dataclass(frozen=True, slots=True)
class Work:
    """A verb and what it is called with."""

    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def run(self, on: Snapshot) -> Any:
        """Call the verb."""
        return self.verb(on, *self.args, **self.kwargs)

    @property
    def group(self) -> str:
        """The group that an argument carries (a row, a sequence of rows), or that the first one is.

        Empty: of no group, as long as nobody knows which.
        """
        for given in self.args:
            row = given[0] if isinstance(given, (list, tuple)) and given else given
            if hasattr(row, "group_id"):
                return row.group_id or ""
        return self.args[0] if self.args and isinstance(self.args[0], str) else ""


@quick
@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a verb."""

    value: Any = None
    error: Exception | None = None


class Session(Protocol):
    """One open transaction of an engine."""

    def unit(self) -> Unit: ...
    def set_savepoint(self) -> None: ...
    def release(self) -> None:
        """Keep what was done since the savepoint."""
        ...

    def undo(self, error: Exception) -> None:
        """Take back what was done since the savepoint.

        Raises: `error` itself when it ended the whole transaction.
        """
        ...

    def translated(self, error: Exception) -> Exception:
        """What the driver says in the words of the storage interface; anything else stays as it is."""
        ...


def run_batch(session: Session, works: Sequence[Work]) -> tuple[list[Outcome], set[str]]:
    """Run verbs in one transaction, which the caller opens and commits.

    Returns: their outcomes in order, and the groups that have new events.
    Raises: whatever ended the whole transaction.
    """
    outcomes: list[Outcome | None] = [None] * len(works)
    groups: set[str] = set()
    for verb, together in TOGETHER.items():
        places = [place for place, work in enumerate(works) if work.verb is verb]
        if len(places) > 1:
            found = _run_together(session, together, [works[place].args[0] for place in places], groups)
            for place, outcome in zip(places, found, strict=True):
                outcomes[place] = outcome
    return [
        outcome or _run_alone(session, work, groups) for work, outcome in zip(works, outcomes, strict=True)
    ], groups


def _run_alone(session: Session, work: Work, groups: set[str]) -> Outcome:
    session.set_savepoint()
    try:
        unit = session.unit()
        value = work.run(unit)
        unit.write_events()
    except Exception as error:  # the boundary of the verb: its caller gets the error
        session.undo(error)
        return Outcome(error=session.translated(error))
    session.release()
    groups |= unit.groups
    return Outcome(value)


def _run_together(
    session: Session, together: Together, subjects: Sequence[Any], groups: set[str]
) -> Sequence[Outcome | None]:
    """All in one go; when that fails nothing of it happened, and each is to be run alone."""
    session.set_savepoint()
    try:
        unit = session.unit()
        values = together(unit, subjects)
        unit.write_events()
    except Exception as error:  # one of them is at fault: alone, it will say so itself
        session.undo(error)
        if not isinstance(session.translated(error), (GuardFailed, IdempotencyConflict)):
            log.warning("store.not_together", verbs=len(subjects), why=type(error).__name__)
        return [None] * len(subjects)
    session.release()
    groups |= unit.groups
    return [None if value is None else _outcome(value) for value in values]


def _outcome(value: Any) -> Outcome:
    return Outcome(error=value) if isinstance(value, Exception) else Outcome(value)
