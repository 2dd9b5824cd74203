"""What commands read from a person: card numbers kept out of the list of processes, files of JSON, ids."""

import secrets
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.rules import RULE_TEXT_CHARS_MAX
from wire.choices import explained
from wire.json_names import name_twice

CARD_HELP = "A card number given as - is read from standard input, so that it stays out of shell histories."


class OutOfSight(LoyaltyError):
    """The system refused this user a file or a socket."""

    code = "out_of_sight"
    trouble = Trouble.FORBIDDEN
    text = "{what} is closed to this user ({reason}). Run this as root (sudo)."


class InputInvalid(LoyaltyError):
    """A value or file given to a command does not fit."""

    code = "input_invalid"
    text = "{where}: {why}"


def read_dash(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A click callback: `-` stands for the first line of standard input."""
    del ctx
    if value != "-":
        return value
    line = sys.stdin.readline().strip()
    if not line:
        raise click.BadParameter("nothing was given on standard input.", param=parameter)
    return line


def read_fields(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int | str | None]:
    """A click callback: `name=value` each; a whole number is one, an empty value is none."""
    del ctx
    fields: dict[str, int | str | None] = {}
    for each in values:
        name, parts, value = each.partition("=")
        if not (name and parts):
            raise click.BadParameter(f"{each!r} is not name=value.", param=parameter)
        digits = value.removeprefix("-")
        is_whole = digits.isascii() and digits.isdigit() and len(digits) <= 18
        fields[name] = None if not value else int(value) if is_whole else value
    return fields


def read_json_file(path: Path) -> str:
    """The text of a JSON file, checked to be JSON.

    Raises: InputInvalid: it cannot be read, is not JSON, or has a name twice in one object.
    """
    try:
        text = path.read_text(encoding="utf-8")
        msgspec.json.decode(text)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise InputInvalid(where=str(path), why=f"is not a readable JSON file ({error}).") from error
    if (twice := name_twice(text)) is not None:
        raise InputInvalid(
            where=str(path), why=f"has the name {twice[:RULE_TEXT_CHARS_MAX]} twice in one object."
        )
    return text


def to_body(kind: Any, /, **values: Any) -> Any:
    """A request of the API from a command's values, held to the same limits.

    Raises: InputInvalid: names the value.
    """
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        message, _, place = explained(error, kind).partition(" - at `$.")
        where = f"--{place.rstrip('`').replace('_', '-')}" if place else "input"
        raise InputInvalid(where=where, why=f"{message}.") from error


def new_id(kind: str) -> str:
    """A fresh id, made by whoever starts the action."""
    return f"{kind}-{secrets.token_hex(8)}"
