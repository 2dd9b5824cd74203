"""What a run found: figures round by round, each beside the limit that was measured in the same round."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec
from rich.table import Table

DOCS: Final = Path("docs/performance.md")
_BEGIN: Final = "<!-- bench: written by `make bench ARGS=--docs` -->\n"
_END: Final = "<!-- bench: end -->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure in all rounds. `ratios`: to the limit `of`, round by round; empty where there is none."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    of: str = ""
    ratios: tuple[float, ...] = ()
    goal: str = ""


def against(
    name: str, unit: str, rounds: Sequence[float], of: str, limits: Sequence[float], goal: str = ""
) -> Measured:
    """A figure as a ratio to a limit of the same rounds."""
    ratios = tuple(value / limit for value, limit in zip(rounds, limits, strict=True))
    return Measured(name=name, unit=unit, rounds=tuple(rounds), of=of, ratios=ratios, goal=goal)


@dataclass(slots=True)
class Report:
    """Everything measured in one run."""

    measured: list[Measured] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def table(self) -> Table:
        """For a person."""
        made = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
        for name in _COLUMNS:
            made.add_column(name, justify="left" if name in {"", "of", "goal"} else "right", no_wrap=True)
        for row in self._rows():
            made.add_row(*row)
        return made

    def markdown(self) -> str:
        """For the docs."""
        lines = ["| " + " | ".join(_COLUMNS) + " |", "|---|" + "--:|" * 6 + "---|---|"]
        lines += ["| " + " | ".join(row) + " |" for row in self._rows()]
        return "\n".join([f"Measured {datetime.now(UTC).date()}, {_machine()['text']}.", "", *lines, ""])

    def json(self) -> bytes:
        """For machines."""
        content = {"machine": _machine(), "measured": self.measured, "notes": self.notes}
        return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"

    def write_docs(self) -> None:
        """Put the table in its place in docs/performance.md."""
        before, _, rest = DOCS.read_text(encoding="utf-8").partition(_BEGIN)
        _, _, after = rest.partition(_END)
        assert rest, f"{DOCS} lacks the mark where the table goes"
        DOCS.write_text(f"{before}{_BEGIN}\n{self.markdown()}\n{_END}{after}", encoding="utf-8")

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                each.name,
                each.unit,
                *(_short(value) for value in _spread(each.rounds)),
                _ratio(each.ratios),
                _range(each.ratios),
                each.of,
                each.goal,
            )
            for each in self.measured
        ]


_COLUMNS: Final = ("", "unit", "median", "min", "max", "ratio", "min..max", "of", "goal")


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(values), min(values), max(values)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ratio(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f}" if ratios else ""


def _range(ratios: Sequence[float]) -> str:
    return f"{min(ratios):.2f}..{max(ratios):.2f}" if ratios else ""


def _machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0))
    python = platform.python_version()
    text = f"{cores} cores, Python {python}, SQLite {apsw.sqlite_lib_version()}"
    return {"cores": cores, "python": python, "sqlite": apsw.sqlite_lib_version(), "text": text}
