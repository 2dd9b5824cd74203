"""A pcscd of our own with virtual readers only, for tests and demonstrations; never on a till."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from tools.cards.usb_port import UsbPort
from tools.cards.vpcd import PORT

SOCKET: Final = Path("/run/pcscd/pcscd.comm")
VIRTUAL_DRIVER: Final = Path("/etc/reader.conf.d/vpcd")
READY_WITHIN_S: Final = 10
_POLL_S: Final = 0.02


class PcscdMissing(Exception):
    """pcscd cannot be run here; the text says why."""


def require_pcscd() -> None:
    """Check that a pcscd can be started here, and that none runs already.

    Raises: PcscdMissing.
    """
    if shutil.which("pcscd") is None:
        raise PcscdMissing("pcscd is not installed (apt install pcscd vsmartcard-vpcd)")
    if not VIRTUAL_DRIVER.exists():
        raise PcscdMissing("vpcd is not installed (apt install vsmartcard-vpcd)")
    if os.geteuid() != 0:
        raise PcscdMissing("only root may run a pcscd of its own")
    if is_answering():
        raise PcscdMissing("another pcscd runs on this machine; stop it first")


class Pcscd:
    """One pcscd process; its sockets are in fixed places, so only one at a time."""

    def __init__(self, log: Path, port: UsbPort | None = None) -> None:
        """`port`: its only reader is the one in there; without one, vpcd's two."""
        self._log = log
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running process."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, readers: Path | None = None) -> None:
        """Start, and wait until it answers. `readers`: a directory of reader.conf files, not the system's.

        Raises: PcscdMissing: it ended; the text has the end of its log.
        """
        SOCKET.parent.mkdir(exist_ok=True)
        for stale in (SOCKET, SOCKET.with_name("pcscd.pid")):
            stale.unlink(missing_ok=True)
        program = shutil.which("pcscd") or "pcscd"
        command = [program, "--foreground"]
        usage = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)  # noqa: S603
        if "--disable-polkit" in usage.stdout:  # from 2.0 on; earlier ones know no such word and end
            command.append("--disable-polkit")
        environ = dict(os.environ)
        if self._port is not None:
            readers = self._port.no_other_readers
            environ |= self._port.environ
        if readers is not None:
            command += ["--config", str(readers)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (a fixed command)
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ
            )
        until_s = time.monotonic() + READY_WITHIN_S
        while not (is_answering() and (readers is not None or _listens(PORT))):
            if self._process.poll() is not None or time.monotonic() > until_s:
                said = self._log.read_text(errors="replace")[-500:]
                self.stop()
                raise PcscdMissing(f"pcscd does not start: {said}")
            time.sleep(_POLL_S)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """End it, as asked or as a crash would (SIGKILL)."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(with_signal)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_answering() -> bool:
    """Whether a pcscd runs on this machine."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(SOCKET)) == 0


def _listens(port: int) -> bool:
    # Looking must not connect: a connection is a card.
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    return any(fields[1].endswith(wanted) and fields[3] == "0A" for fields in map(str.split, lines[1:]))
