"""Debian roots made once and kept, and the folder that keeps what was downloaded for them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[3]
KEPT = Path(os.environ.get("OFFICINE_MACHINES", PROJECT / ".state" / "machines"))
ROOTS = KEPT / "roots"
DOWNLOADS = KEPT / "downloads"
RUNNING = KEPT / "running"

PACKAGES = "systemd,systemd-sysv,dbus,udev,iproute2,python3,python3-venv,ca-certificates"
BINFMT = Path("/proc/sys/fs/binfmt_misc")
AARCH64 = (
    r":officine-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
)
"""How the kernel knows a program of arm64: the head of its file (ELF, 64 bits, machine 183), and a mask."""
TRUST_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT")


@dataclass(frozen=True)
class Debian:
    """A release on a processor."""

    codename: str
    python: str
    architecture: str = "amd64"

    @property
    def name(self) -> str:
        """The name of its root, and of its folder of downloaded packages."""
        is_usual = self.architecture == "amd64"
        return self.codename if is_usual else f"{self.codename}-{self.architecture}"


BOOKWORM = Debian("bookworm", python="3.11")
TRIXIE = Debian("trixie", python="3.13")
BOOKWORM_ARM64 = Debian("bookworm", python="3.11", architecture="arm64")


def bare_root(debian: Debian) -> Path:
    """The release as debootstrap makes it, kept between runs (two minutes the first time)."""
    path = ROOTS / debian.name
    if path.is_dir():
        return path
    unfinished = _begin(path)
    kept = DOWNLOADS / f"apt-{debian.name}"
    kept.mkdir(parents=True, exist_ok=True)
    command = [
        "debootstrap",
        f"--arch={debian.architecture}",
        f"--cache-dir={kept}",
        f"--include={PACKAGES}",
        debian.codename,
        str(unfinished),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=1800)
    for variable in TRUST_VARIABLES:  # what this machine trusts, its root trusts
        trusted = os.environ.get(variable)
        if trusted and Path(trusted).is_file():
            (unfinished / trusted.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(trusted, unfinished / trusted.lstrip("/"))
    return unfinished.rename(path)


def copy_root(source: Path, target: Path) -> Path:
    """A root with owners, links and devices as they are."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True, timeout=300)
    return target


@contextmanager
def place_of_machines(name: str) -> Iterator[Path]:
    """A folder for roots that are used up, removed at the end; so is what runs that were killed left behind.

    Never pytest's own folder: pytest empties that of a killed run without a look at what is mounted there.
    """
    for stale in RUNNING.glob("*-*"):
        if not Path(f"/proc/{stale.name.partition('-')[0]}").exists():
            _remove_roots(stale)
    place = RUNNING / f"{os.getpid()}-{name}"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        _remove_roots(place)


@contextmanager
def foreign_programs(emulator: str) -> Iterator[None]:
    """The kernel runs programs of arm64 through the emulator, in a chroot as well (flag F), until the end."""
    entry = BINFMT / "officine-aarch64"
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "none", str(BINFMT)], check=True, timeout=30)
    if entry.exists():
        entry.write_text("-1")  # of a run that was killed
    (BINFMT / "register").write_text(f"{AARCH64}:{shutil.which(emulator)}:F")
    try:
        yield
    finally:
        entry.write_text("-1")


@contextmanager
def mounted(root: Path, debian: Debian) -> Iterator[None]:
    """What a chroot needs of this machine; what it downloads is kept for the next one."""
    kept = {
        DOWNLOADS / f"apt-{debian.name}": root / "var/cache/apt/archives",
        DOWNLOADS / "pip": root / "root/.cache/pip",
    }
    mounts = {Path(f"/{name}"): root / name for name in ("proc", "sys", "dev")} | kept
    with ExitStack() as stack:
        for source, target in mounts.items():
            source.mkdir(parents=True, exist_ok=True)
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", str(source), str(target)], check=True, timeout=30)
            stack.callback(_unmount, target)
        yield


def _begin(path: Path) -> Path:
    unfinished = path.with_name(path.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    return unfinished


def _remove_roots(place: Path) -> None:
    """Remove roots, and before that unmount what is this machine's: it would be emptied as well."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    for mount in reversed([Path(mount) for mount in mounts if Path(mount).is_relative_to(place)]):
        _unmount(mount)
    subprocess.run(["rm", "-rf", "--one-file-system", str(place)], check=True, timeout=600)


def _unmount(target: Path) -> None:
    subprocess.run(["umount", "--lazy", str(target)], check=True, timeout=30)
