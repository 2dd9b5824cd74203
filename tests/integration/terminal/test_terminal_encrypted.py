"""Encrypted tills: a running terminal with keys, and what it does with messages that are not under one."""

import asyncio
import json
import logging
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from officine.main import cli
from terminal.till.keys import key_file
from terminal.till.keys.key_file import TillKey
from tests.central_fixture import CARD, MEMBER
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill
from wire.nexo import envelope, json_codec
from wire.nexo.envelope import SealingKey, derive
from wire.nexo.service import LogoutRequest

OLD = TillKey(identifier="TILL-1", version=1, passphrase="the passphrase of before")
NEW = TillKey(identifier="TILL-1", version=2, passphrase="the passphrase from now on")


def sealing(key: TillKey) -> SealingKey:
    return SealingKey(key.identifier, key.version, derive(key.passphrase))


@pytest.fixture
async def locked(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    """A shop as the settings' defaults make it, with one key."""
    await asyncio.to_thread(key_file.save, tmp_path / "terminal" / "till-keys.json", (OLD,))
    async with a_terminal(tmp_path, socket_dir, plain_nexo=False) as shop:
        shop.till.key = await asyncio.to_thread(sealing, OLD)
        yield shop


async def test_an_encrypted_award_books_and_its_answer_is_encrypted_under_the_same_key(locked: Shop) -> None:
    answer = await locked.till.award([CREAM], card=CARD)

    assert answer.response.result == "Success"
    assert await locked.central.points_of(MEMBER) == 39


async def test_a_plain_message_is_refused_and_books_nothing(locked: Shop) -> None:
    request = locked.till.message(locked.till.award_request([CREAM], card=CARD))

    status, content = await locked.till.post(json_codec.encode(request))

    assert status == 403
    assert "officine till key add" in json.loads(content)["errors"][0]
    assert (await locked.agent.outbox.counts()).last_seq == 0


async def test_a_recorded_message_sent_again_does_nothing_and_gets_the_first_answer(locked: Shop) -> None:
    key = locked.till.key
    assert key is not None
    request = locked.till.message(locked.till.award_request([CREAM], card=CARD))
    recorded = envelope.seal(json_codec.encode(request), key)

    answers = [await locked.till.post(recorded) for _ in range(3)]

    assert {status for status, _ in answers} == {200}
    inside = {envelope.open_sealed(*envelope.read(content), key.secrets) for _, content in answers}
    assert len(inside) == 1
    assert await locked.central.points_of(MEMBER) == 39
    assert await locked.sales_booked() == 1


async def test_every_wrong_envelope_gets_the_same_bytes(locked: Shop) -> None:
    key = locked.till.key
    assert key is not None
    plain = json_codec.encode(locked.till.message(locked.till.award_request([CREAM], card=CARD), "1"))
    right = json.loads(envelope.seal(plain, key))
    others = [
        envelope.seal(plain, SealingKey("TILL-9", 1, key.secrets)),
        envelope.seal(plain, SealingKey("TILL-1", 9, key.secrets)),
        envelope.seal(plain, SealingKey("TILL-1", 1, await asyncio.to_thread(derive, "x" * 20))),
    ]
    for member, value in (("NexoBlob", right["SaleToPOIRequest"]["NexoBlob"][:-24]), ("NexoBlob", "AAAA")):
        changed = json.loads(json.dumps(right))
        changed["SaleToPOIRequest"][member] = value
        others.append(json.dumps(changed).encode())
    other_header = json.loads(json.dumps(right))
    other_header["SaleToPOIRequest"]["MessageHeader"]["SaleID"] = "TILL-2"
    others.append(json.dumps(other_header).encode())

    answers = {await locked.till.post(data) for data in others}

    assert len(answers) == 1
    [(status, content)] = answers
    assert status == 400
    assert json.loads(content)["ServiceID"] == "1"
    assert (await locked.agent.outbox.counts()).last_seq == 0


async def test_while_a_key_is_rotated_both_versions_open_and_then_the_old_one_does_not(
    locked: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "terminal" / "till-keys.json"
    new = await asyncio.to_thread(sealing, NEW)
    second = SimulatedTill(locked.till.url.removesuffix("/nexo"), sale_id="TILL-2", key=new)
    await locked.stack.enter_async_context(second)
    await asyncio.to_thread(key_file.save, path, key_file.added((OLD,), NEW))

    async def opens(till: SimulatedTill, key: SealingKey) -> bool:
        data = envelope.seal(json_codec.encode(till.message(LogoutRequest())), key)
        return (await till.post(data))[0] == 200

    await eventually(lambda: opens(second, new))
    old = locked.till.key
    assert old is not None
    assert await opens(locked.till, old)

    await asyncio.to_thread(key_file.save, path, (NEW,))

    async def is_closed() -> bool:
        return not await opens(locked.till, old)

    await eventually(is_closed)
    assert await opens(second, new)


async def test_a_file_of_keys_that_others_may_read_opens_nothing(
    tmp_path: Path, socket_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "terminal" / "till-keys.json"
    await asyncio.to_thread(key_file.save, path, (OLD,))
    await asyncio.to_thread(path.chmod, 0o640)
    caplog.set_level(logging.DEBUG)
    async with a_terminal(tmp_path, socket_dir, plain_nexo=False) as shop:
        key = await asyncio.to_thread(sealing, OLD)
        data = envelope.seal(json_codec.encode(shop.till.message(LogoutRequest())), key)
        assert (await shop.till.post(data))[0] == 400
    assert OLD.passphrase not in caplog.text


async def test_the_commands_make_list_rotate_and_remove_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "till-keys.json"

    def run(*arguments: str, given: str = "", fails: bool = False) -> str:
        result = CliRunner().invoke(cli, ["till", "key", "--file", str(path), *arguments], input=given)
        assert (result.exit_code != 0) == fails, result.output
        return result.output + str(result.exception or "")

    made = json.loads(await asyncio.to_thread(run, "add", "TILL-1", "--json"))
    assert made["version"] == 1
    assert len(made["passphrase"]) >= 40
    second = await asyncio.to_thread(
        lambda: run("add", "TILL-1", "--passphrase-stdin", "--json", given="a till's own passphrase\n")
    )
    assert json.loads(second) == {"identifier": "TILL-1", "version": 2}
    assert stat.S_IMODE((await asyncio.to_thread(path.stat)).st_mode) == 0o600
    listed = await asyncio.to_thread(run, "list", "--json")
    assert json.loads(listed) == [{"identifier": "TILL-1", "version": version} for version in (1, 2)]
    assert "remove TILL-1 1" in await asyncio.to_thread(lambda: run("add", "TILL-1", fails=True))
    await asyncio.to_thread(lambda: run("add", "TILL-2", "--passphrase-stdin", given="short\n", fails=True))
    await asyncio.to_thread(run, "remove", "TILL-1", "1")
    assert [each.version for each in await asyncio.to_thread(key_file.load, path)] == [2]
