"""The screen itself: a window, a bare panel, or nothing but memory; and the voice."""

import os
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame
import structlog

from kiosk.assets.sounds import RATE_HZ, samples
from kiosk.flow.effects import Sound
from kiosk.settings import KioskSettings

log = structlog.get_logger(__name__)

OFFSCREEN_DRIVERS = frozenset({"dummy", "offscreen"})


def choose_drivers(settings: KioskSettings) -> None:
    """Tell SDL what to use, before it starts: what the environment says wins, then what there is."""
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")  # the event loop has them
    os.environ.setdefault("SDL_RENDER_DRIVER", "opengles2")  # "opengl" stays black on a bare panel
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "opengles2")
    if "SDL_VIDEODRIVER" not in os.environ and not _has_display(settings):
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    if "SDL_AUDIODRIVER" not in os.environ and not Path("/dev/snd").is_dir():
        os.environ["SDL_AUDIODRIVER"] = "dummy"


def _has_display(settings: KioskSettings) -> bool:
    if not (settings.is_windowed or settings.is_fullscreen):
        return False
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return settings.is_fullscreen and any(Path("/dev/dri").glob("card*"))


class Display:
    """An open screen, after `choose_drivers`. Falls back to memory where no display answers."""

    def __init__(self, settings: KioskSettings) -> None:
        flags = pygame.FULLSCREEN if settings.is_fullscreen else 0
        try:
            pygame.display.init()
            self.surface = pygame.display.set_mode((0, 0) if flags and self.is_real else settings.size, flags)
        except pygame.error as error:
            log.warning("display_unavailable", reason=str(error))
            pygame.display.quit()
            os.environ["SDL_VIDEODRIVER"] = "dummy"
            pygame.display.init()
            self.surface = pygame.display.set_mode(settings.size)
        pygame.display.set_caption("Officine")
        pygame.mouse.set_visible(not settings.is_fullscreen)
        self._sounds = _load_sounds()

    @property
    def is_real(self) -> bool:
        """Whether anybody can see it."""
        return pygame.display.get_driver().lower() not in OFFSCREEN_DRIVERS

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.surface.get_size()

    def flip(self) -> None:
        """Show what was drawn."""
        pygame.display.flip()

    def play(self, sound: Sound) -> None:
        """Make a sound, if anything here can."""
        if sound in self._sounds:
            self._sounds[sound].play()

    def set_volume(self, percent: int) -> None:
        """How loud sounds are from now on; 0 is silent."""
        for sound in self._sounds.values():
            sound.set_volume(percent / 100)

    def close(self) -> None:
        """Give screen and sound back; letters stay open for whoever draws off the screen in this process."""
        pygame.display.quit()
        pygame.mixer.quit()


def _load_sounds() -> dict[Sound, pygame.mixer.Sound]:
    try:
        pygame.mixer.init(frequency=RATE_HZ, size=-16, channels=1, buffer=512)
    except pygame.error as error:
        log.info("sound_unavailable", reason=str(error))
        return {}
    return {sound: pygame.mixer.Sound(buffer=samples(sound)) for sound in Sound}
