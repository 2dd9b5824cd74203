"""Values made quickly are what `dataclasses` makes of the same fields."""

import inspect
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from loyalty.values import quick


@dataclass(frozen=True, slots=True)
class Plain:
    first: int
    second: str = "two"
    lines: list[int] = field(default_factory=list)
    third: int = field(default=3, kw_only=True)

    def __post_init__(self) -> None:
        if self.first < 0:
            raise ValueError(self.first)


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    first: int
    second: str = "two"
    lines: list[int] = field(default_factory=list)
    third: int = field(default=3, kw_only=True)

    def __post_init__(self) -> None:
        if self.first < 0:
            raise ValueError(self.first)


@pytest.mark.parametrize(
    ("given", "named"),
    [((1,), {}), ((1, "a"), {}), ((1, "a", [7]), {"third": 4}), ((), {"third": 0, "first": 9})],
)
def test_it_takes_and_shows_what_a_dataclass_does(
    given: tuple[object, ...], named: dict[str, object]
) -> None:
    plain, made = Plain(*given, **named), Quick(*given, **named)  # type: ignore[arg-type]
    assert repr(made) == repr(plain).replace("Plain", "Quick")
    assert made == Quick(*given, **named)  # type: ignore[arg-type]
    assert made != plain
    assert list(inspect.signature(Quick).parameters) == list(inspect.signature(Plain).parameters)


def test_defaults_are_made_anew_for_each() -> None:
    one, other = Quick(1), Quick(1)
    one.lines.append(5)
    assert other.lines == []


def test_nothing_can_be_changed_or_added() -> None:
    made = Quick(1)
    with pytest.raises(FrozenInstanceError):
        made.first = 2  # type: ignore[misc]
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        made.another = 2  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        del made.second


def test_its_own_check_runs_also_when_it_is_replaced() -> None:
    with pytest.raises(ValueError, match="-1"):
        Quick(-1)
    with pytest.raises(ValueError, match="-2"):
        replace(Quick(1), first=-2)
    assert replace(Quick(1), second="b", third=5) == Quick(1, "b", third=5)


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, "a", [], 4), {}), ((1,), {"fourth": 4})])
def test_wrong_arguments_are_refused(given: tuple[object, ...], named: dict[str, object]) -> None:
    for kind in (Plain, Quick):
        with pytest.raises(TypeError):
            kind(*given, **named)  # type: ignore[arg-type]


def test_a_class_without_slots_of_its_own_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Base:
        first: int

    with pytest.raises((AssertionError, KeyError)):

        @quick
        @dataclass(frozen=True)
        class Open:
            first: int

    with pytest.raises(AssertionError):

        @quick
        @dataclass(frozen=True, slots=True)
        class Heir(Base):
            second: int
