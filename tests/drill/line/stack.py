"""Central on one machine, the terminal on another, a bad line between: each in a network namespace."""

import asyncio
import contextlib
import random
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import AddrInfoType

from tools.demo.stack import HOST, Stack, StackPlan
from tools.faults.bad_line import BadLine, Weather, bad_line, line_addresses, socket_on
from tools.faults.namespaces import Machine, machines, tool

READY_WITHIN_S = 300
"""A drill is about what is lost, not about how quickly a machine with other work starts a program."""


@dataclass(frozen=True)
class Site:
    """The two machines and the line."""

    central: Machine
    shop: Machine
    line: BadLine

    def open_till_socket(self, _: AddrInfoType) -> socket.socket:
        """A socket of the shop's machine: tills stand there."""
        return socket_on(self.shop)


@contextlib.contextmanager
def a_site(rng: random.Random, weather: Weather) -> Iterator[Site]:
    """Make the machines and lay the line; open it inside the loop.

    Raises: NoNamespaces.
    """
    with (
        machines(("central", "shop")) as made,
        bad_line(made["central"], made["shop"], rng, weather) as line,
    ):
        yield Site(central=made["central"], shop=made["shop"], line=line)


class LineStack(Stack):
    """A stack whose central and terminal are on the machines of a site; the line is their only way."""

    def __init__(self, plan: StackPlan, site: Site) -> None:
        super().__init__(plan)
        self._site = site
        self.central_host, _ = line_addresses()
        self.ready_within_s = READY_WITHIN_S
        self.launchers = {
            "central": (tool("ip"), "netns", "exec", site.central.name),
            "terminal": (tool("ip"), "netns", "exec", site.shop.name),
        }

    @property
    def central_url_of_terminal(self) -> str:
        """Over the line."""
        return self.central_url

    async def is_central_ready(self) -> bool:
        """Asked on central's own machine, whatever the line does."""
        return await _is_ready(self._site.central, self.central_host, self.central_port)

    async def is_terminal_ready(self) -> bool:
        """Asked on the shop's machine: the till's port is open."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            _, writer = await _connect(self._site.shop, HOST, self.nexo_port, context)
        except OSError:
            return False
        writer.close()
        return True


async def _is_ready(machine: Machine, host: str, port: int) -> bool:
    try:
        reader, writer = await _connect(machine, host, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: central\r\n\r\n")
        async with asyncio.timeout(2):
            return b" 200 " in await reader.readline()
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


async def _connect(
    machine: Machine, host: str, port: int, context: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    made = socket_on(machine)
    try:
        await asyncio.get_running_loop().sock_connect(made, (host, port))
    except OSError:
        made.close()
        raise
    name = None if context is None else host
    return await asyncio.open_connection(sock=made, ssl=context, server_hostname=name)
