"""Frozen dataclasses that are made as quickly as open ones.

`@dataclass(frozen=True)` sets each field by a call of `object.__setattr__`, which made a tenth of what a
purchase costs (docs/performance.md). A value made here is filled while it is of an open class with the same
slots, and becomes of its own, frozen class at the end.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

ValueT = TypeVar("ValueT")


def quick(kind: type[ValueT]) -> type[ValueT]:
    """Stands above `@dataclass(frozen=True, slots=True)`: the class stays as it is, only quicker to make.

    Not for classes that inherit fields, or that are copied or pickled: `copy` knows no arguments to give.
    """
    names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]
    assert kind.__dict__["__slots__"] == names, "a dataclass with slots, all of them its own"
    open_kind = type(f"Open{kind.__name__}", (), {"__slots__": names})
    made = _maker(kind, open_kind)
    made.__qualname__ = f"{kind.__qualname__}.__new__"
    made.__annotations__ = dict(kind.__init__.__annotations__)
    kind.__new__ = made  # type: ignore[method-assign]
    del kind.__init__
    return kind


def _maker(kind: type, open_kind: type) -> Callable[..., Any]:
    """The function that makes one, written out as `dataclass` itself does it."""
    words: dict[str, Any] = {"_open": open_kind, "_new": object.__new__, "_missing": MISSING}
    given: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in fields(kind):
        assert field.init, "every field of a value is given"
        value, default = field.name, ""
        if field.default_factory is not MISSING:
            words[f"_make_{field.name}"] = field.default_factory
            default, value = "=_missing", f"_make_{field.name}() if {value} is _missing else {value}"
        elif field.default is not MISSING:
            words[f"_default_{field.name}"] = field.default
            default = f"=_default_{field.name}"
        (named if field.kw_only else given).append(f"{field.name}{default}")
        body.append(f"    self.{field.name} = {value}")
    told = ", ".join(["cls", *given, *(["*", *named] if named else [])])
    if hasattr(kind, "__post_init__"):
        body.append("    self.__class__ = cls\n    self.__post_init__()")
    else:
        body.append("    self.__class__ = cls")
    text = "\n".join([f"def __new__({told}):", "    self = _new(_open)", *body, "    return self"])
    exec(text, words)  # noqa: S102  -- made of the fields' own names
    made: Callable[..., Any] = words["__new__"]
    return made
