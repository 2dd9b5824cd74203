"""The machine's room: on the disk that holds what must not be lost, and in memory. Blocking, and quick."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEMINFO: Final = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """In bytes. `memory`: what programs may still have; None where the kernel does not say."""

    disk: int
    is_read_only: bool
    memory: int | None


def look(folder: Path, meminfo: Path = MEMINFO) -> Room:
    """How much room there is. `folder`: on the disk that is meant; it need not be there yet."""
    place = folder.resolve()
    while not place.is_dir():
        place = place.parent
    is_read_only = bool(os.statvfs(place).f_flag & os.ST_RDONLY)
    return Room(
        disk=shutil.disk_usage(place).free, is_read_only=is_read_only, memory=available_memory(meminfo)
    )


def available_memory(meminfo: Path = MEMINFO) -> int | None:
    """MemAvailable of proc_meminfo(5)."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * 1024
    return None
