"""Room on the disks that hold what must not be lost, and whether they take anything."""

import asyncio
import os
import shutil
from pathlib import Path

from loyalty.limits.doctor import DISK_FREE_FAIL_BYTES, DISK_FREE_WARN_BYTES
from officine.doctor.base import Machine, Result, fail, ok, warn

MIB = 1024 * 1024


class Disk:
    """Free space where central's database and the terminal's outbox lie; the working directory otherwise."""

    name = "disk"

    def applies(self, machine: Machine) -> bool:
        """Everywhere."""
        del machine
        return True

    async def run(self, machine: Machine) -> Result:
        """The first that is read-only, or else the fullest."""
        places = {await asyncio.to_thread(_existing, place) for place in places_of(machine)}
        for place in sorted(places):
            if os.statvfs(place).f_flag & os.ST_RDONLY:
                text = f"{place} is on a file system that takes nothing: read-only"
                step = "Restart the machine; if it is read-only again the card or disk is worn: replace it."
                return fail(self, "read_only", text, step)
        frees = [(shutil.disk_usage(place).free, place) for place in sorted(places)]
        free, place = min(frees)
        text = f"{free // MIB:,} MiB free in {place}".replace(",", " ")
        if free < DISK_FREE_FAIL_BYTES:
            step = "Make room now: tickets cannot be saved on a full disk."
            return fail(self, "full", text, step, free_mib=free // MIB)
        if free < DISK_FREE_WARN_BYTES:
            step = "Make room soon; look for old logs and copies."
            return warn(self, "low", text, step, free_mib=free // MIB)
        return ok(self, text, free_mib=free // MIB)


def places_of(machine: Machine) -> list[Path]:
    """Where central and the terminal keep what must not be lost; the working directory otherwise."""
    places = []
    if "central" in machine.programs:
        places.append(machine.programs["central"].secrets_file.parent)
        database = machine.programs["central"].database
        if database.startswith("sqlite:///"):
            places.append(Path(database.removeprefix("sqlite:///")).parent)
    if "terminal" in machine.programs:
        places.append(machine.programs["terminal"].state_dir)
    return places or [Path()]


def _existing(path: Path) -> Path:
    """The nearest directory that is there."""
    path = path.resolve()
    while not path.is_dir():
        path = path.parent
    return path
