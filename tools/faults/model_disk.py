"""A model disk under SQLite (an APSW VFS): at a power cut, what was not synced survives, vanishes or tears.

Contents live in memory; empty real files stand beside them for SQLite's locks and shared memory alone. The
model is more hostile than ext4: names made or removed without a sync may come back or be gone, and a file
that grew unsynced may hold garbage. Bytes outside of a write are never touched (powersafe overwrite).
"""

import os
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw

SECTOR_BYTES: Final = 512
SURVIVAL_PERCENTS: Final = (0, 20, 50, 80, 100)
"""How much of the unsynced sectors a cut spares; one is drawn per cut."""
TORN_PERCENT: Final = 10
REAL_VFS: Final = "unix"

Image = dict[str, bytes]
"""Files by name, as the next boot finds them."""


@dataclass(slots=True)
class _Change:
    """What a write or a cut did to a file that is not synced yet. `old`: the bytes it took away.

    `data`: what was written at `offset`; None: the file was cut short to `offset`. `size`: the file's before.
    """

    offset: int
    data: bytes | None
    old: bytes
    size: int


@dataclass(slots=True)
class _File:
    """One file as programs see it, and how it came to that from what is on the platter.

    A sync forgets the way; what a power cut leaves is worked out only where there is one. Contents are copied
    by the first write: most files of a boot are never written.
    """

    now: bytes | bytearray = b""
    unsynced: list[_Change] = field(default_factory=list)

    def write(self, data: bytes, offset: int) -> None:
        now = self._changeable()
        size, end = len(now), offset + len(data)
        self.unsynced.append(_Change(offset, data, bytes(now[offset:end]), size))
        if size < offset:
            now.extend(bytes(offset - size))
        now[offset:end] = data

    def truncate(self, size: int) -> None:
        now = self._changeable()
        self.unsynced.append(_Change(size, None, bytes(now[size:]), len(now)))
        del now[size:]

    def sync(self) -> None:
        self.unsynced.clear()

    def forget(self) -> None:
        """Nobody looks at it any more."""
        self.now = b""
        self.unsynced.clear()

    def after_a_cut(self, rng: random.Random, survival_percent: int) -> bytes:
        platter = self._platter()
        sectors = _Sectors(bytearray(platter))
        for change in self.unsynced:
            if change.data is None:
                sectors.truncate(change.offset)
            else:
                sectors.write(change.data, change.offset)
        return sectors.after_a_cut(platter, rng, survival_percent)

    def _changeable(self) -> bytearray:
        if isinstance(self.now, bytes):
            self.now = bytearray(self.now)
        return self.now

    def _platter(self) -> bytearray:
        """What was synced: all changes since taken back, the last one first."""
        content = bytearray(self.now)
        for change in reversed(self.unsynced):
            if change.data is None:
                content.extend(change.old)
            else:
                content[change.offset : change.offset + len(change.old)] = change.old
                del content[change.size :]
        return content


