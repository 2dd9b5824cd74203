"""A USB port with one reader in it, to be pulled out and put back while pcscd goes on (see usb_port.c)."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, Self

_SOURCE: Final = Path(__file__).with_suffix(".c")
_VPCD: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_HEADERS: Final = Path("/usr/include/PCSC")


class NoUsbPort(Exception):
    """The port cannot be made here; the text says why."""


class UsbPort:
    """The port of a pcscd that is started with it; the reader is in at the beginning."""

    def __init__(self, folder: Path) -> None:
        """Compile the port into `folder`.

        Raises: NoUsbPort: no compiler, no headers of pcscd or no vpcd.
        """
        compiler = shutil.which("cc")
        if compiler is None or not (_HEADERS / "ifdhandler.h").exists() or not _VPCD.exists():
            raise NoUsbPort("it needs a C compiler, libpcsclite-dev and vsmartcard-vpcd")
        self._folder = folder
        self._library = folder / "usb_port.so"
        vpcd = folder / "libifdvpcd.so.0"  # by its soname, for the loader
        vpcd.symlink_to(_VPCD)
        command = [compiler, "-shared", "-fPIC", "-O2", f"-I{_HEADERS}", "-o", str(self._library)]
        command += [str(_SOURCE), "-Wl,--no-as-needed,-rpath,$ORIGIN", str(vpcd), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603  (our own source, our own arguments)
        os.mkfifo(folder / "events")
        self._events = os.open(folder / "events", os.O_RDWR | os.O_CLOEXEC)
        (folder / "plugged").touch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._events)

    @property
    def environ(self) -> dict[str, str]:
        """Variables for the pcscd that this port belongs to."""
        return {"LD_PRELOAD": str(self._library), "OFFICINE_USB_PORT": str(self._folder)}

    @property
    def no_other_readers(self) -> Path:
        """An empty directory in place of the system's reader.conf.d, where vpcd would take the same ports."""
        path = self._folder / "reader.conf.d"
        path.mkdir(exist_ok=True)
        return path

    def unplug(self) -> None:
        """Pull the reader out."""
        (self._folder / "plugged").unlink()
        os.write(self._events, b"r")

    def plug(self) -> None:
        """Put it back."""
        (self._folder / "plugged").touch()
        os.write(self._events, b"a")

    def fail(self, *, fails: bool) -> None:
        """Plugged in all the while, it answers nothing but errors; or is well again."""
        dead = self._folder / "dead"
        if fails:
            dead.touch()
        else:
            dead.unlink()
