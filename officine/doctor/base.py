"""What a check is, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Status(StrEnum):
    """How it is: warn works today, fail does not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a check found; `next_step` says what to do where it is not ok."""

    name: str
    status: Status
    text: str
    next_step: str = ""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine as its settings describe it: a program's settings by section, only those it runs."""

    config: str | None
    programs: Mapping[str, Any]


class Check(Protocol):
    """One small question. `applies`: whether this machine has what it asks about."""

    name: str

    def applies(self, machine: Machine) -> bool: ...
    async def run(self, machine: Machine) -> Result: ...


def ok(check: Check, text: str) -> Result:
    """All is well."""
    return Result(name=check.name, status=Status.OK, text=text)


def warn(check: Check, text: str, next_step: str) -> Result:
    """Works, but somebody should look."""
    return Result(name=check.name, status=Status.WARN, text=text, next_step=next_step)


def fail(check: Check, text: str, next_step: str) -> Result:
    """Does not work."""
    return Result(name=check.name, status=Status.FAIL, text=text, next_step=next_step)
