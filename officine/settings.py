"""Settings: one commented TOML file, and OFFICINE_* variables that win over it.

Sections are programs; each program declares its own frozen dataclass of settings, and this module fills it.
`OFFICINE_CENTRAL_PORT=8080` is `[central] port = 8080`; `OFFICINE_DATABASE` means `[central] database`.
"""

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from officine.setting_words import description_of
from wire.settings import SettingRefused

DEFAULT_FILES = (Path("officine.toml"), Path("/etc/officine/officine.toml"))
SHORT_NAMES = {"OFFICINE_DATABASE": ("central", "database")}
NOT_SETTINGS = {"OFFICINE_CONFIG", "OFFICINE_GROUP", "OFFICINE_SHARED", "OFFICINE_STATE"} | {
    "OFFICINE_BENCH_PG",
    "OFFICINE_MACHINES",
    "OFFICINE_PICTURES",
    "OFFICINE_TEST_PG",
    "OFFICINE_USB_PORT",
}
"""What else begins so: of the command line, and of the project's own tests and tools."""

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
    Raises: SettingsInvalid, SettingRefused: unknown key, wrong type, value that cannot be meant, file
        unreadable. The text names the place and the mend; what else is wrong in this section is in its notes.
    """
    values, where = _values_of(section, path, os.environ if environ is None else environ)
    assert dataclasses.is_dataclass(settings_type)
    fields = {field.name: field for field in dataclasses.fields(settings_type)}
    hints = get_type_hints(settings_type)
    filled: dict[str, Any] = {}
    wrong: list[LoyaltyError] = []
    for key, value in values.items():
        try:
            _require_known(key, fields, where[key])
            filled[key] = _convert(value, hints[key], where[key])
        except SettingsInvalid as error:
            wrong.append(error)
    for key, make in (derived or {}).items():
        if key not in values and (value := make(filled)) is not None:
            filled[key] = value
    needed = [name for name, field in fields.items() if name not in filled and _is_needed(field)]
    try:
        # Stand-ins, so that the values of the other settings are looked at in the same go.
        loaded = settings_type(**{name: _stand_in(hints[name]) for name in needed} | filled)
    except SettingRefused as error:
        untold = {*needed, *values} - set(
            filled
        )  # stand-ins, and defaults in place of what was refused above
        wrong += [each for each in (error, *error.others) if each.params["setting"] not in untold]
    underivable = set(derived or {}) if wrong else set()  # what it follows from is wrong, not missing
    if missing := [name for name in needed if name not in values and name not in underivable]:
        why = f"lacks {', '.join(missing)}. Set {_names(missing, section)}."
        wrong.append(SettingsInvalid(where=f"[{section}]", why=why))
    raise_all(wrong)
    return loaded


def raise_all(wrong: Sequence[LoyaltyError]) -> None:
    """Raise the first, the others in its notes; nothing where there is none."""
    if not wrong:
        return
    first, *others = wrong
    first.__notes__ = [str(other) for other in others]
    raise first


def sentences(error: LoyaltyError) -> list[str]:
    """All that is wrong: an error's own text, and its notes."""
    return [str(error), *getattr(error, "__notes__", [])]


def _values_of(
    section: str, path: str | Path | None, variables: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is said about a section by key, and where each was said."""
    table = read_file(path).get(section, {})
    if not isinstance(table, dict):
        raise SettingsInvalid(where=f"[{section}]", why="must be a table.")
    where = {key: f"[{section}] {key}" for key in table}
    values: dict[str, Any] = dict(table)
    for name, text in variables.items():
        key = _key_of(name, section)
        if key is not None:
            values[key], where[key] = text, name
    return values, where


def _require_known(key: str, fields: Mapping[str, object], where: str) -> None:
    if key not in fields:
        near = difflib.get_close_matches(key, fields, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else f" Known: {', '.join(fields)}."
        raise SettingsInvalid(where=where, why=f"is not a setting.{hint}")


def _is_needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _stand_in(hint: Any) -> object:
    return Path("/") if hint is Path else ""


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
        # The value is not repeated: it may be a secret in the wrong place.
        raise SettingsInvalid(where=where, why=f"must be {description_of(hint)}.") from error


def _list_of(text: str, where: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(where=where, why="is not a list such as [1, 2].") from error


def _decode_path(kind: type, value: Any) -> Any:
    if kind is Path or issubclass(kind, Path):
        if not isinstance(value, str):
            raise TypeError(value)
        return Path(value).expanduser()
    raise NotImplementedError(kind)
