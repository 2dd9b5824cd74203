"""The four programs, and what else has a section of the settings file; none is imported unasked."""

import dataclasses
import difflib
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from officine.settings import (
    NOT_SETTINGS,
    SHORT_NAMES,
    DerivedValue,
    SettingsInvalid,
    is_set_by_variable,
    load,
    raise_all,
    read_file,
)


@dataclass(frozen=True)
class ProgramName:
    """Where a program declares its settings."""

    section: str
    module: str
    settings_class: str


PROGRAMS: Final = (
    ProgramName("central", "central.settings", "CentralSettings"),
    ProgramName("terminal", "terminal.settings", "TerminalSettings"),
    ProgramName("reader", "reader_daemon.settings", "ReaderSettings"),
    ProgramName("kiosk", "kiosk.settings", "KioskSettings"),
)
PARTS: Final = (ProgramName("messages", "central.messages_settings", "MessagesSettings"),)
"""Sections that are no program of their own."""
SECTIONS: Final = {each.section: each for each in (*PROGRAMS, *PARTS)}


def settings_of(section: str, config: str | Path | None, environ: Mapping[str, str] | None = None) -> Any:
    """A program's settings, filled from file and variables.

    Raises: SettingsInvalid, SettingRefused.
    """
    return load(_kind_of(section), section, config, environ, derived=DERIVED.get(section))


def is_configured(section: str, config: str | Path | None, environ: Mapping[str, str] | None = None) -> bool:
    """Whether the file or a variable says anything about a program: only then it runs on this machine."""
    variables = os.environ if environ is None else environ
    return section in read_file(config) or is_set_by_variable(section, variables)


def require_known_sections(config: str | Path | None, environ: Mapping[str, str] | None = None) -> None:
    """Raise SettingsInvalid for a section or variable that no program reads: a slip must not go unseen.

    The others of that kind are among its notes.
    """
    wrong = []
    for section in read_file(config):
        if section not in SECTIONS:
            near = difflib.get_close_matches(section, SECTIONS, n=1)
            hint = f"Did you mean [{near[0]}]?" if near else f"Known: {', '.join(SECTIONS)}."
            wrong.append(SettingsInvalid(where=f"[{section}]", why=f"is not a section. {hint}"))
    for name in sorted(os.environ if environ is None else environ):
        if name.startswith("OFFICINE_") and not _is_read(name):
            near = difflib.get_close_matches(name, _variables(), n=1)
            hint = f"Did you mean {near[0]}?" if near else "Write OFFICINE_<SECTION>_<KEY>."
            wrong.append(SettingsInvalid(where=name, why=f"is read by no program. {hint}"))
    raise_all(wrong)


def _is_read(variable: str) -> bool:
    """Whether a variable is of a section; whether that has such a key is told where the section is read."""
    sections = tuple(f"OFFICINE_{section.upper()}_" for section in SECTIONS)
    return variable in NOT_SETTINGS or variable in SHORT_NAMES or variable.startswith(sections)


def _variables() -> list[str]:
    """All variables that set something."""
    keys = [(section, field.name) for section in SECTIONS for field in dataclasses.fields(_kind_of(section))]
    return [*SHORT_NAMES, *(f"OFFICINE_{section}_{key}".upper() for section, key in keys)]


def _kind_of(section: str) -> Any:
    program = SECTIONS[section]
    return getattr(importlib.import_module(program.module), program.settings_class)


def _keys_beside_database(values: Mapping[str, Any]) -> Path | None:
    """`sqlite:///x.db` keeps its keys in `x.db.keys`, where the settings name no other place."""
    database = str(values.get("database", ""))
    if not database.startswith("sqlite:///"):
        return None
    return Path(database.removeprefix("sqlite:///") + ".keys")


DERIVED: Final[dict[str, dict[str, DerivedValue]]] = {"central": {"secrets_file": _keys_beside_database}}
"""Settings that follow from others where nothing is said."""
