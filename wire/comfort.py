"""How loud and how bright a terminal's screen is: set by staff at the kiosk, kept by the agent."""

from typing import Annotated

import msgspec

from loyalty.limits.kiosk import KIOSK_BRIGHTNESS_MIN
from wire.message_base import Message

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Comfort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In percent. `volume`: of sounds and of the voice; 0 is silent. `brightness`: never quite dark."""

    volume: Percent = 100
    brightness: Annotated[int, msgspec.Meta(ge=KIOSK_BRIGHTNESS_MIN, le=100)] = 100


USUAL = Comfort()


class SetComfort(Message, frozen=True):
    """A person of staff sets both, for good. `session_id`: of their card."""

    request_id: str
    session_id: str
    comfort: Comfort
