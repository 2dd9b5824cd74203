"""What readers of foreign files hand over: records with the line they stood on, and notes about rows."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

RecordT = TypeVar("RecordT")


class NoteKind(StrEnum):
    """Warned: taken, but look at it. Refused: not taken."""

    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about one row. `line` counts from 1, as an editor shows it."""

    line: int
    kind: NoteKind
    code: str
    detail: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Record(Generic[RecordT]):
    """One row that can be taken, with the line it stood on and its id of the importer's making."""

    line: int
    record_id: str
    body: RecordT


@dataclass(slots=True)
class Parsed(Generic[RecordT]):
    """A whole file as read: `rows` = records + rows refused while reading.

    `facts` is what was found out about the file (encoding, separator, ...), for the report.
    """

    records: list[Record[RecordT]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rows: int = 0
    facts: dict[str, str] = field(default_factory=dict)

    def warn(self, line: int, code: str, detail: str, *, file: str = "") -> None:
        """Take the row, but say something about it."""
        self.notes.append(Note(line, NoteKind.WARNED, code, detail, file))

    def refuse(self, line: int, code: str, detail: str, *, file: str = "") -> None:
        """Do not take the row, and say why."""
        self.notes.append(Note(line, NoteKind.REFUSED, code, detail, file))
