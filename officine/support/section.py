"""What a part of the bundle is."""

from typing import Any, Protocol

from officine.doctor.base import Machine

Facts = dict[str, Any]
"""Plain values ready for JSON, each of them allowed."""


class Section(Protocol):
    """One file of the bundle. `tells` says to a person what is in it."""

    name: str
    tells: str

    async def collect(self, machine: Machine) -> Facts:
        """Look. What cannot be looked at is left out or said to be missing; raising is allowed too."""
        ...
