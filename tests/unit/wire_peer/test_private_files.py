"""Files that hold secrets: whole, for their owner alone, written once."""

import os
from pathlib import Path

import pytest

from wire.files import write_private


def test_a_secret_is_readable_by_its_owner_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"one")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_a_second_writer_loses_and_the_first_secret_stays(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"one")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "secret", b"two")
    assert (tmp_path / "secret").read_bytes() == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_what_a_power_cut_left_under_the_same_process_number_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".secret.{os.getpid()}").write_bytes(b"ha")
    write_private(tmp_path / "secret", b"whole")
    assert (tmp_path / "secret").read_bytes() == b"whole"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
