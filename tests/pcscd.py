"""A real pcscd with virtual readers for tests; one at a time on a machine, whoever tests there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.cards.pcscd import Pcscd, PcscdMissing, require_pcscd
from tools.cards.usb_port import NoUsbPort, UsbPort

_LOCK = Path("/tmp/officine-tests-pcscd.lock")
IN_TURN = pytest.mark.timeout(600)
"""Of tests that use it: waiting for other runs on this machine counts. Their files: `tests.together`."""


@contextmanager
def own_pcscd(log: Path, port: UsbPort | None = None) -> Iterator[Pcscd]:
    """A running pcscd that the test may stop and start again; skips the test where there can be none."""
    try:
        import smartcard.scard  # noqa: F401  (the drivers are compiled where that is possible)
    except ImportError:
        pytest.skip("no PC/SC here: pyscard is not installed (scripts/setup test)")
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # its sockets are in fixed places: tests in parallel take turns
        try:
            require_pcscd()
        except PcscdMissing as error:
            pytest.skip(f"no PC/SC here: {error}")
        pcscd = Pcscd(log, port)
        pcscd.start()
        try:
            yield pcscd
        finally:
            pcscd.stop()


@contextmanager
def own_usb_port(folder: Path) -> Iterator[UsbPort]:
    """A USB port with a reader to be pulled out; skips the test where it cannot be made."""
    folder.mkdir()
    try:
        port = UsbPort(folder)
    except NoUsbPort as error:
        pytest.skip(f"no PC/SC here: {error}")
    with port:
        yield port
