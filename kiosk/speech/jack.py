"""The headphone jack as Linux tells it: the switch SW_HEADPHONE_INSERT of an input device.

The sound driver offers it where the hardware can tell (many codecs and USB devices; the Raspberry Pi's own
jack cannot). Source: linux/input-event-codes.h, linux/input.h (EVIOCGSW).
"""

import fcntl
import os
from pathlib import Path
from typing import Final

DEVICES: Final = Path("/dev/input")
SW_HEADPHONE_INSERT: Final = 0x02
_BYTES: Final = 8
EVIOCGSW: Final = 2 << 30 | _BYTES << 16 | ord("E") << 8 | 0x1B


class EvdevJack:
    """Looks at every input device that may be read; headphones are in when one of them says so."""

    def __init__(self, devices: Path = DEVICES) -> None:
        self._devices = devices

    def is_in(self) -> bool:
        """Whether a device says that headphones are plugged in."""
        return any(_has_headphones(path) for path in sorted(self._devices.glob("event*")))


def _has_headphones(path: Path) -> bool:
    try:
        device = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        switches = bytearray(_BYTES)
        fcntl.ioctl(device, EVIOCGSW, switches)
    except OSError:  # no switches, or no input device at all
        return False
    finally:
        os.close(device)
    return is_set(switches)


def is_set(switches: bytes | bytearray) -> bool:
    """Whether the bits of EVIOCGSW have the headphones' one."""
    return bool(switches[SW_HEADPHONE_INSERT // 8] >> SW_HEADPHONE_INSERT % 8 & 1)
