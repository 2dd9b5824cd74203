"""The machine: operating system, board, memory, heat, disks, clock, versions; no host name, no address."""

import asyncio
import os
import platform
import re
import shutil
import subprocess
import time
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from officine.doctor.base import Machine
from officine.doctor.disk import places_of
from officine.support.allowed import allowed, system_word, version_text
from officine.support.section import Facts
from officine.version import VERSION

MIB: Final = 1024 * 1024
_COMMAND_DEADLINE_S: Final = 5
_ARCHITECTURES: Final = ("x86_64", "aarch64", "armv7l")
_BOARD: Final = re.compile(r"Raspberry Pi [A-Za-z0-9 .]{1,40}")


class Versions:
    """Versions."""

    name = "versions"
    tells = "versions of Officine, Python and every installed package"

    async def collect(self, machine: Machine) -> Facts:
        """What is installed beside us."""
        del machine
        return await asyncio.to_thread(_versions)


class MachineFacts:
    """Operating system, board, memory, heat, disks, clock."""

    name = "machine"
    tells = "operating system, board, memory, heat, under-voltage, room on the disks, clock"

    async def collect(self, machine: Machine) -> Facts:
        """Read what the kernel tells everybody."""
        return await asyncio.to_thread(_machine, machine)


def _versions() -> Facts:
    packages = {}
    for found in distributions():
        name = re.sub(r"[^a-z0-9-]", "-", (found.name or "").lower())
        if (version := version_text(found.version)) is not None:
            packages[name[:60]] = version
    return {
        "officine": version_text(VERSION),
        "python": platform.python_version(),
        "packages": dict(sorted(packages.items())),
    }


def _machine(machine: Machine) -> Facts:
    return {
        "os": _os_release(),
        "kernel": version_text(platform.release().partition("-")[0]),
        "architecture": platform.machine() if platform.machine() in _ARCHITECTURES else "other",
        "board": _board(),
        "processors": os.cpu_count(),
        "load_percent": [int(100 * each) for each in os.getloadavg()],
        "memory_mib": _memory(),
        "uptime_s": int(time.clock_gettime(time.CLOCK_BOOTTIME)),
        "temperature_celsius": _temperature(),
        "throttled_bits": _throttled(),
        "disks": _disks(machine),
        "clock": _clock(),
    }


def _os_release() -> Facts:
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return {}
    return {
        "id": system_word(told.get("ID", "")),
        "version": version_text(told.get("VERSION_ID", "")),
    }


def _board() -> str | None:
    try:
        text = Path("/sys/firmware/devicetree/base/model").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return None
    match = _BOARD.fullmatch(text.strip("\0 \n"))
    return match[0] if match else "other"


def _memory() -> Facts:
    found = {}
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            name, _, rest = line.partition(":")
            if name in ("MemTotal", "MemAvailable", "SwapTotal"):
                found[name] = int(rest.split()[0]) // 1024
    except OSError:
        return {}
    return found


def _temperature() -> int | None:
    try:
        return int(Path("/sys/class/thermal/thermal_zone0/temp").read_text(encoding="ascii")) // 1000
    except (OSError, ValueError):
        return None


def _throttled() -> int | None:
    """What a Raspberry Pi says of under-voltage (bit 0 now, bit 16 since it started) and heat."""
    told = output_of("vcgencmd", "get_throttled") or ""
    match = re.fullmatch(r"throttled=0x([0-9a-f]{1,6})\s*", told)
    return int(match[1], 16) if match else None


def _disks(machine: Machine) -> list[Facts]:
    """The disks that hold our data, by what lies on them; never their paths."""
    found = []
    for what, place in (("root", Path("/")), *(("data", place) for place in places_of(machine))):
        while not place.is_dir():
            place = place.parent
        usage, nodes = shutil.disk_usage(place), os.statvfs(place)
        found.append(
            {
                "holds": what,
                "total_mib": usage.total // MIB,
                "free_mib": usage.free // MIB,
                "free_inodes_percent": 100 * nodes.f_favail // nodes.f_files if nodes.f_files else None,
                "is_read_only": bool(nodes.f_flag & os.ST_RDONLY),
            }
        )
    return found


def _clock() -> Facts:
    told = output_of("timedatectl", "show", "--property=NTPSynchronized", "--value") or ""
    synchronized = {"yes": True, "no": False}.get(told.strip())
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"now": now, "is_synchronized": allowed(synchronized)}


def output_of(*command: str, bytes_max: int = MIB) -> str | None:
    """What a program of the system printed; None where it is not there, fails, or does not end."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  (a fixed command; no shell)
            [program, *command[1:]],
            capture_output=True,
            timeout=_COMMAND_DEADLINE_S,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "SYSTEMD_COLORS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout[:bytes_max].decode("utf-8", errors="replace") if done.returncode == 0 else None
