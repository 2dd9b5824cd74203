"""What can happen to the kiosk. Every event carries its own `now_ms` (monotonic): the flow has no clock."""

from dataclasses import dataclass, field

from kiosk.flow.state import Action
from wire.messages import AgentState, Answer, Medium, ReaderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events."""

    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanged(Event):
    """The agent told its whole state."""

    state: AgentState


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLinkChanged(Event):
    """The socket to the terminal agent opened or closed."""

    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Event):
    """The agent answered a request of ours."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderChanged(Event):
    """The reader daemon told the reader's health."""

    state: ReaderState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLinkChanged(Event):
    """The socket to the reader daemon opened or closed."""

    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSeen(Event):
    """A card was read; who it is, the agent finds out. `code`: what a barcode says, for a page of packs."""

    tap_id: str
    medium: Medium = "nfc_uid"
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGone(Event):
    """The card of `tap_id` left the reader."""

    tap_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadphonesChanged(Event):
    """Headphones were plugged in or out."""

    is_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(Event):
    """A finger went up on a target, or (None) anywhere else."""

    action: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dragged(Event):
    """A finger lies on a target that is rubbed, or moves over it: where, in per mille of the target's width.

    is_first: it was put down here.
    """

    action: Action
    x: int
    y: int
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked(Event):
    """Time has passed; sent when `next_deadline_ms` is reached."""


AnyEvent = (
    AgentChanged
    | AgentLinkChanged
    | Told
    | ReaderChanged
    | ReaderLinkChanged
    | CardSeen
    | CardGone
    | HeadphonesChanged
    | Touched
    | Dragged
    | Ticked
)
