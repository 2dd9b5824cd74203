"""What an import did, row by row where there is something to say."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from central.gateways.rows import Note, NoteKind
from central.storage.base import Change

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""


class NoteView(msgspec.Struct, frozen=True, kw_only=True):
    """Something to say about one row; `line` counts from 1, `file` where an import has several."""

    line: int
    kind: Literal["warned", "refused"]
    code: str
    detail: str
    file: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """Every row is taken, changed, unchanged or refused: rows = taken + changed + unchanged + refused.

    `warned` counts rows with at least one warning; `priced` articles with a price (0 for shops).
    """

    what: str
    format: str
    rows: int
    taken: int
    changed: int
    unchanged: int
    warned: int
    refused: int
    priced: int
    facts: dict[str, str]
    notes: list[NoteView]


def make_report(
    *,
    what: str,
    format_name: str,
    rows: int,
    changes: Iterable[Change],
    notes: Iterable[Note],
    facts: dict[str, str],
    priced: int = 0,
) -> ImportReport:
    """Count, and prove that no row was lost on the way."""
    counts = Counter(changes)
    ordered = sorted(notes, key=lambda note: (note.file, note.line, note.kind))
    refused = sum(note.kind is NoteKind.REFUSED for note in ordered)
    assert counts.total() + refused == rows, "every row is taken or refused"
    return ImportReport(
        what=what,
        format=format_name,
        rows=rows,
        taken=counts[Change.CREATED],
        changed=counts[Change.CHANGED],
        unchanged=counts[Change.UNCHANGED],
        warned=len({(note.file, note.line) for note in ordered if note.kind is NoteKind.WARNED}),
        refused=refused,
        priced=priced,
        facts=facts,
        notes=[
            NoteView(line=note.line, kind=note.kind.value, code=note.code, detail=note.detail, file=note.file)
            for note in ordered
        ],
    )


def facts_of(report: ImportReport) -> dict[str, object]:
    """The counts and facts of a report, to print for a person."""
    counts: dict[str, object] = {
        "rows read": report.rows,
        "taken": report.taken,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "warned": report.warned,
        "refused": report.refused,
    }
    if report.what == "articles":
        counts["with a price"] = report.priced
    return counts | report.facts


def rows_of(report: ImportReport, limit: int) -> list[tuple[int, str, str, str]]:
    """Line, kind, code and text of the first `limit` notes, to print for a person.

    Refusals first, then what is rare: four packs of unknown class must not drown in 800 shortened names.
    """
    counts = Counter(note.code for note in report.notes)
    ordered = sorted(
        report.notes,
        key=lambda note: (note.kind != "refused", counts[note.code], note.code, note.file, note.line),
    )
    return [(note.line, note.kind, note.code, note.detail) for note in ordered[:limit]]
