"""A till's end of a serial wedge: it asks with ENQ, and hears a member's number or that there is none."""

import os
import select
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

ENQ, NAK = b"\x05", b"\x15"
ANSWER_S: Final = 3.0
_QUIET_S: Final = 0.2
_BYTES: Final = 256


def ask_line(device: str, *, baud: int = 9600) -> str | None:
    """Ask on a real serial line; None: no card is there.

    Raises: OSError: the line cannot be opened; TimeoutError: nobody answers.
    """
    import serial

    with serial.Serial(device, baudrate=baud, timeout=0, write_timeout=ANSWER_S) as port:
        return _ask(port)


def _ask(port: Any) -> str | None:
    port.write(ENQ)
    heard = b""
    until_s = time.monotonic() + ANSWER_S
    while time.monotonic() < until_s:
        is_there, _, _ = select.select([port.fileno()], [], [], _QUIET_S)
        if is_there:
            heard += port.read(_BYTES)
        elif heard:
            break
    if not heard:
        raise TimeoutError(f"no answer within {ANSWER_S:g} s")
    return None if heard == NAK else heard.decode("ascii", "replace").strip()


@contextmanager
def a_line() -> Iterator[tuple[int, str]]:
    """A serial line that is not there (a pty): the till's end, and the path of the terminal's."""
    till, ours = os.openpty()
    tty.setraw(till)
    tty.setraw(ours)
    os.set_blocking(till, False)
    try:
        yield till, os.ttyname(ours)
    finally:
        os.close(till)
        os.close(ours)
