"""Reading a document someone wrote: no coercion, and every refusal names the place and what belongs there."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from loyalty.errors import LoyaltyError
from loyalty.limits import RULE_TEXT_CHARS_MAX

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
_SHOWN_CHARS = 60


class ProgrammeInvalid(LoyaltyError):
    """A value of a rule or programme is missing, of the wrong type or out of range."""

    code = "programme_invalid"
    text = "{path} must be {expected}, not {found}. Correct it and save again."


def invalid(path: str, expected: str, found: object) -> ProgrammeInvalid:
    """The error for a wrong value, with the value cut to a readable length."""
    shown = repr(found)
    if len(shown) > _SHOWN_CHARS:
        shown = shown[:_SHOWN_CHARS] + "..."
    return ProgrammeInvalid(path=path, expected=expected, found=shown)


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
            known = ", ".join(sorted(required | optional))
            raise invalid(path, f"an object with only the members {known}", name)
    for name in sorted(required):
        if name not in value:
            raise invalid(f"{path}.{name}", "given", "missing")
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
        raise invalid(path, f"a whole number from {low} to {high}", value)
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
    raise invalid(path, "one of " + ", ".join(choice.value for choice in choices), value)
