"""What reading out needs of the machine."""

from typing import Protocol

from wire.messages import Language


class Voice(Protocol):
    """Says one thing at a time; a new one takes the place of the last."""

    def say(self, text: str, language: Language) -> None:
        """Begin to say it, and return at once."""

    def stop(self) -> None:
        """Be silent now."""

    def set_volume(self, percent: int) -> None:
        """How loud it says what comes next; 0 is silent."""

    async def close(self) -> None:
        """Be silent, and leave nothing running."""


class Jack(Protocol):
    """Where headphones are plugged in."""

    def is_in(self) -> bool:
        """Whether they are; where nobody can tell, they are not. May block: asked on a thread."""
