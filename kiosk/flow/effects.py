"""What the flow wants done: data only, carried out by the program around it."""

from dataclasses import dataclass
from enum import StrEnum

from wire.messages import FromKiosk


class Sound(StrEnum):
    """The kiosk's voice: two notes up for success, one low for refusal."""

    SUCCESS = "success"
    REFUSAL = "refusal"
    TOUCH = "touch"


@dataclass(frozen=True, slots=True)
class Send:
    """Tell the agent something, or ask it for something."""

    message: FromKiosk


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


Effect = Send | PlaySound | ReportFailsafe
