"""What the service needs from a reader driver, and what a driver may tell the service."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from wire.messages import Evidence, TalkTrouble

State = Literal["starting", "ready", "lost", "needs_help"]
ReaderFault = Literal[
    "not_installed",
    "not_running",
    "not_permitted",
    "not_answering",
    "not_there",
    "wrong_setting",
    "in_use",
    "cannot_be_opened",
    "went_away",
    "fails_on_cards",
    "card_unread",
    "unplugged",
]
"""What is wrong with a reader, for statistics and support: no name of a device, no text of a library."""


class Sink(Protocol):
    """Where one driver reports to. All calls are made on the event loop and return at once."""

    def presented(self, evidence: Evidence, uid: str = "", *, took_ms: int = 0, reader: str = "") -> str:
        """A card was read; the new tap's id. A card that lies anywhere already is removed first.

        `uid`: what its chip calls itself, where the evidence does not say so in the open. `took_ms`: from the
        card to here; 0: not measured. `reader`: which of the driver's readers it was; "": its only one.

        Raises: EvidenceError: it cannot be a card. ReaderNotReadyError: the driver's state is not ready.
        """
        ...

    def removed(self, tap_id: str | None = None) -> None:
        """The card of a tap was taken off; nothing happens when it is not the one that lies there.

        None: whatever this driver presented last.
        """
        ...

    def unread(self, reason: str) -> None:
        """Something was presented that could not be read; `reason` is for the person who did it."""
        ...

    def state_changed(
        self, state: State, detail: str = "", *, reader: str = "", fault: ReaderFault | None = None
    ) -> None:
        """The driver's health changed. Any state but ready takes its card off.

        `fault` is what the detail says, as one word; None where there is none.
        `reader` is what it is called from now on; "" keeps the name.
        """
        ...


@dataclass(frozen=True, slots=True)
class Talk:
    """Commands for the card of a tap; see `wire.messages.CardCommands`."""

    tap_id: str
    commands: tuple[bytes, ...]
    goes_on: frozenset[bytes]
    is_first: bool


@dataclass(frozen=True, slots=True)
class Talked:
    """What the card answered, and its ATR where it was reset."""

    answers: tuple[bytes, ...] = ()
    atr: bytes = b""
    trouble: TalkTrouble | None = None


CANNOT_TALK: Final = Talked(trouble="reader_cannot")
"""Scanners, and drivers that read cards and no more."""


class Driver(Protocol):
    """One kind of reader. `simulated.py` is the reference."""

    @property
    def name(self) -> str:
        """What a technician knows it by, such as "PC/SC"; `state_changed` may tell a closer one."""
        ...

    @property
    def proved_s(self) -> float | None:
        """When it last asked its reader (monotonic seconds); None where the event loop is proof enough."""
        ...

    async def run(self, sink: Sink) -> None:
        """Watch the reader and report until cancelled; release it then."""
        ...

    def hurry(self) -> None:
        """Somebody pressed the button: do not wait for the next try."""
        ...

    async def talk(self, talk: Talk) -> Talked:
        """Carry commands to the card of a tap; `CANNOT_TALK` where the driver has no way to."""
        ...
