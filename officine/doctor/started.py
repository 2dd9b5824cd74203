"""Does a program run as installed and set up now? One read its settings, and its code, when it started."""

from pathlib import Path
from typing import Final

from officine.doctor.base import Machine, Result, ok, warn
from officine.doctor.screen import LookedInVain, look
from officine.local_state import hello_of
from officine.version import VERSION
from wire.marks import changed_since
from wire.peer import PeerError

SOCKETS: Final = {"terminal": "socket", "reader": "socket", "kiosk": "live_screen_socket"}
"""The setting with the socket at which each program says what it was started with."""


class StartedWith:
    """The version and the settings of a running program beside those on the disk."""

    def __init__(self, program: str) -> None:
        self._program = program
        self.name = f"{program} as set up"

    def applies(self, machine: Machine) -> bool:
        """Where this program is set up and has a socket to ask at."""
        return self._program in machine.programs and self._socket(machine) is not None

    async def run(self, machine: Machine) -> Result:
        """Ask the program; what is wrong otherwise is said by the checks beside this one."""
        path = self._socket(machine)
        assert path is not None, "applies() found it"
        try:
            version, started_with = await self._ask(path)
        except (PeerError, LookedInVain):
            step = "Start it first; its own line says how."
            return warn(self, "not_running", "not compared, it does not answer", step)
        restart = f"Restart it: systemctl restart officine-{self._program}"
        if version != VERSION:
            text = f"runs version {version}, installed is {VERSION}"
            return warn(self, "other_version", text, restart)
        changed = changed_since(started_with, machine.programs[self._program])
        if changed:
            text = f"runs with other settings than the file has now: {', '.join(changed)}"
            return warn(self, "other_settings", text, restart, changed=len(changed))
        return ok(self, f"version {version}, {len(started_with)} settings as in the file")

    def _socket(self, machine: Machine) -> Path | None:
        path: Path | None = getattr(machine.programs[self._program], SOCKETS[self._program])
        return path

    async def _ask(self, path: Path) -> tuple[str, dict[str, str]]:
        """Raises: PeerError, LookedInVain."""
        if self._program == "kiosk":
            head = await look(path)
            return head.version, head.started_with
        hello = await hello_of(path)
        return hello.version, hello.started_with
