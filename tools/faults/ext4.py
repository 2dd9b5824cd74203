"""A small ext4 of its own on a loop device: it can run full, and its power can be cut. Needs root.

A cut is the file system's shutdown request (EXT4_IOC_SHUTDOWN of Linux), as fstests do it: without a flush of
the log nothing unsynced reaches the image, and the next mount replays the journal.
"""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SHUTDOWN: Final = 0x8004587D
"""_IOR('X', 125, __u32)."""
NO_LOG_FLUSH: Final = 2
TOOLS: Final = ("mkfs.ext4", "mount", "umount")


class NoLoopDisk(Exception):
    """No loop mount can be had here; the text says what failed."""


class LoopDisk:
    """An ext4 in an image file, mounted at `mount_point`."""

    def __init__(self, image: Path, mount_point: Path) -> None:
        self._image = image
        self.mount_point = mount_point

    def mount(self) -> None:
        """Mount it; ext4 replays its journal. Raises: NoLoopDisk."""
        _run("mount", "-o", "loop", "-t", "ext4", str(self._image), str(self.mount_point))

    def unmount(self) -> None:
        """Take it off; nobody may use it any more."""
        _run("umount", str(self.mount_point))

    def turn_read_only(self) -> None:
        """Let ext4 find an error in itself: nobody may write any more, as on Debian's root file system."""
        device = Path(_run("findmnt", "-n", "-o", "SOURCE", str(self.mount_point)).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("drill", encoding="ascii")

    def repair(self) -> None:
        """Take it off, let e2fsck mend it, and mount it again; nobody may use it meanwhile."""
        self.unmount()
        _run("e2fsck", "-f", "-y", str(self._image))
        self.mount()

    def cut_power(self) -> None:
        """From now on every access fails, and what was not synced is gone."""
        handle = os.open(self.mount_point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(handle)


@contextmanager
def loop_disk(directory: Path, size_mib: int) -> Iterator[LoopDisk]:
    """Make, mount and at the end remove a small ext4.

    Raises: NoLoopDisk: not root, no tools, or no loop device.
    """
    if os.geteuid() != 0:
        raise NoLoopDisk("not root")
    for tool in TOOLS:
        if shutil.which(tool) is None:
            raise NoLoopDisk(f"no {tool}")
    image, mount_point = directory / "disk.img", directory / "disk"
    with image.open("wb") as file:
        file.truncate(size_mib * 1024 * 1024)
    mount_point.mkdir()
    _run("mkfs.ext4", "-q", "-F", "-e", "remount-ro", str(image))
    disk = LoopDisk(image, mount_point)
    disk.mount()
    try:
        yield disk
    finally:
        if mount_point.is_mount():
            _run("umount", "--lazy", str(mount_point))


def _run(*command: str) -> str:
    path = shutil.which(command[0])
    if path is None:
        raise NoLoopDisk(f"no {command[0]}")
    done = subprocess.run([path, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603
    mended = 1 if command[0] == "e2fsck" else 0
    if done.returncode > mended:
        raise NoLoopDisk(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout
