"""The programs themselves: the agent and its outbox, the reader, central and its figures."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Final

from officine.doctor.base import Machine
from officine.doctor.central import url_of
from officine.doctor.http import Unanswered, ask
from officine.local_state import first_message
from officine.support.allowed import allowed
from officine.support.section import Facts
from wire.peer import PeerError

_MIGRATION: Final = re.compile(r"\d{4}_(pre|post)_[a-z0-9_]{1,40}")
_NOT_HERE: Final[Facts] = {"is_set_up": False}
"""This program is not part of this machine."""


class Terminal:
    """The agent, its outbox, the reader."""

    name = "terminal"
    tells = "link, reader, and of the outbox how many wait, of which kind, how old; nothing of any ticket"

    async def collect(self, machine: Machine) -> Facts:
        """Ask the sockets, count in the database."""
        return {
            "agent": await _seen(_agent(machine)),
            "reader": await _seen(_reader(machine)),
            "outbox": await _seen(_outbox(machine)),
        }


class Central:
    """Central."""

    name = "central"
    tells = "health of central, migrations and size of its database; with a token its metrics"

    def __init__(self, metrics_token: str = "") -> None:
        self._metrics_token = metrics_token

    async def collect(self, machine: Machine) -> Facts:
        """Ask over HTTP; look at the file's size."""
        if not {"central", "terminal"} & machine.programs.keys():
            return _NOT_HERE
        base_url = url_of(machine)
        found: Facts = {path: await _status(f"{base_url}/{path}") for path in ("healthz", "readyz")}
        if "central" in machine.programs:
            found["database"] = await asyncio.to_thread(_database, machine.programs["central"].database)
        if self._metrics_token:
            found["metrics"] = await _metrics(base_url, self._metrics_token)
        return found


def _age_s(at_ms: int) -> int | None:
    age_s = allowed(max(0, time.time_ns() // 1_000_000 - at_ms) // 1000)
    return age_s if isinstance(age_s, int) else None


async def _seen(part: Awaitable[Facts]) -> Facts:
    """A part, or that this user may not look at it: the other parts are there all the same."""
    try:
        return await part
    except PermissionError:
        return {"is_out_of_sight": True}


async def _agent(machine: Machine) -> Facts:
    from wire.messages import AgentState, FromAgent

    if "terminal" not in machine.programs:
        return _NOT_HERE
    try:
        said = await first_message(machine.programs["terminal"].socket, FromAgent, AgentState)
    except PeerError:
        return {"is_running": False}
    return {
        "is_running": True,
        "is_paired": said.pairing is None,
        "link": said.link,
        "link_since_s": _age_s(said.link_since_ms),
        "outbox_depth": said.outbox_depth,
        "has_session": said.session is not None,
    }


async def _reader(machine: Machine) -> Facts:
    from officine.doctor.reader import FROM_READER
    from wire.messages import ReaderState

    if "reader" not in machine.programs:
        return _NOT_HERE
    try:
        said = await first_message(machine.programs["reader"].socket, FROM_READER, ReaderState)
    except PeerError:
        return {"is_running": False}
    return {"is_running": True, "state": said.state, "since_s": _age_s(said.since_ms)}


async def _outbox(machine: Machine) -> Facts:
    from terminal.database import Database
    from terminal.outbox import Outbox

    if "terminal" not in machine.programs:
        return _NOT_HERE
    path: Path = machine.programs["terminal"].database
    if not await asyncio.to_thread(path.is_file):
        return {"exists": False}
    async with Database(path) as opened:
        box = Outbox(opened)
        counts, entries = await box.counts(), await box.list_entries()
    ages = [age for entry in entries if (age := _age_s(entry.saved_ms)) is not None]
    return {
        "exists": True,
        "waiting": counts.depth,
        "refused": counts.refused,
        "delivered": counts.delivered,
        "oldest_age_s": max(ages, default=None),
        "by_kind_and_state": dict(Counter(f"{entry.kind}_{entry.state}" for entry in entries)),
        "by_reason": dict(Counter(str(allowed(e.reason_code)) for e in entries if e.reason_code)),
    }


async def _status(url: str) -> int | None:
    try:
        return (await ask(url)).status
    except Unanswered:
        return None


def _database(url: str) -> Facts:
    """Size and migrations of a SQLite file."""
    import apsw

    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.is_file():
        return {"exists": False}
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        names = [str(row[0]) for row in connection.execute("SELECT name FROM migration ORDER BY name")]
    finally:
        connection.close()
    sizes = {what: path.with_name(path.name + end) for what, end in (("file", ""), ("log", "-wal"))}
    return {
        "exists": True,
        "kib": {what: each.stat().st_size // 1024 for what, each in sizes.items() if each.is_file()},
        "migrations": [name for name in names if _MIGRATION.fullmatch(name)],
    }


async def _metrics(base_url: str, token: str) -> list[Facts] | None:
    """Central's own figures; labels are routes, methods and numbers."""
    from prometheus_client.parser import text_string_to_metric_families

    from central.web.api.routes import ROUTES

    try:
        answer = await ask(f"{base_url}/metrics", token)
    except Unanswered:
        return None
    if answer.status != 200:
        return None
    known = {route.path for route in ROUTES} | {route.method for route in ROUTES}
    found = []
    for family in text_string_to_metric_families(answer.body.decode("utf-8", errors="replace")):
        for sample in family.samples if allowed(family.name) else ():
            labels = {name: _label(value, known) for name, value in sample.labels.items()}
            found.append({"name": family.name, "labels": labels, "value": allowed(sample.value)})
    return found


def _label(value: str, known: set[str]) -> Any:
    if value in known or re.fullmatch(r"\d{1,3}(\.\d{1,4})?|\+Inf", value):
        return value
    return allowed(value)
