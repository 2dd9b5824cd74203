"""The settings and the doctor's results: numbers and our own words, of all else only that it is set."""

import asyncio
import dataclasses
import os
import stat
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from officine.doctor.base import Machine
from officine.doctor.run import CHECKS, examine
from officine.programs import SECTIONS
from officine.settings import is_set_by_variable
from officine.support.allowed import allowed
from officine.support.section import Facts


class Settings:
    """Each program's settings."""

    name = "settings"
    tells = "settings: numbers, drivers, languages; of names, addresses, paths and secrets only whether set"

    async def collect(self, machine: Machine) -> Facts:
        """By section and key."""
        return await asyncio.to_thread(_settings, machine)


class Doctor:
    """What `officine doctor` found."""

    name = "doctor"
    tells = "results of officine doctor: each check's state, code and figures, without its sentence"

    async def collect(self, machine: Machine) -> Facts:
        """Run every check that applies."""
        names = {check.name for check in CHECKS} | {"settings"}
        return {
            "checks": [
                {
                    "name": each.name if each.name in names else None,
                    "status": each.status.value,
                    "code": allowed(each.code),
                    "params": {name: allowed(value) for name, value in each.params.items()},
                }
                for each in await examine(machine.config)
            ]
        }


def _settings(machine: Machine) -> Facts:
    found: Facts = {}
    for section in SECTIONS:
        settings = machine.programs.get(section)
        found[section] = {"is_set_by_variable": is_set_by_variable(section, os.environ)}
        if settings is not None:
            values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
            found[section] |= {name: _told(value) for name, value in values.items()}
    return found


def _told(value: Any) -> Any:
    """A setting as far as it may be told."""
    if isinstance(value, Path):
        return _path(value)
    if isinstance(value, str) and "://" in value:
        return _address(value)
    if isinstance(value, tuple | list):
        return [_told(each) for each in value]
    if isinstance(value, frozenset | set | Mapping):
        return {"entries": len(value)}
    kept = allowed(value)
    return kept if kept is not None or value is None else {"is_set": bool(value)}


def _path(path: Path) -> Facts:
    """Whether the file is there and who may read it; never where."""
    try:
        found = path.stat()
    except PermissionError:
        return {"is_set": True, "exists": "unknown"}
    except OSError:
        return {"is_set": True, "exists": False}
    return {"is_set": True, "exists": True, "mode": f"{stat.S_IMODE(found.st_mode):04o}"}


def _address(text: str) -> Facts:
    """The scheme and the port of an address, and whether it is this machine; never its name."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return {"is_set": True}
    try:
        is_this_machine = ip_address(host).is_loopback
    except ValueError:
        is_this_machine = host == "localhost"
    return {"scheme": allowed(parts.scheme), "port": port, "is_this_machine": is_this_machine}
