"""`python -m tools.cards` says what it waits for, and refuses what is no UID in words."""

import asyncio
import signal
import socket
import sys

import pytest

from tools.cards.__main__ import main

GIVE_ATR = bytes((0, 1, 4))


async def test_a_card_says_that_it_waits_and_that_it_lies_in_the_reader() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.cards", "chip", "04A1B2C3D4E5F6", "--port", str(port)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            waiting = await process.stdout.readline()
            assert waiting.decode() == f"waiting for pcscd's virtual reader on port {port}\n"
            away = await process.stdout.readline()
            assert away.startswith(f"nothing listens on port {port}: start pcscd".encode())
            with socket.create_server(("127.0.0.1", port)) as reader:
                # As vpcd does while a card of somebody else's lies there: the new one waits in the queue.
                taken = await process.stdout.readline()
                while taken == away:
                    taken = await process.stdout.readline()
                assert taken.startswith(b"that reader has a card already; try --port 35963")
                with (await asyncio.to_thread(reader.accept))[0] as connection:
                    connection.sendall(GIVE_ATR)
                    said = await process.stdout.readline()
                    while said == taken:
                        said = await process.stdout.readline()
                    assert said == b"in the reader\n"
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_card_that_a_shell_started_beside_it_is_taken_away_like_any(how: signal.Signals) -> None:
    """Shells start what stands before `&` deaf to SIGINT."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.cards", "chip", "04A1B2C3D4E5F6", "--port", "1"),
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            await process.stdout.readline()
            process.send_signal(how)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("uid", ["04A1B2C", "hello", "04", "04" * 11])
def test_what_is_no_uid_is_refused_in_words(uid: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chip", uid])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"'{uid}' is no UID" in said
    assert "Traceback" not in said
