"""The secrets file: made once, private, and never silently replaced."""

from pathlib import Path

import pytest

from central.settings import SecretsFileBroken, load_secrets


def test_the_first_start_makes_keys_and_the_second_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "central.secrets"
    first = load_secrets(path)

    assert load_secrets(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert first.master_key != first.quote_key
    assert [each.name for each in path.parent.iterdir()] == ["central.secrets"]


def test_two_centrals_have_different_keys(tmp_path: Path) -> None:
    assert load_secrets(tmp_path / "a").master_key != load_secrets(tmp_path / "b").master_key


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "central.secrets"
    load_secrets(path)
    path.chmod(0o640)

    with pytest.raises(SecretsFileBroken, match="chmod 600"):
        load_secrets(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"version":1,"master_key":"zz","quote_key":""}',
        b'{"version":1,"master_key":"00","quote_key":"00"}',
        b'{"version":2,"master_key":"' + b"00" * 32 + b'","quote_key":"' + b"00" * 32 + b'"}',
    ],
)
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "central.secrets"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(SecretsFileBroken):
        load_secrets(path)
    assert path.read_bytes() == content


def test_secrets_do_not_show_in_a_traceback(tmp_path: Path) -> None:
    found = load_secrets(tmp_path / "central.secrets")

    assert found.master_key.hex() not in repr(found)
    assert str(found.master_key) not in repr(found)
