"""How loud and bright a terminal's screen is, and how it begins for everybody: set by staff, kept."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.kiosk import KIOSK_BRIGHTNESS_MIN
from wire.message_base import Language, Message

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Comfort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In percent. `volume`: of sounds and of the voice; 0 is silent. `brightness`: never quite dark.

    `language`, and how the screen is shown, for whoever has chosen nothing; "": the language of the settings.
    """

    volume: Percent = 100
    brightness: Annotated[int, msgspec.Meta(ge=KIOSK_BRIGHTNESS_MIN, le=100)] = 100
    language: Language | Literal[""] = ""
    is_large: bool = False
    is_contrast: bool = False
    is_left_handed: bool = False


USUAL = Comfort()


class SetComfort(Message, frozen=True):
    """A person of staff sets all of it, for good. `session_id`: of their card."""

    request_id: str
    session_id: str
    comfort: Comfort
