"""The command line in this process: as `main()` runs it, with what it printed and its exit status."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog

from officine.main import main


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)


def run(*arguments: str) -> Outcome:
    """Run a command; logging is put back, for it is set up for the whole process."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with logging_kept(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return Outcome(status, out.getvalue(), err.getvalue())


def run_json(*arguments: str) -> Any:
    """Run a command with --json that must succeed; what it printed."""
    outcome = run(*arguments, "--json")
    assert outcome.status == 0, outcome
    return outcome.json


@contextlib.contextmanager
def logging_kept() -> Iterator[None]:
    config, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        structlog.configure(**config)
        root.handlers[:] = handlers
        root.setLevel(level)
