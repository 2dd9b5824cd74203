"""The storage interface for guesses of numbers that are worth money: one count for all workers."""

from dataclasses import dataclass
from typing import Protocol

from loyalty.values import quick


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimit:
    """At most `tries` of a token in any `window_ms`."""

    tries: int
    window_ms: int


@quick
@dataclass(frozen=True, slots=True)
class GuessAsked:
    """Whether a token has a guess left now."""

    token_id: str
    limit: GuessLimit
    now_ms: int


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who tries numbers."""

    token_id: str
    terminal_id: str | None
    shop_id: str | None


class GuessStore(Protocol):
    """Verbs on guesses; same promises as `Store`."""

    async def count_guess(self, group_id: str, token_id: str, limit: GuessLimit, now_ms: int) -> int | None:
        """Count a guess, where the limit leaves one: None. Else when the next one is left."""
        ...

    async def take_back_guess(self, group_id: str, token_id: str) -> None:
        """The last one was none: it was right."""
        ...

    async def find_next_guess(
        self, group_id: str, token_id: str, limit: GuessLimit, now_ms: int
    ) -> int | None:
        """When the limit leaves a guess again; None: now. Nothing is counted."""
        ...

    async def report_guessing(
        self, group_id: str, guesser: Guesser, *, tries: int, every_ms: int, now_ms: int
    ) -> bool:
        """Tell head office, by an event, that somebody tries numbers; False: it was told `every_ms` ago."""
        ...
