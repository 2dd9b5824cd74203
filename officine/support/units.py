"""What systemd knows of our units, and the last lines of their journal, word by word."""

import asyncio
import json
import re
from typing import Any, Final

from loyalty.limits.doctor import SUPPORT_JOURNAL_BYTES_MAX, SUPPORT_JOURNAL_LINES_MAX
from officine.doctor.base import Machine
from officine.support.allowed import allowed, own_sources, system_word, time_text
from officine.support.machine import output_of
from officine.support.section import Facts

UNITS: Final = (
    "officine-reader.service",
    "officine-terminal.service",
    "officine-kiosk.service",
    "officine-central.service",
    "pcscd.service",
)
_WORDS: Final = ("LoadState", "ActiveState", "SubState", "Result", "UnitFileState")
_NUMBERS: Final = ("NRestarts", "ExecMainStatus", "ExecMainCode")
_SAID_BY_SYSTEMD: Final = {
    "7d4958e842da4a758f6c1cdc7b36dcc5": "starting",
    "39f53479d3a045ac8e11786248231fbf": "started",
    "de5b426a63be47a7b6ac3eaac82e2f6f": "stopping",
    "9d1aaa27d60140bd96365438aad20286": "stopped",
    "be02cf6855d2428ba40df7e9d022f03d": "start_failed",
    "d9b373ed55a64feb8242e02dbe79a49c": "failed",
    "98e322203f7a4ed290d09fe03c09fe15": "process_ended",
    "5eb03494b6584870a536b337290809b3": "restart_scheduled",
    "fe6faa94e7774663a0da52717891d8ef": "out_of_memory",
}
"""systemd's own message ids (sd-messages.h): what it said, without its sentence."""
_ENDINGS: Final = ("exited", "killed", "dumped")
_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_PLACES_MAX: Final = 20
_FRAME: Final = re.compile(r'File "([^"\n]{1,300}\.py)", line (\d{1,5})')
_KEYS: Final = frozenset(
    {
        "event", "program", "state", "status", "method", "took_ms", "code", "reader", "screen",
        "driver", "cause", "outbox", "depth", "offset_ms", "tickets_wait", "nexo_port", "tries", "done",
        "exit_status", "total", "strength", "medium", "entry_kind", "refusal", "trouble", "attempt",
        "delay_s", "step",
    }
)  # fmt: skip
"""Keys of our log lines that say how a program is, none whom it serves."""


class Units:
    """State of the units."""

    name = "units"
    tells = "state, result and number of restarts of each unit"

    async def collect(self, machine: Machine) -> Facts:
        """Ask systemd; where there is none, nothing is told."""
        del machine
        return {unit: await asyncio.to_thread(_unit, unit) for unit in UNITS}


class Journal:
    """The last lines."""

    name = "journal"
    tells = "the last log lines: time, unit, event, level, figures; of a crash the places in our own source"

    async def collect(self, machine: Machine) -> Facts:
        """The newest lines of this start of the machine."""
        del machine
        return await asyncio.to_thread(_journal)


def _unit(unit: str) -> Facts | None:
    wanted = ",".join((*_WORDS, *_NUMBERS))
    told = output_of("systemctl", "show", unit, f"--property={wanted}")
    if told is None:
        return None
    values = dict(line.partition("=")[::2] for line in told.splitlines())
    words = {name: system_word(values.get(name, "")) for name in _WORDS}
    numbers = {name: int(text) for name in _NUMBERS if (text := values.get(name, "")).isdecimal()}
    return words | {name: allowed(number) for name, number in numbers.items()}


def _journal() -> Facts:
    asked = ("--boot", "--no-pager", "--output=json", "--all", f"--lines={SUPPORT_JOURNAL_LINES_MAX}")
    units = [f"--unit={unit}" for unit in UNITS]
    told = output_of("journalctl", *asked, *units, bytes_max=SUPPORT_JOURNAL_BYTES_MAX)
    if told is None:
        return {"is_there": False, "lines": []}
    lines, left_out = [], 0
    for text in told.splitlines()[-SUPPORT_JOURNAL_LINES_MAX:]:
        kept = line_of(text)
        if kept is None:
            left_out += 1
        else:
            lines.append(kept)
    return {"is_there": True, "lines": lines, "lines_left_out": left_out}


def line_of(text: str) -> Facts | None:
    """One entry of the journal as far as it may be told; None where nothing of it may."""
    try:
        entry = json.loads(text)
        unit = entry.get("_SYSTEMD_UNIT") if entry.get("_SYSTEMD_UNIT") in UNITS else entry.get("UNIT")
        at_us = int(entry["__REALTIME_TIMESTAMP"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if unit not in UNITS or not 0 <= at_us < 10**17:
        return None
    head: Facts = {"at_s": at_us // 1_000_000, "unit": unit}
    message_id = entry.get("MESSAGE_ID")
    if isinstance(message_id, str) and message_id in _SAID_BY_SYSTEMD:
        return head | {"systemd": _SAID_BY_SYSTEMD[message_id]} | _ending(entry)
    try:
        said = json.loads(entry["MESSAGE"])
    except (ValueError, TypeError, KeyError):
        return None
    kept = _our_line(said) if isinstance(said, dict) else {}
    return head | kept if "event" in kept else None


def _ending(entry: dict[str, Any]) -> Facts:
    """How a process ended: a word and a number."""
    code, status = str(entry.get("EXIT_CODE", "")), str(entry.get("EXIT_STATUS", ""))
    found: Facts = {}
    if code in _ENDINGS:
        found["exit_code"] = code
    if status.isdecimal() and len(status) <= 3:
        found["exit_status"] = int(status)
    return found


def _our_line(said: dict[str, Any]) -> Facts:
    kept: Facts = {
        name: value
        for name in _KEYS & said.keys()
        if (value := allowed(said[name])) is not None and (name != "event" or isinstance(value, str))
    }
    if said.get("level") in _LEVELS:
        kept["level"] = said["level"]
    if (at := time_text(said.get("timestamp"))) is not None:
        kept["timestamp"] = at
    if isinstance(said.get("exception"), str):
        kept["trace"] = _places_of(said["exception"])
    return kept


def _places_of(trace: str) -> list[str]:
    """Where in our own source it broke; the words of the error stay here."""
    places = []
    for path, line in _FRAME.findall(trace):
        for start in range(path.count("/")):
            own = "/".join(path.split("/")[start:])
            if own in own_sources():
                places.append(f"{own}:{line}")
                break
    return places[-_PLACES_MAX:]
