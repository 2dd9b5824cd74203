"""What the kiosk needs to be told; filled by the command line from the settings file."""

from dataclasses import dataclass
from pathlib import Path

from wire.messages import Language
from wire.settings import Faults

SIDE_PX_MIN = 240
SIDE_PX_MAX = 7680
"""A panel of 8K; beyond it nothing but memory would be used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskSettings:
    """The kiosk's settings.

    size: (width, height) in pixels; in full screen the panel's own size wins.
    is_windowed, is_fullscreen: where there is a display; with neither, or without a display, the kiosk draws
        off-screen for the live screen.
    live_screen_socket: where the live screen is served; None serves none.
    allowed_uids: who may watch the live screen; None leaves it to the socket file's mode (0660).
    live_screen_touch: whether viewers of the live screen may touch it (demo desk, remote support).
    fonts_dir: where the fonts cut on this machine are kept; None is the user's cache.
    """

    agent_socket: Path
    reader_socket: Path
    live_screen_socket: Path | None = None
    size: tuple[int, int] = (800, 480)
    is_windowed: bool = True
    is_fullscreen: bool = False
    language: Language = "fr"
    allowed_uids: frozenset[int] | None = None
    live_screen_touch: bool = False
    fonts_dir: Path | None = None

    def __post_init__(self) -> None:
        """Raises: SettingRefused."""
        faults = Faults("kiosk")
        for side in self.size:
            faults.between("size", side, lowest=SIDE_PX_MIN, highest=SIDE_PX_MAX)
        faults.users("allowed_uids", self.allowed_uids)
        faults.absolute("fonts_dir", self.fonts_dir)
        if self.fonts_dir is not None and self.fonts_dir.exists() and not self.fonts_dir.is_dir():
            why = "is no directory. Write one (it is made where it is missing), or leave the key out."
            faults.note("fonts_dir", self.fonts_dir, why)
        faults.tell()
