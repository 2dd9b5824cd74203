"""What the service needs from a reader driver, and what a driver may tell the service."""

from typing import Literal, Protocol

from wire.messages import Evidence

State = Literal["starting", "ready", "lost", "needs_help"]


class Sink(Protocol):
    """Where a driver reports to. All calls are made on the event loop and return at once."""

    def presented(self, evidence: Evidence) -> str:
        """A card was read; the new tap's id. A card that lies there already is removed first.

        Raises: EvidenceError: it cannot be a card. ReaderNotReadyError: the reader's state is not ready.
        """
        ...

    def removed(self) -> None:
        """The card was taken off; nothing happens when none lay there."""
        ...

    def state_changed(self, state: State, detail: str = "") -> None:
        """The reader's health changed. Any state but ready takes the card off."""
        ...


class Driver(Protocol):
    """One reader. `simulated.py` is the reference."""

    @property
    def name(self) -> str:
        """What a technician knows it by, such as "ACS ACR122U 00 00"."""
        ...

    async def run(self, sink: Sink) -> None:
        """Watch the reader and report until cancelled; release it then."""
        ...
