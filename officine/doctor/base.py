"""What a check is, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

Fact = int | bool | str
"""A number, a truth, or one of our own words."""


class Status(StrEnum):
    """How it is: warn works today, fail does not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a check found, as data: a fleet view groups by `name` and `code` and counts by `params`.

    `code` is stable within a check; `params` are numbers and our own words, never a name or an address.
    `text` says the same to a person at this machine, `next_step` what to do where it is not ok.
    """

    name: str
    status: Status
    code: str
    text: str
    next_step: str = ""
    params: Mapping[str, Fact] = field(default_factory=dict)


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


def ok(check: Check, text: str, **params: Fact) -> Result:
    """All is well."""
    return Result(name=check.name, status=Status.OK, code="ok", text=text, params=params)


def warn(check: Check, code: str, text: str, next_step: str, **params: Fact) -> Result:
    """Works, but somebody should look."""
    return Result(
        name=check.name, status=Status.WARN, code=code, text=text, next_step=next_step, params=params
    )


def fail(check: Check, code: str, text: str, next_step: str, **params: Fact) -> Result:
    """Does not work."""
    return Result(
        name=check.name, status=Status.FAIL, code=code, text=text, next_step=next_step, params=params
    )
