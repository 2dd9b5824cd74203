"""Starting and stopping the programs of Officine as real processes, in order, with their logs in files."""

import asyncio
import ctypes
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

READY_WITHIN_S: Final = 60
STOP_WITHIN_S: Final = 10
LOG_TAIL_LINES: Final = 15


_PR_SET_PDEATHSIG: Final = 1
_libc = ctypes.CDLL(None)


class ProgramFailed(Exception):
    """A program ended or never became ready; the text carries the end of its log."""


class Program:
    """One process: `officine` with arguments, its output in a log file.

    `launcher`: what starts it, where it is not to run in this namespace (`ip netns exec NAME`).
    """

    def __init__(
        self,
        name: str,
        arguments: tuple[str, ...],
        log: Path,
        environ: Mapping[str, str],
        launcher: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self._launcher = launcher
        self._arguments = arguments
        self._log = log
        self._environ = dict(environ)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it in a session of its own: Ctrl-C must reach only the one who stops all in order."""
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._launcher,
                sys.executable,
                "-m",
                "officine.main",
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environ,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    async def wait_ready(
        self, is_ready: Callable[[], Awaitable[bool]], within_s: float = READY_WITHIN_S
    ) -> None:
        """Poll until `is_ready`.

        Raises: ProgramFailed: the process ended first, or `within_s` passed.
        """
        assert self.process is not None
        deadline = asyncio.get_running_loop().time() + within_s
        while not await is_ready():
            if self.process.returncode is not None:
                raise ProgramFailed(f"{self.how_it_ended()}:\n{self.log_tail()}")
            if asyncio.get_running_loop().time() > deadline:
                raise ProgramFailed(f"{self.name} was not ready after {within_s} s:\n{self.log_tail()}")
            await asyncio.sleep(0.05)

    async def ended(self) -> None:
        """Wait until the process ends."""
        assert self.process is not None
        await self.process.wait()

    def how_it_ended(self) -> str:
        """Of a process that ended, in words."""
        assert self.process is not None
        status = self.process.returncode
        assert status is not None, f"{self.name} runs"
        if status < 0:
            return f"{self.name} was ended by {signal.Signals(-status).name}"
        return f"{self.name} ended with status {status}"

    async def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to end; after `STOP_WITHIN_S` it is killed."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(with_signal)
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def log_tail(self) -> str:
        """The last lines of the log."""
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "(no log)"
        return "\n".join(lines[-LOG_TAIL_LINES:])


def end_with_parent() -> None:
    """In the child: be told to end when the one who would stop it in order is killed (Linux, prctl)."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
