"""Virtual readers and cards for the daemon's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pcscd import own_pcscd
from tools.cards.pcscd import Pcscd
from tools.cards.vpcd import PORT, VirtualReaderSlot


@pytest.fixture
def pcscd(tmp_path: Path) -> Iterator[Pcscd]:
    with own_pcscd(tmp_path / "pcscd.log") as running:
        yield running


@pytest.fixture
def first(pcscd: Pcscd) -> Iterator[VirtualReaderSlot]:
    with VirtualReaderSlot(PORT) as slot:
        yield slot


@pytest.fixture
def second(pcscd: Pcscd) -> Iterator[VirtualReaderSlot]:
    with VirtualReaderSlot(PORT + 1) as slot:
        yield slot
