"""What the flow wants done: data only, carried out by the program around it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Sound(StrEnum):
    """The kiosk's voice: two notes up for success, one low for refusal."""

    SUCCESS = "success"
    REFUSAL = "refusal"
    TOUCH = "touch"


@dataclass(frozen=True, slots=True)
class SendEndSession:
    """Tell the agent that the member left."""

    session_id: str


@dataclass(frozen=True, slots=True)
class SendBlockCard:
    """Ask the agent to block the card of this session."""

    request_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class SendAskWhy:
    """Ask the agent why a ticket earned its points."""

    request_id: str
    session_id: str
    sale_id: str


@dataclass(frozen=True, slots=True)
class SendPin:
    """Hand the agent what was typed; it is shown and logged nowhere."""

    request_id: str
    session_id: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendPromptAnswer:
    """Tell the agent what the member answered to the till's words."""

    prompt_id: str
    is_yes: bool


@dataclass(frozen=True, slots=True)
class SendOpenTillPairing:
    """Ask the agent for a code to pair a till with, for the card of staff of this session."""

    request_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class SendCheckWord:
    """Tell the agent which word stands at the till; none: another one than here."""

    request_id: str
    word: str


@dataclass(frozen=True, slots=True)
class SendCancelTillPairing:
    """Take what is shown of pairing a till away."""

    request_id: str


@dataclass(frozen=True, slots=True)
class PlaySound:
    """Make a sound, if there is anything to make it with."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class ReportFailsafe:
    """A handler broke: the flow fell back to the idle screen; the log must say so."""

    screen: str
    event: str
    detail: str


OfTills = SendOpenTillPairing | SendCheckWord | SendCancelTillPairing
Effect = (
    SendEndSession
    | SendBlockCard
    | SendAskWhy
    | SendPin
    | SendPromptAnswer
    | OfTills
    | PlaySound
    | ReportFailsafe
)
