"""Reading a document someone wrote: no coercion, and every refusal names the place and what belongs there."""

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import RULE_TEXT_CHARS_MAX

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
_SHOWN_CHARS = 60
_PATH_CHARS_MAX = 200
_DAY_SHAPED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_NEAR_ENOUGH = 0.6
_DAY_CHARS = 10
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)


class ProgrammeInvalid(LoyaltyError):
    """A value of a rule or programme is missing, of the wrong type or out of range."""

    code = "programme_invalid"
    text = "{path} must be {expected}, not {found}. {proposal}"


def invalid(
    path: str, expected: str, found: object, proposal: str = "Correct it and save again."
) -> ProgrammeInvalid:
    """The error for a wrong value, with the value cut to a readable length and a proposal what to write."""
    shown = json.dumps(found) if found is None or isinstance(found, bool) else repr(found)
    if len(shown) > _SHOWN_CHARS:
        shown = shown[:_SHOWN_CHARS] + "..."
    return ProgrammeInvalid(path=path, expected=expected, found=shown, proposal=proposal)


def propose(found: object, known: Iterable[str]) -> str:
    """What the writer probably meant: the nearest known name, or the request to correct it."""
    near = get_close_matches(str(found)[:_SHOWN_CHARS], list(known), n=1, cutoff=_NEAR_ENOUGH)
    return f"Did you mean {near[0]}?" if near else "Correct it and save again."


def read_object(
    value: object, path: str, *, required: frozenset[str], optional: frozenset[str] = frozenset()
) -> Mapping[str, object]:
    """An object with exactly these members.

    Raises: ProgrammeInvalid: no object, a member missing or one too many.
    """
    if not isinstance(value, Mapping):
        raise invalid(path, "an object", value)
    for name in value:
        if name not in required and name not in optional:
            known = sorted(required | optional)
            expected = f"one of the members {', '.join(known)}"
            raise invalid(f"{path}.{name}"[:_PATH_CHARS_MAX], expected, name, propose(name, known))
    for name in sorted(required):
        if name not in value:
            raise invalid(f"{path}.{name}", "given", "missing", f"Add {name}.")
    return value


def read_list(value: object, path: str, *, at_least: int, at_most: int) -> list[object]:
    """A list within bounds.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(value, list) or not at_least <= len(value) <= at_most:
        raise invalid(path, f"a list of {at_least} to {at_most} items", value)
    return value


def read_int(value: object, path: str, *, low: int, high: int) -> int:
    """A whole number within bounds; true and 1.0 are none.

    Raises: ProgrammeInvalid.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        # No number is proposed: the nearest that is allowed (100 % off, a budget of 1) is what nobody meant.
        proposal = "Write it without a point, in minor units, points or basis points (1 % is 100)."
        if isinstance(value, int) and not isinstance(value, bool):
            is_rate = path.endswith("_bp")
            proposal = "1 % is 100: write the rate you mean." if is_rate else f"Choose from {low} to {high}."
        raise invalid(path, f"a whole number from {low} to {high}", value, proposal)
    return value


def read_bool(value: object, path: str) -> bool:
    """True or false; 1 and "true" are neither.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(value, bool):
        raise invalid(path, "true or false", value)
    return value


def is_day(value: object) -> bool:
    """Whether a value is a text `YYYY-MM-DD` that names a day."""
    try:
        return isinstance(value, str) and len(value) == _DAY_CHARS and date.fromisoformat(value) is not None
    except ValueError:
        return False


def day_proposal(value: object) -> str:
    """What to write instead of a day that there is not."""
    shaped = _DAY_SHAPED.fullmatch(value) if isinstance(value, str) else None
    year, month = (int(shaped[1]), int(shaped[2])) if shaped else (0, 0)
    if not shaped or not year:
        return "Write the year first, such as 2027-02-28."
    if not 1 <= month <= 12:
        return "Months go from 01 to 12; write the year, the month, the day."
    return f"{shaped[1]}-{shaped[2]} has the days 01 to {monthrange(year, month)[1]}."


def is_time(value: object) -> bool:
    """Whether a value is a text `HH:MM` from 00:00 to 24:00."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def read_day(value: object, path: str) -> str:
    """A day as `YYYY-MM-DD`.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(value, str) or not is_day(value):
        raise invalid(path, "a day as YYYY-MM-DD", value, day_proposal(value))
    return value


def read_time(value: object, path: str) -> str:
    """A time of day as `HH:MM`; `24:00` is the end of the day.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(value, str) or not is_time(value):
        raise invalid(path, "a time of day as HH:MM", value)
    return value


def read_text(value: object, path: str) -> str:
    """A text that is not empty.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(value, str) or not 1 <= len(value) <= RULE_TEXT_CHARS_MAX:
        raise invalid(path, f"a text of 1 to {RULE_TEXT_CHARS_MAX} characters", value)
    return value


def read_choice(value: object, path: str, choices: type[ChoiceT]) -> ChoiceT:
    """One of an enumeration's values.

    Raises: ProgrammeInvalid.
    """
    for choice in choices:
        if value == choice.value:
            return choice
    known = [choice.value for choice in choices]
    raise invalid(path, "one of " + ", ".join(known), value, propose(value, known))
