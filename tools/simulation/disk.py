"""Disks of simulated machines: model disks of `tools.faults`, several at once, failing at any change."""

import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from itertools import count
from pathlib import Path

from tools.faults.model_disk import Image, ModelDisk, ModelVfs


class End(Enum):
    """How a machine goes down."""

    POWER = "power"
    """What was not synced survives, vanishes or tears."""
    KILL = "kill"
    """The process dies, the kernel lives on: every write is there."""


class SimDisk(ModelDisk):
    """A disk that can be told to fail later."""

    def __init__(self, directory: Path, contents: Mapping[str, bytes], rng: random.Random) -> None:
        super().__init__(directory, contents, rng, None)
        self._end = End.POWER

    def fail_after(self, changes: int, end: End) -> None:
        """The machine goes down within the `changes`-th write, sync or removal from now on."""
        self._end = end
        self._cut_after = self.changes + changes

    def fail_now(self, end: End) -> Image:
        """The machine goes down between two changes."""
        self._end = end
        if self.image is None:
            self.image = self._after_a_cut()
        return self.image

    def forget(self) -> None:
        """The machine has what is left of it; a world that waits for the collector keeps no disks."""
        for file in (*self._names.values(), *self._durable_names.values()):
            file.forget()
        self.image = {}

    def _after_a_cut(self) -> Image:
        if self._end is End.KILL:
            return {name: bytes(file.now) for name, file in sorted(self._names.items())}
        return super()._after_a_cut()


class Disks:
    """Makes disks in directories of their own; SQLite of this process sees them while `disks()` lasts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers = count(1)
        self._vfs = ModelVfs()

    def insert(self, contents: Mapping[str, bytes], rng: random.Random) -> tuple[Path, SimDisk]:
        """A disk with `contents` and the directory at which it can be seen."""
        directory = self._root / str(next(self._numbers))
        directory.mkdir()
        for name in contents:
            (directory / name).touch(mode=0o600)
        disk = SimDisk(directory, contents, rng)
        self._vfs.disks.append(disk)
        return directory, disk

    def move_to(self, name: str) -> None:
        """From now on disks are seen in a directory of their own: another process has the others."""
        self._root = self._root / name
        self._root.mkdir()

    def remove(self, directory: Path, disk: SimDisk) -> None:
        """Forget a disk; its connections are closed."""
        self._vfs.disks.remove(disk)
        disk.forget()
        for each in tuple(directory.iterdir()):  # quicker than a look into what may be a tree
            each.unlink()
        directory.rmdir()

    def close(self) -> None:
        """SQLite's files are real again."""
        self._vfs.unregister()


@contextmanager
def disks() -> Iterator[Disks]:
    """A place for model disks; empty real files for SQLite's locks lie in memory where there is such."""
    shared = Path("/dev/shm")  # noqa: S108  (names only, no contents)
    place = tempfile.mkdtemp(prefix="officine-simulation-", dir=shared if shared.is_dir() else None)
    made = Disks(Path(place))
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(place)
