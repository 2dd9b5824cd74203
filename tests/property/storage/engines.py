"""Properties of whole histories, on every engine: a database of its own for each history."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@dataclass(frozen=True)
class Engine:
    """Gives the address of a database for one history; `is_slow`: fewer of them."""

    new_database: Callable[[], AbstractContextManager[str]]
    is_slow: bool


@contextmanager
def sqlite_database() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield f"sqlite:///{directory}/central.db"


def histories(
    *strategies: st.SearchStrategy[Any], examples: int = 25, when_slow: int = 8
) -> Callable[[Callable[..., None]], Callable[[Engine], None]]:
    """Makes a test of the fixture `engine` from a property of an engine and what the strategies draw."""

    def decorate(holds: Callable[..., None]) -> Callable[[Engine], None]:
        def test(engine: Engine) -> None:
            @settings(
                max_examples=when_slow if engine.is_slow else examples,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            )
            @given(st.tuples(*strategies))
            def on_engine(drawn: tuple[Any, ...]) -> None:
                holds(engine, *drawn)

            on_engine()

        test.__name__, test.__doc__, test.__module__ = holds.__name__, holds.__doc__, holds.__module__
        return test

    return decorate
