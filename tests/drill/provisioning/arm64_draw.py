"""Run by an emulated aarch64 Python: imports what a terminal installs, draws, prints figures as JSON."""

import importlib
import json
import platform
import sys
import time
from pathlib import Path

LOCKED = (
    "aiohttp", "apsw", "babel", "biip", "click", "cryptography.hazmat.primitives.asymmetric.ec", "fontTools",
    "gpiozero", "msgspec", "pygame", "rich", "segno", "serial", "structlog",
)  # fmt: skip
DEBIAN = ("smartcard.System",)
OURS = ("officine.main", "reader_daemon.service", "terminal.run", "kiosk.app")
FRAMES = 20


def main(fonts_dir: Path, picture: Path) -> None:
    """Import, draw, tell."""
    started_s = time.monotonic()
    for name in (*LOCKED, *DEBIAN, *OURS):
        importlib.import_module(name)
    imported_s = time.monotonic() - started_s

    import apsw
    import pygame

    from kiosk.contact_sheet import draw_scene, kit_of
    from kiosk.scenes import SCENES

    kit = kit_of((800, 480), fonts_dir)
    scene = next(each for each in SCENES if each.name == "attract")
    canvas = draw_scene(kit, scene, "fr")
    pygame.image.save(canvas.surface, picture)
    started_s = time.monotonic()
    for _ in range(FRAMES):
        draw_scene(kit, scene, "fr")
    told = {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "sdl": ".".join(map(str, pygame.get_sdl_version())),
        "imported": len(LOCKED) + len(DEBIAN) + len(OURS),
        "import_s": round(imported_s, 1),
        "frames_per_s": round(FRAMES / (time.monotonic() - started_s), 1),
        "texts": [label.text for label in canvas.labels],
    }
    sys.stdout.write("\n" + json.dumps(told) + "\n")  # libraries may have written before


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
