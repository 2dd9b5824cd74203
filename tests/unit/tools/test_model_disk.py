"""The model disk works out what a cut leaves only when there is one, as if it had kept it all along."""

import random
from pathlib import Path

import pytest

from tools.faults.model_disk import SECTOR_BYTES, SURVIVAL_PERCENTS, TORN_PERCENT, ModelDisk

NAME = "file"


class KeptAllAlong:
    """One file, each unsynced version of a sector noted by each write: the plain way to say what is meant."""

    def __init__(self, content: bytes) -> None:
        self.now, self.durable = bytearray(content), bytearray(content)
        self.unsynced: dict[int, list[bytes]] = {}
        self.cut_short_to: int | None = None

    def write(self, data: bytes, offset: int) -> None:
        end = offset + len(data)
        if len(self.now) < end:
            self.now.extend(bytes(end - len(self.now)))
        self.now[offset:end] = data
        for sector in range(offset // SECTOR_BYTES, (end - 1) // SECTOR_BYTES + 1):
            first = sector * SECTOR_BYTES
            self.unsynced.setdefault(sector, []).append(bytes(self.now[first : first + SECTOR_BYTES]))

    def truncate(self, size: int) -> None:
        del self.now[size:]
        self.cut_short_to = size if self.cut_short_to is None else min(size, self.cut_short_to)
        self.unsynced = {n: kept for n, kept in self.unsynced.items() if n * SECTOR_BYTES < size}

    def sync(self) -> None:
        if self.cut_short_to is not None:
            del self.durable[self.cut_short_to :]
            self.cut_short_to = None
        if len(self.durable) < len(self.now):
            self.durable.extend(bytes(len(self.now) - len(self.durable)))
        for sector in self.unsynced:
            first = sector * SECTOR_BYTES
            self.durable[first : first + SECTOR_BYTES] = self.now[first : first + SECTOR_BYTES]
        self.unsynced.clear()

    def after_a_cut(self, rng: random.Random) -> bytes:
        survival_percent = rng.choice(SURVIVAL_PERCENTS)
        content = bytearray(self.durable)
        if self.cut_short_to is not None and rng.random() < 0.5:
            del content[self.cut_short_to :]
        for sector, versions in sorted(self.unsynced.items()):
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


@pytest.mark.parametrize("seed", range(200))
def test_a_cut_leaves_what_unsynced_versions_of_sectors_say(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    content = rng.randbytes(rng.choice((0, 700, 5_000)))
    changes = rng.randint(1, 30)
    disk = ModelDisk(tmp_path, {NAME: content}, random.Random(f"cut {seed}"), changes)
    file, plain = disk.open(str(tmp_path / NAME)), KeptAllAlong(content)

    for number in range(1, changes + 1):
        what = rng.choices(("write", "truncate", "sync"), (8, 2, 1))[0]
        if what == "write":
            data, offset = rng.randbytes(rng.randint(1, 1_500)), rng.randrange(6_000)
            plain.write(data, offset)
            disk.write(file, data, offset)
        elif what == "truncate":
            size = rng.randrange(6_000)
            plain.truncate(size)
            disk.truncate(file, size)
        else:
            if number < changes:  # the power fails just before the last one
                plain.sync()
            disk.sync(file)
        assert bytes(file.now) == bytes(plain.now)

    assert disk.image == {NAME: plain.after_a_cut(random.Random(f"cut {seed}"))}


def test_what_is_never_written_is_never_copied(tmp_path: Path) -> None:
    content = bytes(10_000)
    disk = ModelDisk(tmp_path, {NAME: content}, random.Random(1), None)

    assert disk.open(str(tmp_path / NAME)).now is content
