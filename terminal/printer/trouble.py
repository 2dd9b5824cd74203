"""Why a printer cannot be reached, told from what the system and python-escpos say, in words for the shop.

The system's own words ("[Errno 113] No route to host") tell a person at the counter nothing to do.
"""

import errno
import socket
import termios
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Cause(StrEnum):
    """Why it cannot be reached; the doctor has something to do for each."""

    REFUSED = "refused"
    NO_WAY = "no_way"
    NO_SUCH_NAME = "no_such_name"
    SILENT = "silent"
    CLOSED = "closed"
    NOT_PLUGGED_IN = "not_plugged_in"
    NO_PORT = "no_port"
    NOT_PERMITTED = "not_permitted"
    BUSY = "busy"
    NO_LIBRARY = "no_library"
    OTHER = "other"


WORDS: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.REFUSED: "a machine is there, but it takes no print jobs on this port",
        Cause.NO_WAY: "nothing is found on the network at this address",
        Cause.NO_SUCH_NAME: "the network knows no machine of this name",
        Cause.SILENT: "it does not answer",
        Cause.CLOSED: "it closed the connection without an answer",
        Cause.NOT_PLUGGED_IN: "it is not plugged in, or is switched off",
        Cause.NO_PORT: "this is no serial port",
        Cause.NOT_PERMITTED: "this user may not open it",
        Cause.BUSY: "another program holds it",
        Cause.NO_LIBRARY: "the library that opens it is not installed",
        Cause.OTHER: "it cannot be opened",
    }
)
_BY_NUMBER: Final[Mapping[int, Cause]] = MappingProxyType(
    {
        errno.ECONNREFUSED: Cause.REFUSED,
        errno.EHOSTUNREACH: Cause.NO_WAY,
        errno.ENETUNREACH: Cause.NO_WAY,
        errno.EHOSTDOWN: Cause.NO_WAY,
        errno.ETIMEDOUT: Cause.SILENT,
        errno.ECONNRESET: Cause.CLOSED,
        errno.EPIPE: Cause.CLOSED,
        errno.ENOENT: Cause.NOT_PLUGGED_IN,
        errno.ENODEV: Cause.NOT_PLUGGED_IN,
        errno.ENXIO: Cause.NOT_PLUGGED_IN,
        errno.EIO: Cause.NOT_PLUGGED_IN,
        errno.ENOTTY: Cause.NO_PORT,
        errno.EACCES: Cause.NOT_PERMITTED,
        errno.EPERM: Cause.NOT_PERMITTED,
        errno.EBUSY: Cause.BUSY,
        errno.EAGAIN: Cause.BUSY,
    }
)


def cause_of(error: BaseException) -> Cause:
    """Why, by the first error in the chain that is known: each library wraps the system's in its own."""
    for each in _chain(error):
        if isinstance(each, TimeoutError):
            return Cause.SILENT
        if isinstance(each, socket.gaierror):
            return Cause.NO_SUCH_NAME
        if isinstance(each, ImportError) or type(each).__name__ == "NoBackendError":
            return Cause.NO_LIBRARY
        number = each.args[0] if isinstance(each, termios.error) else getattr(each, "errno", None)
        if isinstance(number, int) and number in _BY_NUMBER:
            return _BY_NUMBER[number]
        if type(each).__name__ == "DeviceNotFoundError" and "not found or cable not plugged in" in str(each):
            return Cause.NOT_PLUGGED_IN  # python-escpos knows it from pyusb finding nothing: no number
    return Cause.OTHER


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it came from, outermost first."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
