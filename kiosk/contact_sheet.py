"""Every screen in every language and size on one page: what we look at before customers do."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Final

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from kiosk.assets import fonts
from kiosk.flow.mode import PLAIN, Mode
from kiosk.locales.words import LANGUAGES, OWN_NAMES
from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas, Kit
from kiosk.widgets.fontbook import FontBook
from kiosk.widgets.metrics import Metrics
from wire.messages import Language

SCREENS: Final = "screens"
SIZES: Final = ((800, 480), (1280, 800))

Progress = Callable[[int, int, str], None]


def kit_of(size: tuple[int, int], fonts_dir: Path | None = None) -> Kit:
    """What drawing at this size needs; the fonts are built on first use."""
    directory = fonts.build(fonts_dir or fonts.default_directory())
    return Kit(metrics=Metrics.of(size), fonts=FontBook(directory))


def draw_scene(kit: Kit, scene: Scene, language: Language, mode: Mode = PLAIN, pulled: int = 0) -> Canvas:
    """One scene, drawn on a surface of its own; no display is needed."""
    model = play(scene, language)
    surface = pygame.Surface((kit.metrics.width, kit.metrics.height))
    return paint(surface, kit, in_mode(model, mode, pulled))


def in_mode(model: Model, mode: Mode, pulled: int = 0) -> Model:
    """The same moment as somebody sees it who chose this mode."""
    return replace(model, state=replace(model.state, mode=mode, pulled=pulled))


def write(directory: Path, on_progress: Progress | None = None, *, scenes: Sequence[Scene] = SCENES) -> Path:
    """Draw all screens into `directory`, with a page that shows them.

    Returns: the page (`index.html`); beside it `sheet-*.png`, one per language and size, and the directory
    `screens` with one PNG per screen, language and size and nothing else.
    """
    (directory / SCREENS).mkdir(parents=True, exist_ok=True)
    done, total = 0, len(SIZES) * len(LANGUAGES) * len(scenes)
    for size in SIZES:
        kit = kit_of(size)
        for language in LANGUAGES:
            pictures = []
            for scene in scenes:
                surface = draw_scene(kit, scene, language).surface
                pygame.image.save(surface, directory / SCREENS / _file(scene, language, size))
                pictures.append(surface)
                done += 1
                if on_progress:
                    on_progress(done, total, f"{scene.name} {language}")
            name = f"sheet-{size[0]}x{size[1]}-{language}.png"
            pygame.image.save(_sheet(pictures), directory / name)
    page = directory / "index.html"
    page.write_text(_page(scenes), encoding="utf-8")
    return page


def _file(scene: Scene, language: Language, size: tuple[int, int]) -> str:
    return f"{scene.name}-{size[0]}x{size[1]}-{language}.png"


def _sheet(
    pictures: list[pygame.Surface], columns: int = 4, width: int = 480, gap: int = 16
) -> pygame.Surface:
    height = pictures[0].get_height() * width // pictures[0].get_width()
    rows = -(-len(pictures) // columns)
    size = (gap + columns * (width + gap), gap + rows * (height + gap))
    sheet = pygame.Surface(size)
    sheet.fill((188, 196, 192))
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        small = pygame.transform.smoothscale(picture, (width, height))
        sheet.blit(small, (gap + column * (width + gap), gap + row * (height + gap)))
    return sheet


def _page(scenes: Sequence[Scene]) -> str:
    parts = [
        "<!doctype html><meta charset='utf-8'><title>Kiosk screens</title>",
        "<style>body{font:15px sans-serif;background:#dde3df;margin:24px}"
        "figure{display:inline-block;margin:8px}"
        "img{width:480px;display:block;border-radius:8px}figcaption{color:#52645c}</style>",
    ]
    for size in SIZES:
        for language in LANGUAGES:
            parts.append(f"<h2>{escape(OWN_NAMES[language])}, {size[0]} × {size[1]}</h2>")
            for scene in scenes:
                name = escape(f"{SCREENS}/{_file(scene, language, size)}")
                picture = f"<img loading='lazy' src='{name}' alt='{escape(scene.name)}'>"
                parts.append(
                    f"<figure><a href='{name}'>{picture}</a>"
                    f"<figcaption>{escape(scene.name.replace('_', ' '))}</figcaption></figure>"
                )
    return "\n".join(parts)
