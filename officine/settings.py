"""Settings: one commented TOML file, and OFFICINE_* variables that win over it.

Sections are programs; each program declares its own frozen dataclass of settings, and this module fills it.
`OFFICINE_CENTRAL_PORT=8080` is `[central] port = 8080`; `OFFICINE_DATABASE` means `[central] database`.
"""

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from loyalty.errors import LoyaltyError, Trouble

DEFAULT_FILES = (Path("officine.toml"), Path("/etc/officine/officine.toml"))
SHORT_NAMES = {"OFFICINE_DATABASE": ("central", "database")}
NOT_SETTINGS = {"OFFICINE_CONFIG", "OFFICINE_SHARED", "OFFICINE_STATE", "OFFICINE_TEST_PG"}

SettingsT = TypeVar("SettingsT")

DerivedValue = Callable[[Mapping[str, Any]], Any]
"""Makes a setting from the others; None where it cannot."""


class SettingsInvalid(LoyaltyError):
    """The settings file or a variable cannot be used."""

    code = "settings_invalid"
    trouble = Trouble.INVALID
    text = "{where}: {why}"


def read_file(path: str | Path | None) -> dict[str, Any]:
    """The settings file as tables; empty when none is named and no default exists.

    Raises: SettingsInvalid: the named file is missing or not TOML.
    """
    if path is None:
        found = next((file for file in DEFAULT_FILES if file.is_file()), None)
        if found is None:
            return {}
        path = found
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsInvalid(where=str(path), why=f"cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(where=str(path), why=f"is not TOML: {error}.") from error


def load(
    settings_type: type[SettingsT],
    section: str,
    path: str | Path | None,
    environ: Mapping[str, str] | None = None,
    *,
    derived: Mapping[str, DerivedValue] | None = None,
) -> SettingsT:
    """Fill a program's settings from the file's section and the OFFICINE_* variables.

    `derived` makes settings from the others where neither names them.
    Raises: SettingsInvalid: unknown key, wrong type, file unreadable; the text names the place and the mend.
    """
    variables = os.environ if environ is None else environ
    table = read_file(path).get(section, {})
    if not isinstance(table, dict):
        raise SettingsInvalid(where=f"[{section}]", why="must be a table.")
    where = {key: f"[{section}] {key}" for key in table}
    values: dict[str, Any] = dict(table)
    for name, text in variables.items():
        key = _key_of(name, section)
        if key is not None:
            values[key], where[key] = text, name
    assert dataclasses.is_dataclass(settings_type)
    known = [field.name for field in dataclasses.fields(settings_type)]
    hints = get_type_hints(settings_type)
    filled: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else f" Known: {', '.join(known)}."
            raise SettingsInvalid(where=where[key], why=f"is not a setting.{hint}")
        filled[key] = _convert(value, hints[key], where[key])
    for key, make in (derived or {}).items():
        if key not in filled and (value := make(filled)) is not None:
            filled[key] = value
    try:
        return settings_type(**filled)
    except TypeError as error:
        missing = [
            f.name
            for f in dataclasses.fields(settings_type)
            if f.name not in filled
            and f.default is dataclasses.MISSING
            and f.default_factory is dataclasses.MISSING
        ]
        raise SettingsInvalid(
            where=f"[{section}]", why=f"lacks {', '.join(missing)}. Set {_names(missing, section)}."
        ) from error


def is_set_by_variable(section: str, environ: Mapping[str, str]) -> bool:
    """Whether any variable sets something in a section."""
    return any(_key_of(name, section) is not None for name in environ)


def _names(missing: list[str], section: str) -> str:
    return (
        " and ".join(f"OFFICINE_{section.upper()}_{key.upper()}" for key in missing) + " or the settings file"
    )


def _key_of(variable: str, section: str) -> str | None:
    if variable in SHORT_NAMES:
        short_section, key = SHORT_NAMES[variable]
        return key if short_section == section else None
    prefix = f"OFFICINE_{section.upper()}_"
    if variable in NOT_SETTINGS or not variable.startswith(prefix):
        return None
    return variable.removeprefix(prefix).lower()


def _convert(value: Any, hint: Any, where: str) -> Any:
    if isinstance(value, str) and value.startswith("[") and hint is not str:
        value = _list_of(value, where)  # a variable: OFFICINE_KIOSK_SIZE="[1280, 800]"
    try:
        return msgspec.convert(value, hint, strict=not isinstance(value, str), dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        values = list(dict.fromkeys(_permitted(hint)))
        allowed = f" Permitted: {', '.join(values)}." if values else ""
        raise SettingsInvalid(where=where, why=f"{error}.{allowed}") from error


def _permitted(hint: Any) -> Iterator[str]:
    """The words that a setting of this type may hold, wherever they stand in it."""
    if get_origin(hint) is Literal:
        yield from (str(value) for value in get_args(hint))
    elif isinstance(hint, type) and issubclass(hint, Enum):
        yield from (str(member.value) for member in hint)
    else:
        for part in get_args(hint):
            yield from _permitted(part)


def _list_of(text: str, where: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(where=where, why=f"is not a list such as [1, 2] ({error}).") from error


def _decode_path(kind: type, value: Any) -> Any:
    if kind is Path or issubclass(kind, Path):
        return Path(str(value)).expanduser()
    raise NotImplementedError(kind)
