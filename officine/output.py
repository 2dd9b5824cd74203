"""What commands print: tables for people, JSON for machines, progress on standard error."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, TextIO

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

_WIDE = 10_000
"""No terminal has so many columns."""
PROGRESS_EACH_S: Final = 5
"""In a file or a pipe, where no bar can move: a line of progress so often."""

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def console() -> Console:
    """The terminal of standard output."""
    return Console(highlight=False)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asked for JSON: then errors are JSON too."""
    return "--json" in arguments


def die(code: str, text: str, *, as_json: bool) -> NoReturn:
    """Print expected trouble on standard error and end with status 1."""
    if as_json:
        sys.stderr.write(msgspec.json.encode({"code": code, "detail": text}).decode() + "\n")
    else:
        Console(stderr=True, highlight=False).print(
            f"[bold red]✗[/] {escape(text)}  [dim]({code})[/]", soft_wrap=True
        )
    sys.exit(1)


def print_json(value: Any) -> None:
    """Print any struct, dataclass or plain value as one JSON document, indented."""
    encoded = msgspec.json.Encoder(decimal_format="number").encode(value)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def print_facts(title: str, facts: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(escape(name), _cell(value))
    _print_title(title)
    console().print(table)


def print_rows(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers stand to the right."""
    table = Table(header_style="dim", box=None, padding=(0, 2, 0, 0))
    for index, name in enumerate(columns):
        is_numeric = bool(rows) and all(isinstance(row[index], int) for row in rows)
        table.add_column(name, justify="right" if is_numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    _print_title(title)
    if rows:
        console().print(table)


def print_whole_rows(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, texts: int = 1
) -> None:
    """As `print_rows`, no figure broken: in a narrow terminal what a row holds stands one below the other.

    Args:
        texts: so many columns stand to the left, the figures after them to the right.
    """
    table = _whole_table(columns, rows, texts)
    _print_title(title)
    if not rows or _fits(table):
        console().print(table)
        return
    out = console()
    for row in rows:
        out.print(_cell(row[0]), soft_wrap=True)
        for name, value in zip(columns[1:], row[1:], strict=True):
            out.print(f"    [dim]{escape(name)}[/] {_cell(value)}", soft_wrap=True)


def print_keyed_rows(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, texts: int
) -> None:
    """As `print_whole_rows`; the last column is a long key, copied whole. In a narrow terminal rows are
    numbered, and the keys stand below the table by those numbers.
    """
    wide = _whole_table(columns, rows, texts, is_last_text=True)
    if not rows or _fits(wide):
        _print_title(title)
        console().print(wide)
        return
    numbered = [(number, *row[:-1]) for number, row in enumerate(rows, 1)]
    print_whole_rows(title, ("No.", *columns[:-1]), numbered, texts=texts + 1)
    _print_title(columns[-1])
    for number, row in enumerate(rows, 1):
        console().print(f"{number:>3}  {_cell(row[-1])}", soft_wrap=True)


def _whole_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], texts: int, *, is_last_text: bool = False
) -> Table:
    table = Table(header_style="dim", box=None, padding=(0, 1, 0, 0))
    for index, name in enumerate(columns):
        is_text = index < texts or (is_last_text and index == len(columns) - 1)
        table.add_column(name, justify="left" if is_text else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def _fits(table: Table) -> bool:
    out = console()
    return Measurement.get(out, out.options.update(width=_WIDE), table).maximum <= out.width


def _print_title(title: str) -> None:
    """On a line of its own: as a table's title it would be folded to the table's width."""
    if title:
        console().print(f"[bold]{escape(title)}[/]", soft_wrap=True)


def _cell(value: object) -> str:
    """As text, never as rich's markup: names of shops may hold brackets."""
    return "–" if value is None or value == "" else escape(str(value))


class ProgressLines:
    """Progress as plain lines, one each PROGRESS_EACH_S, and a last one for each kind of work."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._began_s = self._told_s = clock()
        self._untold: dict[str, tuple[int, int | None]] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Note how far the work is; tell it, if that was not done just now."""
        self._untold[what] = (done, total)
        if self._clock() - self._told_s >= PROGRESS_EACH_S:
            self.end()

    def end(self) -> None:
        """Tell what was not told yet."""
        self._told_s = self._clock()
        for what, (done, total) in self._untold.items():
            of = f" of {total:,}" if total is not None else ""
            self._out.write(f"{what}: {done:,}{of}, {self._told_s - self._began_s:.0f} s\n")
        self._out.flush()
        self._untold.clear()


@contextlib.contextmanager
def progress(*, as_json: bool = False) -> Iterator[OnProgress]:
    """A progress bar on standard error, one line per kind of work; none where JSON is asked for.

    Where standard error is a file or a pipe: plain lines, one now and then.
    """
    if not as_json and not Console(stderr=True).is_terminal:
        lines = ProgressLines(sys.stderr)
        yield lines
        lines.end()
        return
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=False,
        disable=as_json,
    )
    tasks: dict[str, Any] = {}

    def on_progress(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    with bars:
        yield on_progress