@dataclass(slots=True)
class _Sectors:
    """What a drive holds between two syncs: every unsynced version of a sector."""

    now: bytearray
    versions: dict[int, list[bytes]] = field(default_factory=dict)
    cut_short_to: int | None = None

    def write(self, data: bytes, offset: int) -> None:
        end = offset + len(data)
        if len(self.now) < end:
            self.now.extend(bytes(end - len(self.now)))
        self.now[offset:end] = data
        for sector in range(offset // SECTOR_BYTES, (end - 1) // SECTOR_BYTES + 1):
            first = sector * SECTOR_BYTES
            self.versions.setdefault(sector, []).append(bytes(self.now[first : first + SECTOR_BYTES]))

    def truncate(self, size: int) -> None:
        del self.now[size:]
        self.cut_short_to = size if self.cut_short_to is None else min(size, self.cut_short_to)
        self.versions = {
            sector: versions for sector, versions in self.versions.items() if sector * SECTOR_BYTES < size
        }

    def after_a_cut(self, platter: bytearray, rng: random.Random, survival_percent: int) -> bytes:
        content = bytearray(platter)
        if self.cut_short_to is not None and rng.random() < 0.5:
            del content[self.cut_short_to :]
        for sector, versions in sorted(self.versions.items()):
            if rng.randrange(100) >= survival_percent:
                continue
            new = versions[-1] if rng.random() < 0.7 else rng.choice(versions)
            if rng.randrange(100) < TORN_PERCENT:
                new = new[: rng.randrange(len(new) + 1)]
            first = sector * SECTOR_BYTES
            if len(content) < first:
                gap = first - len(content)
                content.extend(rng.randbytes(gap) if rng.random() < 0.5 else bytes(gap))
            content[first : first + len(new)] = new
        return bytes(content)


class ModelDisk:
    """One directory on the model disk. `cut_after`: the power fails in the n-th change (None: never).

    What happens after the cut goes on in memory and no longer counts: `image` was taken at the cut.
    """

    def __init__(
        self, directory: Path, contents: Mapping[str, bytes], rng: random.Random, cut_after: int | None
    ) -> None:
        self._directory = str(directory) + os.sep
        self._rng = rng
        self._cut_after = cut_after
        self._lock = threading.RLock()
        self._names = {name: _File(content) for name, content in contents.items()}
        self._durable_names = dict(self._names)
        self.changes = 0
        self.image: Image | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the power has failed."""
        return self.image is not None

    def holds(self, path: str) -> bool:
        """Whether a path lies on this disk."""
        return path.startswith(self._directory)

    def exists(self, path: str) -> bool:
        """Whether programs see that name."""
        with self._lock:
            return self._name(path) in self._names

    def open(self, path: str) -> _File:
        """The file of that name, made when there is none."""
        with self._lock:
            return self._names.setdefault(self._name(path), _File())

    def write(self, file: _File, data: bytes, offset: int) -> None:
        """Write; not on the platter before a sync."""
        with self._lock:
            file.write(data, offset)
            self._count()

    def truncate(self, file: _File, size: int) -> None:
        """Cut a file short; not on the platter before a sync."""
        with self._lock:
            file.truncate(size)
            self._count()

    def sync(self, file: _File) -> None:
        """A file's contents, size and name reach the platter; the power may fail just before."""
        with self._lock:
            self._count()
            file.sync()
            for name, linked in self._names.items():
                if linked is file:
                    self._durable_names[name] = file

    def delete(self, path: str, *, is_synced: bool) -> None:
        """Remove a name; with `is_synced` the whole directory is synced after it."""
        with self._lock:
            self._names.pop(self._name(path), None)
            self._count()
            if is_synced:
                self._durable_names = dict(self._names)

    def _count(self) -> None:
        self.changes += 1
        if self.changes == self._cut_after:
            self.image = self._after_a_cut()

    def _after_a_cut(self) -> Image:
        survival_percent = self._rng.choice(SURVIVAL_PERCENTS)
        image: Image = {}
        for name in sorted(self._names.keys() | self._durable_names.keys()):
            seen, kept = self._names.get(name), self._durable_names.get(name)
            file = seen if seen is kept or self._rng.random() < 0.5 else kept
            if file is not None:
                image[name] = file.after_a_cut(self._rng, survival_percent)
        return image

    def _name(self, path: str) -> str:
        return path.removeprefix(self._directory)


class _ModelFile(apsw.VFSFile):
    """SQLite's handle: contents from the model, locks and shared memory from the empty real file."""

    def __init__(self, disk: ModelDisk, path: str, name: apsw.URIFilename, flags: list[int]) -> None:
        super().__init__(REAL_VFS, name, flags)
        self._disk = disk
        self._file = disk.open(path)

    def xRead(self, amount: int, offset: int) -> bytes | bytearray:  # type: ignore[override]  # noqa: N802
        return self._file.now[offset : offset + amount]  # one step: no lock holds it together

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  (SQLite's names)
        self._disk.write(self._file, bytes(data), offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.truncate(self._file, newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        self._disk.sync(self._file)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.now)


class ModelVfs(apsw.VFS):
    """SQLite's default file system while model disks are in; files elsewhere stay real."""

    def __init__(self) -> None:
        self.disks: list[ModelDisk] = []
        super().__init__("officine-model", REAL_VFS, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        disk = None if path is None else self._disk_of(path)
        if disk is None:
            return apsw.VFSFile(REAL_VFS, name, flags)
        return _ModelFile(disk, path, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, False)
        disk = self._disk_of(filename)
        if disk is not None:
            disk.delete(filename, is_synced=syncdir)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        disk = self._disk_of(pathname)
        return super().xAccess(pathname, flags) if disk is None else disk.exists(pathname)

    def _disk_of(self, path: str) -> ModelDisk | None:
        return next((disk for disk in self.disks if disk.holds(path)), None)


@contextmanager
def model_disk(
    directory: Path, contents: Mapping[str, bytes], rng: random.Random, *, cut_after: int | None = None
) -> Iterator[ModelDisk]:
    """Put a model disk at `directory` (new, empty) with `contents`; SQLite of this process uses it there.

    Connections must be closed before the end.
    """
    directory.mkdir()
    for name in contents:
        (directory / name).touch(mode=0o600)
    disk = ModelDisk(directory, contents, rng, cut_after)
    vfs = ModelVfs()
    vfs.disks.append(disk)
    try:
        yield disk
    finally:
        vfs.unregister()
