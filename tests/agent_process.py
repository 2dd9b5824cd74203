"""A terminal agent as a process of its own: started, waited for, killed at the end."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

READY = b"port "


@asynccontextmanager
async def an_agent_process(
    program: str, *arguments: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run a Python program that prints `port N` when it is ready; the process, and that port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        while not (line := await process.stdout.readline()).startswith(READY):
            assert line, "the agent ended before it was ready"
        reading = asyncio.create_task(process.stdout.read())  # an unread pipe would block its logs
        yield process, int(line.split()[1])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
