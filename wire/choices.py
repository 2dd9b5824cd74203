"""What a value may be, where msgspec says only that it is none of it: the error is told with the list."""

import re
from typing import Any, Final

import msgspec
from msgspec import inspect

CHOICES_TOLD_MAX: Final = 24
_WRONG: Final = "Invalid enum value"
_INTO: Final = re.compile(r"\[[^\]]*\]")
_AT: Final = " - at `$"


def explained(error: msgspec.ValidationError, kind: Any) -> str:
    """The error's text; where a value is none of a few, with the list of them.

    `kind`: what was to be read.
    """
    text = str(error)
    if not text.startswith(_WRONG):
        return text
    told, at, place = text.partition(_AT)
    choices = _choices(inspect.type_info(kind), _steps(place.rstrip("`")))
    if not choices or len(choices) > CHOICES_TOLD_MAX:
        return text
    return f"{told}: use one of {', '.join(choices)}{at}{place}"


def _steps(place: str) -> list[str]:
    """Of `.holder.medium`, `.consents[...]`: the names, and one more step into what is repeated."""
    return _INTO.sub(".*", place).removeprefix(".").split(".") if place else []


def _choices(kind: inspect.Type, steps: list[str]) -> tuple[str, ...]:
    match kind:
        case inspect.Metadata(type=inner):
            return _choices(inner, steps)
        case inspect.UnionType(types=types):
            found = [each for each in (_choices(one, steps) for one in types) if each]
            return found[0] if len(found) == 1 else ()
        case inspect.LiteralType(values=values) if not steps:
            return tuple(str(each) for each in values)
        case inspect.EnumType(cls=cls) if not steps:
            return tuple(str(each.value) for each in cls)
        case inspect.StructType(fields=fields) if steps:
            named = [field for field in fields if field.encode_name == steps[0]]
            return _choices(named[0].type, steps[1:]) if named else ()
        case (
            inspect.ListType(item_type=item)
            | inspect.SetType(item_type=item)
            | inspect.FrozenSetType(item_type=item)
            | inspect.VarTupleType(item_type=item)
            | inspect.DictType(value_type=item)
        ) if steps:
            return _choices(item, steps[1:])
        case _:
            return ()
