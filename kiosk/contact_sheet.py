"""Every screen in every language, size and mode on one page: what we look at before customers do."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Final, TypeVar

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from kiosk.assets import fonts
from kiosk.flow.mode import PLAIN, Mode
from kiosk.locales.words import LANGUAGES, OWN_NAMES
from kiosk.scenes import SCENES, Scene, play
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas, Kit
from kiosk.widgets.fontbook import FontBook
from kiosk.widgets.metrics import Metrics
from wire.messages import Language

SCREENS: Final = "screens"
SIZES: Final = ((800, 480), (1280, 800), (800, 1280))
MODES: Final[dict[str, Mode]] = {
    "plain": PLAIN,
    "large": Mode(is_large=True),
    "contrast": Mode(is_contrast=True),
    "left": Mode(is_left_handed=True),
    "low": Mode(is_low=True),
    "all": Mode(
        is_large=True,
        is_contrast=True,
        is_left_handed=True,
        is_low=True,
        is_spoken=True,
        is_slow=True,
        is_calm=True,
    ),
}
"""What changes the picture, one by one and all together."""

SCENES_NEAR_MAX: Final = 12

Progress = Callable[[int, int, str], None]
T = TypeVar("T")


def kit_of(size: tuple[int, int], fonts_dir: Path | None = None) -> Kit:
    """What drawing at this size needs; the fonts are built on first use."""
    directory = fonts.build(fonts_dir or fonts.default_directory())
    return Kit(metrics=Metrics.of(size), fonts=FontBook(directory))


def draw_scene(kit: Kit, scene: Scene, language: Language, mode: Mode = PLAIN, pulled: int = 0) -> Canvas:
    """One scene, drawn on a surface of its own; no display is needed."""
    surface = pygame.Surface((kit.metrics.width, kit.metrics.height))
    kit.forget_growth()  # what was drawn before does not matter
    return paint(surface, kit, play(scene, language, mode, pulled))


class UnknownChoice(ValueError):
    """There is nothing of this name to draw; the text says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is drawn: each of the scenes in each language, size and mode."""

    scenes: Sequence[Scene] = SCENES
    languages: Sequence[Language] = tuple(LANGUAGES)
    sizes: Sequence[tuple[int, int]] = SIZES
    modes: Sequence[str] = tuple(MODES)

    @property
    def count(self) -> int:
        """How many pictures that are."""
        return len(self.scenes) * len(self.languages) * len(self.sizes) * len(self.modes)


def chosen(
    *,
    scenes: Sequence[str] = (),
    languages: Sequence[str] = (),
    sizes: Sequence[str] = (),
    modes: Sequence[str] = (),
) -> Choice:
    """What was named; nothing named is all of it. Scenes are named by how they begin.

    Raises: UnknownChoice.
    """
    for prefix in scenes:
        if not any(scene.name.startswith(prefix) for scene in SCENES):
            raise UnknownChoice(f"No scene begins with {prefix!r}. {_scenes_like(prefix)}")
    named = {f"{width}x{height}": (width, height) for width, height in SIZES}
    return Choice(
        scenes=[each for each in SCENES if not scenes or each.name.startswith(tuple(scenes))],
        languages=_named("language", languages, {str(one): one for one in LANGUAGES}),
        sizes=_named("size", sizes, named),
        modes=_named("mode", modes, {name: name for name in MODES}),
    )


def _scenes_like(wanted: str) -> str:
    """What scenes there are: those that are called nearly so, then how all of them begin."""
    names = [scene.name for scene in SCENES]
    within = [name for name in names if wanted and wanted in name]
    near = dict.fromkeys((within + get_close_matches(wanted, names, n=SCENES_NEAR_MAX))[:SCENES_NEAR_MAX])
    nearly = f"Nearly so: {', '.join(near)}. " if near else ""
    beginnings = ", ".join(dict.fromkeys(name.partition("_")[0] for name in sorted(names)))
    return f"{nearly}They begin with: {beginnings}"


def _named(what: str, wanted: Sequence[str], known: Mapping[str, T]) -> list[T]:
    for one in wanted:
        if one not in known:
            raise UnknownChoice(f"There is no {what} {one!r}: choose of {', '.join(known)}")
    return [value for name, value in known.items() if not wanted or name in wanted]


def write(directory: Path, on_progress: Progress | None = None, *, choice: Choice = Choice()) -> Path:
    """Draw what was chosen into `directory`, with a page that shows it.

    Returns: the page (`index.html`); beside it `sheet-*.png`, one per language and size as everybody sees
    them and per mode and size in the first language, and the directory `screens` with one picture per screen,
    language, size and mode and nothing else.
    """
    (directory / SCREENS).mkdir(parents=True, exist_ok=True)
    done = 0
    for size in choice.sizes:
        kit = kit_of(size)
        for language in choice.languages:
            for mode in choice.modes:
                pictures = []
                for scene in choice.scenes:
                    surface = draw_scene(kit, scene, language, MODES[mode]).surface
                    pygame.image.save(surface, directory / SCREENS / _file(scene, language, size, mode))
                    pictures.append(surface)
                    done += 1
                    if on_progress:
                        on_progress(done, choice.count, f"{scene.name} {language} {mode}")
                if mode == "plain" or language == choice.languages[0]:
                    sheet = f"sheet-{size[0]}x{size[1]}-{language}-{mode}.png"
                    pygame.image.save(_sheet(pictures), directory / sheet)
    page = directory / "index.html"
    page.write_text(_page(choice), encoding="utf-8")
    return page


def _file(scene: Scene, language: Language, size: tuple[int, int], mode: str) -> str:
    return f"{scene.name}-{size[0]}x{size[1]}-{language}-{mode}.jpg"


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


def _page(choice: Choice) -> str:
    """All pictures, and what to show of them: any of size, language, mode and part of a name."""
    choices: dict[str, dict[str, str]] = {
        "size": {f"{width}x{height}": f"{width} × {height}" for width, height in choice.sizes},
        "language": {str(one): OWN_NAMES[one] for one in choice.languages},
        "mode": {name: name for name in choice.modes},
    }
    parts = ["<!doctype html><meta charset='utf-8'><title>Kiosk screens</title>", _STYLE, "<form>"]
    for name, values in choices.items():
        options = "".join(
            f"<option value='{value}'>{escape(said)}</option>" for value, said in values.items()
        )
        parts.append(
            f"<label>{name} <select name='{name}'>{options}<option value=''>all</option></select></label>"
        )
    parts.append(
        "<label>screen <input name='scene' placeholder='part of a name'></label><output></output></form>"
    )
    for size in choice.sizes:
        for language in choice.languages:
            for mode in choice.modes:
                for scene in choice.scenes:
                    name = escape(f"{SCREENS}/{_file(scene, language, size, mode)}")
                    parts.append(
                        f"<figure hidden data-size='{size[0]}x{size[1]}' data-language='{language}'"
                        f" data-mode='{mode}' data-scene='{escape(scene.name)}'><a href='{name}'>"
                        f"<img loading='lazy' src='{name}' alt='{escape(scene.name)}'></a>"
                        f"<figcaption>{escape(scene.name.replace('_', ' '))}</figcaption></figure>"
                    )
    return "\n".join([*parts, _SCRIPT])


_STYLE: Final = """<style>body{font:15px sans-serif;background:#dde3df;margin:0 24px}
form{position:sticky;top:0;background:#dde3df;padding:16px 0;z-index:1}label{margin-right:24px}
figure{display:inline-block;margin:8px;vertical-align:top}figure[hidden]{display:none}
img{width:480px;display:block;border-radius:8px}figcaption{color:#52645c}</style>"""

_SCRIPT: Final = """<script>
const form = document.forms[0], figures = [...document.querySelectorAll("figure")];
function show() {
  const wanted = new FormData(form);
  let shown = 0;
  for (const figure of figures) {
    const fits = ["size", "language", "mode"].every(
      (each) => !wanted.get(each) || figure.dataset[each] === wanted.get(each));
    figure.hidden = !fits || !figure.dataset.scene.includes(wanted.get("scene").trim().replaceAll(" ", "_"));
    shown += !figure.hidden;
  }
  form.querySelector("output").textContent = `${shown} of ${figures.length}`;
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();
</script>"""
