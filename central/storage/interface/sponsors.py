"""The storage interface for who sponsors best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SponsorRow:
    """A sponsor with what those they brought kept of their purchases in a span of time, minor units."""

    sponsor_id: str
    sponsored: int
    buyers: int
    """How many of them bought and kept something in it."""
    spent_minor: int


class SponsorStore(Protocol):
    """Verbs on sponsors; same promises as `Store`."""

    async def rank_sponsors(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[SponsorRow]:
        """The sponsors whose members spent most from `from_ms` until before `to_ms`; equal ones by number.

        Reads every sponsorship of the group that stands now.
        """
        ...
