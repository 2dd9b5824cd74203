"""Servers as processes of their own on the server's core: central as delivered, and the echo beside it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.bench.cores import Cores, on_cores, processor_s
from tools.demo.programs import ProgramFailed, end_with_parent
from tools.demo.stack import free_port

_TAIL_CHARS = 4_000
READY_WITHIN_S = 60
"""A large database may have its write-ahead log to read first."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on a port of this machine."""

    port: int
    pid: int
    log: Path

    def processor_s(self) -> float:
        """Processor time used so far, all threads together."""
        return processor_s(self.pid)


@asynccontextmanager
async def central(
    cores: Cores, database: Path, secrets: Path, log: Path, environ: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """The real central over a database file. Raises: ProgramFailed."""
    port = free_port()
    settings = {
        "OFFICINE_DATABASE": f"sqlite:///{database}",
        "OFFICINE_CENTRAL_SECRETS_FILE": str(secrets),
        "OFFICINE_CENTRAL_PORT": str(port),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("OFFICINE_")}
    arguments = ("-m", "officine.main", "central", "run")
    async with _served(cores, arguments, port, log, {**inherited, **settings, **(environ or {})}) as server:
        yield server


@asynccontextmanager
async def echo(cores: Cores, answer: Path, log: Path) -> AsyncIterator[Server]:
    """The echo server, which answers every sale with the bytes of `answer`."""
    port = free_port()
    arguments = ("-m", "tools.bench.echo", str(port), str(answer))
    async with _served(cores, arguments, port, log, os.environ) as server:
        yield server


@asynccontextmanager
async def _served(
    cores: Cores, arguments: tuple[str, ...], port: int, log: Path, environ: Mapping[str, str]
) -> AsyncIterator[Server]:
    with log.open("ab") as out, on_cores(cores.server):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(environ),
            preexec_fn=end_with_parent,
        )
    try:
        await _wait_ready(process, port, log)
        yield Server(port, process.pid, log)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _wait_ready(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    for _ in range(READY_WITHIN_S * 20):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if process.returncode is not None:
                break
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise ProgramFailed(f"the server on port {port} never answered; {await end_of(log)}")


async def end_of(log: Path) -> str:
    """The last words of the servers, for a message."""
    tail = (await asyncio.to_thread(log.read_text, encoding="utf-8", errors="replace"))[-_TAIL_CHARS:]
    return f"the servers' log ends:\n{tail}"
