"""A voice that notes what it would say, and a jack in somebody's hand."""

from dataclasses import dataclass, field

from wire.messages import Language


@dataclass(slots=True)
class SimulatedVoice:
    """`said`: everything, in order; `now`: what is being said, empty after `stop`."""

    said: list[tuple[Language, str]] = field(default_factory=list)
    now: str = ""
    volume: int = 100

    def say(self, text: str, language: Language) -> None:
        """Note it."""
        self.said.append((language, text))
        self.now = text

    def set_volume(self, percent: int) -> None:
        """Note it."""
        self.volume = percent

    def stop(self) -> None:
        """Be silent."""
        self.now = ""

    async def close(self) -> None:
        """Be silent."""
        self.stop()


@dataclass(slots=True)
class SimulatedJack:
    """Headphones that are in or out as told."""

    has_plug: bool = False

    def is_in(self) -> bool:
        """As told."""
        return self.has_plug
