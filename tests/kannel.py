"""Debian's Kannel for tests: the gateway, its HTTP door, and a simulated operator that says what arrived."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

import pytest

from tests.helpers import eventually
from tools.demo.programs import end_with_parent
from tools.demo.stack import free_port

USER: Final = "officine"
PASSWORD: Final = "kannel-password"
OPERATOR: Final = Path("/usr/lib/kannel/test/fakesmsc")
_ARRIVED: Final = re.compile(rb"Got message \d+: <(\S+) (\S+) (text|ucs-2|udh) (.*)>$", re.MULTILINE)
_CONFIGURATION: Final = """
group = core
admin-port = {admin}
admin-password = {password}
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
admin-allow-ip = "127.0.0.1"

{smsc}
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = "127.0.0.1"

group = sendsms-user
username = {user}
password = {password}
max-messages = 3
concatenation = true

group = sms-service
keyword = default
text = "none"
max-messages = 0
"""


_FAKE: Final = """
group = smsc
smsc = fake
smsc-id = operator
host = 127.0.0.1
port = {operator}
connect-allow-ip = 127.0.0.1
"""
_SMPP: Final = """
group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = {operator}
smsc-username = officine
smsc-password = secret
system-type = ""
transceiver-mode = true
reconnect-delay = 1
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A short message as the operator got it; parts of one are apart."""

    sender: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Kannel:
    """A running gateway."""

    url: str
    operator_log: Path

    def arrived(self) -> list[Arrived]:
        """What the operator got so far."""
        found = []
        for sender, number, kind, rest in _ARRIVED.findall(self.operator_log.read_bytes()):
            if kind == b"ucs-2":
                text = unquote_to_bytes(rest.replace(b"+", b" ")).decode("utf-16-be")
            elif kind == b"udh":
                text = unquote_to_bytes(rest.partition(b" data ")[2].replace(b"+", b" ")).decode()
            else:
                text = rest.decode()
            found.append(Arrived(sender.decode(), number.decode(), text))
        return found


@asynccontextmanager
async def a_kannel(folder: Path, smpp_port: int | None = None) -> AsyncIterator[Kannel]:
    """Start all three; skips where Debian's packages are not there.

    `smpp_port`: of an operator of the test's own, in place of the simulated one.
    """
    if shutil.which("bearerbox") is None or not OPERATOR.exists():
        pytest.skip("no Kannel here: apt install kannel kannel-extras")
    ports = {name: free_port() for name in ("admin", "boxes", "operator", "http")}
    configuration = folder / "kannel.conf"
    if smpp_port is not None:
        ports["operator"] = smpp_port
    smsc = (_FAKE if smpp_port is None else _SMPP).format(**ports)
    content = _CONFIGURATION.format(user=USER, password=PASSWORD, smsc=smsc, **ports)
    await asyncio.to_thread(configuration.write_text, content)
    log = folder / "operator.log"
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_running(folder / "bearerbox.log", "bearerbox", str(configuration)))
        await _answers(ports["boxes"])
        await _answers(ports["operator"])
        await stack.enter_async_context(_running(folder / "smsbox.log", "smsbox", str(configuration)))
        url = f"http://127.0.0.1:{ports['http']}/cgi-bin/sendsms"
        if smpp_port is not None:
            await _answers(ports["http"])
            yield Kannel(url, log)
            return
        operator = (str(OPERATOR), "-H", "127.0.0.1", "-r", str(ports["operator"]), "-m", "1")
        await stack.enter_async_context(_running(log, *operator, "1 2 text hello"))
        await _answers(ports["http"])
        await eventually(lambda: b"Got message" in log.read_bytes() or b"sent message" in log.read_bytes())
        yield Kannel(url, log)


@asynccontextmanager
async def _running(log: Path, *command: str) -> AsyncIterator[None]:
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=end_with_parent,
        )
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(port: int) -> None:
    async def tried() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    await eventually(tried)
