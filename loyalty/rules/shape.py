"""Shapes of documents: one description reads a value, refuses it by its path, and writes its JSON Schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from loyalty.limits.rules import RULE_TEXT_CHARS_MAX
from loyalty.programme.party import FUNDER_EXPECTED, FUNDER_PATTERN, is_funder
from loyalty.rules import reading
from loyalty.rules.language import Node
from loyalty.rules.validate import Segments, parse_condition, parse_line_condition

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What reading needs to know besides the document: the segments there are, None: unchecked."""

    segments: Segments | None = None


NO_CONTEXT = Context()


class Member(Protocol):
    """A value of a document: how it is read, and its schema."""

    def read(self, value: object, path: str, context: Context) -> Any: ...

    def schema(self) -> Schema: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int

    def read(self, value: object, path: str, _context: Context) -> int:
        """The number."""
        return reading.read_int(value, path, low=self.low, high=self.high)

    def schema(self) -> Schema:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty."""

    def read(self, value: object, path: str, _context: Context) -> str:
        """The text."""
        return reading.read_text(value, path)

    def schema(self) -> Schema:
        """A string with its bounds."""
        return {"type": "string", "minLength": 1, "maxLength": RULE_TEXT_CHARS_MAX}


@dataclass(frozen=True, slots=True)
class Funder:
    """Who pays for what a rule gives; whether the group has such a party is asked at publication."""

    def read(self, value: object, path: str, _context: Context) -> str:
        """The party's name in the ledger."""
        text = reading.read_text(value, path)
        if not is_funder(text):
            raise reading.invalid(path, FUNDER_EXPECTED, text, "Put the party first, then name it so.")
        return text

    def schema(self) -> Schema:
        """A string of that form."""
        return {"type": "string", "pattern": FUNDER_PATTERN}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: object, path: str, _context: Context) -> bool:
        """The flag."""
        return reading.read_bool(value, path)

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as `YYYY-MM-DD`."""

    def read(self, value: object, path: str, _context: Context) -> str:
        """The day."""
        return reading.read_day(value, path)

    def schema(self) -> Schema:
        """A date."""
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as `HH:MM`."""

    def read(self, value: object, path: str, _context: Context) -> str:
        """The time."""
        return reading.read_time(value, path)

    def schema(self) -> Schema:
        """A time pattern."""
        return {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of an enumeration's values."""

    of: type[StrEnum]

    def read(self, value: object, path: str, _context: Context) -> StrEnum:
        """The choice."""
        return reading.read_choice(value, path, self.of)

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": [choice.value for choice in self.of]}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over the basket, or over one line."""

    is_in_line: bool

    def read(self, value: object, path: str, context: Context) -> Node:
        """The checked condition."""
        parse = parse_line_condition if self.is_in_line else parse_condition
        return parse(value, path, segments=context.segments)

    def schema(self) -> Schema:
        """A reference to the grammar of conditions."""
        return {"$ref": "#/$defs/line_boolean" if self.is_in_line else "#/$defs/boolean"}


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values of one shape."""

    of: Member
    at_most: int
    at_least: int = 1

    def read(self, value: object, path: str, context: Context) -> tuple[Any, ...]:
        """The values."""
        listed = reading.read_list(value, path, at_least=self.at_least, at_most=self.at_most)
        return tuple(self.of.read(each, f"{path}.{at}", context) for at, each in enumerate(listed))

    def schema(self) -> Schema:
        """An array with its bounds."""
        return {
            "type": "array",
            "items": self.of.schema(),
            "minItems": self.at_least,
            "maxItems": self.at_most,
        }


@dataclass(frozen=True, slots=True)
class Record:
    """An object with exactly these members; what is left out is absent from what is read."""

    required: Mapping[str, Member]
    optional: Mapping[str, Member]

    def read(self, value: object, path: str, context: Context) -> dict[str, Any]:
        """The members that are there, by name."""
        given = reading.read_object(
            value, path, required=frozenset(self.required), optional=frozenset(self.optional)
        )
        shapes = {**self.required, **self.optional}
        return {name: shapes[name].read(given[name], f"{path}.{name}", context) for name in given}

    def schema(self) -> Schema:
        """An object that takes no other member."""
        shapes = {**self.required, **self.optional}
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in shapes.items()},
            "required": sorted(self.required),
            "additionalProperties": False,
        }


def ordered(values: Sequence[int], path: str, member: str) -> None:
    """Refuse steps that do not rise.

    Raises: ProgrammeInvalid.
    """
    for at in range(1, len(values)):
        if values[at] <= values[at - 1]:
            expected = f"above the step before ({values[at - 1]})"
            raise reading.invalid(
                f"{path}.{at}.{member}", expected, values[at], "List the steps from low to high."
            )
