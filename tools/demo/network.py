"""The cable between a terminal and central, for the demo and fault tests: a TCP proxy that can be cut."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import Final

_BACKLOG: Final = 100


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection that goes through the cable."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Cable:
    """Forwards a local port to central; cut, it resets what runs and refuses what comes.

    It accepts by itself: an asyncio server that is closed between an accept and what it makes of it (Python
    3.11 and 3.12) leaves that connection open until it is collected.
    """

    def __init__(self, target_host: str, target_port: int) -> None:
        self._target = (target_host, target_port)
        self._listening: socket.socket | None = None
        self._cuts = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def is_cut(self) -> bool:
        """Whether the cable is cut now."""
        return self._listening is None

    async def mend(self) -> None:
        """Plug the cable in; the port stays the same through all cuts."""
        if self._listening is not None:
            return
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.setblocking(False)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(_BACKLOG)
        self.port = listening.getsockname()[1]
        asyncio.get_running_loop().add_reader(listening, self._accept, listening)
        self._listening = listening

    async def cut(self) -> None:
        """Cut the cable: running connections break at once, new ones are refused."""
        if self._listening is None:
            return
        listening, self._listening = self._listening, None
        self._cuts += 1
        asyncio.get_running_loop().remove_reader(listening)
        listening.close()
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _accept(self, listening: socket.socket) -> None:
        try:
            connection, _ = listening.accept()
        except OSError:  # who called has left again
            return
        connection.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._join(connection, self._cuts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, connection: socket.socket, cuts: int) -> None:
        """Go on to central, and carry until one end or the cable breaks."""
        near = End(*await asyncio.open_connection(sock=connection))
        ends = {near}
        try:
            with contextlib.suppress(OSError):
                far = End(*await asyncio.open_connection(*self._target))
                ends.add(far)
                if cuts == self._cuts:
                    self._writers |= {end.writer for end in ends}
                    await self._carry(near, far)
        finally:
            self._writers -= {end.writer for end in ends}
            for end in ends:
                end.writer.transport.abort()

    async def _carry(self, near: End, far: End) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(near.reader, far.writer))
            group.create_task(_pump(far.reader, near.writer))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):  # an end that is gone is no end to close (ENOTCONN)
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
