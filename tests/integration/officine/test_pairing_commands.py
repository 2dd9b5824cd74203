"""`officine terminal pair` and `unpair` as a person types them, without the programs running."""

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from officine.main import cli
from officine.opened import opened_services
from tests.integration.officine.cli import logging_kept, run, run_json
from wire.pairing import PairingRequestBody


@pytest.fixture
def code(group: str) -> str:
    """The code of a terminal that waits."""
    del group
    key = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    body = PairingRequestBody(
        pairing_id="pair-1", public_key=key, serial="SERIAL-7", poi_id="OFFICINE-00000007", version="0.1.0"
    )

    async def ask() -> str:
        async with opened_services(None) as services:
            return (await services.pairing.request(body, "192.0.2.7")).code

    return asyncio.run(ask())


def typed(answer: str, *arguments: str) -> tuple[int, str]:
    """What a person sees who answers the question."""
    with logging_kept():
        done = CliRunner().invoke(cli, ["terminal", "pair", *arguments], input=answer)
    return done.exit_code, done.output


def test_the_serial_is_shown_and_asked_about_before_anything_happens(code: str) -> None:
    status, said = typed("n\n", code.lower(), "--shop", "nyon")
    assert status == 1
    assert "SERIAL-7" in said
    assert run_json("token", "list") == []
    status, said = typed("y\n", f"{code[:4]}-{code[4:]}", "--shop", "nyon")
    assert (status, "OFFICINE-00000007" in said) == (0, True)
    (token,) = run_json("token", "list")
    assert (token["shop_id"], token["terminal_id"]) == ("nyon", "OFFICINE-00000007")
    assert f"officine token revoke {token['token_id']}" in re.sub(r"\s+", " ", said)


def test_a_wrong_code_a_wrong_shop_and_a_used_code_are_told_apart(code: str) -> None:
    wrong = run("terminal", "pair", "AAAA-AAAA", "--shop", "nyon", "--json")
    assert (wrong.status, wrong.error["code"]) == (1, "pairing_code_unknown")
    nowhere = run("terminal", "pair", code, "--shop", "atlantis", "--json")
    assert (nowhere.status, nowhere.error["code"]) == (1, "shop_not_found")
    first = run_json("terminal", "pair", code, "--shop", "nyon")
    assert first["was_paired"] is False
    assert run_json("terminal", "pair", code, "--shop", "nyon") == first | {"was_paired": True}
    other = run("terminal", "pair", code, "--shop", "nyon", "--terminal", "second", "--json")
    assert (other.status, other.error["code"]) == (1, "pairing_taken")


def test_a_wrong_shop_is_told_before_anything_is_asked(code: str) -> None:
    told = run("terminal", "pair", code, "--shop", "atlantis")
    assert (told.status, "shop_not_found" in told.err, told.out) == (1, True, "")
    mistyped = run("terminal", "pair", "AAAA-AAAA", "--shop", "atlantis")
    assert "shop_not_found" in mistyped.err


def test_pairing_again_into_the_same_shop_says_that_it_was_paired(code: str) -> None:
    assert typed("y\n", code, "--shop", "nyon")[0] == 0
    status, said = typed("", code, "--shop", "nyon")
    assert status == 0
    assert "was paired already" in said
    assert len(run_json("token", "list")) == 1


def test_unpairing_removes_the_file_and_says_where_else_a_token_stands(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in (("CENTRAL_URL", "http://c.example"), ("SOCKET", "t"), ("READER_SOCKET", "r")):
        monkeypatch.setenv(f"OFFICINE_TERMINAL_{key}", value)
    monkeypatch.setenv("OFFICINE_TERMINAL_STATE_DIR", str(place))
    (place / "terminal.token").write_text("ofc_x\n", encoding="ascii")
    assert run_json("terminal", "unpair", "--yes")["was_paired"] is True
    assert not (place / "terminal.token").exists()
    assert run_json("terminal", "unpair", "--yes")["was_paired"] is False
    (place / "terminal.token").mkdir()
    assert run("terminal", "unpair", "--yes", "--json").error["code"] == "input_invalid"
    monkeypatch.setenv("OFFICINE_TERMINAL_TOKEN", "ofc_y")
    assert "variable" in run("terminal", "unpair", "--yes", "--json").error["detail"]
