"""The light behind the panel: the kernel's own, a simulated one, or none, and then the picture is dimmed."""

from pathlib import Path
from typing import Final, Protocol

import pygame
import structlog

log = structlog.get_logger(__name__)

DEVICES: Final = Path("/sys/class/backlight")
"""sysfs-class-backlight of the kernel's ABI: `max_brightness` is read, `brightness` is written."""


class Backlight(Protocol):
    """Takes a brightness; False where it could not, and the picture itself must be dimmed."""

    def set_percent(self, percent: int) -> bool:
        """Light up so much, 1 to 100. May block."""


class SysfsBacklight:
    """The first device of the kernel, looked for anew each time: panels are plugged in late."""

    def __init__(self, devices: Path = DEVICES) -> None:
        self._devices = devices

    def set_percent(self, percent: int) -> bool:
        """See `Backlight`. The kiosk's user needs the right to write there (udev)."""
        try:
            device = next(iter(sorted(self._devices.iterdir())), None)
            if device is None:
                return False
            most = int((device / "max_brightness").read_text())
            (device / "brightness").write_text(str(max(1, most * percent // 100)))
        except (OSError, ValueError) as error:
            if self._devices.is_dir():
                log.info("backlight_unavailable", reason=str(error))
            return False
        return True


class SimulatedBacklight:
    """Notes what it was told: for machines without a panel, and for tests."""

    def __init__(self) -> None:
        self.percent = 100

    def set_percent(self, percent: int) -> bool:
        """See `Backlight`."""
        self.percent = percent
        return True


def dim(surface: pygame.Surface, percent: int) -> None:
    """The picture as if less light stood behind it."""
    level = 255 * percent // 100
    surface.fill((level, level, level), special_flags=pygame.BLEND_RGB_MULT)
