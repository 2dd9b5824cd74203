"""States of an agent as nobody planned them: fields changed at random, as their types allow.

What has a form of its own (days, colours, codes) stays as the scenes have it: a broken form is a broken
agent, and that is what the failsafe is for. Numbers, words, choices, and whether something is there at all,
are anybody's.
"""

import random
import re
from typing import Any, Final

import msgspec
from msgspec import inspect

_FORMED: Final = re.compile(
    r"(revision|_id|_day|_path|_url|_hash|zone|currency|code|qr|serial|address(es)?|version|brand\w*|names)$"
)
_WORDS: Final = (
    "",
    "a",
    "Mme A.",
    "Pharmacie de la Grand-Rue et des Trois-Couronnes",
    "Bezirksapothekenverbandsvorstandssitzung",
    "莱芒药房积分兑换说明与年度活动通知",
    "100 % «Ça va?» 3 × 20 & <b>",
)
_NUMBERS: Final = (0, 0, 1, 2, 9, 37, 1_248, 99_999, 1_234_567)
_CHANGES_MAX: Final = 3


def twisted(value: Any, rng: random.Random) -> Any:
    """A struct with up to three of its fields, or of the fields of what it holds, changed."""
    for _ in range(rng.randint(1, _CHANGES_MAX)):
        value = _changed(value, rng)
    return value


def _changed(value: Any, rng: random.Random) -> Any:
    described = inspect.type_info(type(value))
    assert isinstance(described, inspect.StructType)
    free = [one for one in described.fields if not _FORMED.search(one.name)]
    if not free:
        return value
    field = rng.choice(free)
    old = getattr(value, field.name)
    if isinstance(old, msgspec.Struct) and rng.random() < 0.8:
        return msgspec.structs.replace(value, **{field.name: _changed(old, rng)})
    return msgspec.structs.replace(value, **{field.name: _another(old, field.type, rng)})


def _another(old: Any, wanted: inspect.Type, rng: random.Random) -> Any:
    match wanted:
        case inspect.BoolType():
            return not old
        case inspect.IntType():
            return rng.choice(_NUMBERS)
        case inspect.StrType(max_length=longest):
            return rng.choice(_WORDS)[:longest]
        case inspect.LiteralType(values=values):
            return rng.choice(values)
        case inspect.VarTupleType() | inspect.ListType():
            return old[: rng.randint(0, len(old))]
        case inspect.UnionType(types=types):
            kinds = [one for one in types if not isinstance(one, inspect.StructType)]
            chosen = rng.choice(kinds)
            return None if isinstance(chosen, inspect.NoneType) else _another(old, chosen, rng)
        case inspect.Metadata(type=inner):
            return _another(old, inner, rng)
    return old
