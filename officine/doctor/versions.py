"""Versions of what we stand on: Python, SQLite, SDL."""

import asyncio
import importlib.util
import os
import platform
import sys

from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.version import VERSION

PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 45, 0)
"""RETURNING, STRICT and jsonb are all there; what apsw brings is newer."""


class Versions:
    """Python, SQLite and SDL as they are loaded."""

    name = "versions"

    def applies(self, machine: Machine) -> bool:
        """Everywhere."""
        del machine
        return True

    async def run(self, machine: Machine) -> Result:
        """Compare with what we need."""
        found = [f"officine {VERSION}", f"Python {platform.python_version()}"]
        if sys.version_info < PYTHON_MIN:
            return fail(
                self, "python_old", ", ".join(found), "Install Python 3.11 or newer and set up again."
            )
        if importlib.util.find_spec("apsw") is not None:
            import apsw

            sqlite = apsw.sqlite_lib_version()
            found.append(f"SQLite {sqlite}")
            if tuple(int(part) for part in sqlite.split(".")[:3]) < SQLITE_MIN:
                return warn(
                    self, "sqlite_old", ", ".join(found), "Install the locked packages again: make setup"
                )
        if "kiosk" in machine.programs:
            found.append(f"SDL {await asyncio.to_thread(_sdl_version)}")
        return ok(self, ", ".join(found))


def _sdl_version() -> str:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    return ".".join(str(part) for part in pygame.get_sdl_version())
