"""Both ends of a local conversation: JSON lines over AF_UNIX, a hello first, bounded in every direction.

`serve` waits for peers, `connect_forever` keeps one link up, `request_once` asks a running program one thing.
All of it lives on one event loop; callbacks run there and must not block. A callback that raises is a bug of
its program: it is logged with its traceback and costs that one connection, never the others.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.sockets import (
    CONTROL_DEADLINE_S,
    FRAME_BYTES_MAX,
    PEER_CONNECTIONS_MAX,
    PEER_FLUSH_DEADLINE_S,
    PEER_HELLO_DEADLINE_S,
    PEER_QUEUE_MAX,
    PEER_RECONNECT_MAX_S,
    PEER_RECONNECT_MIN_S,
)
from wire.frames import FrameError, FrameTooLongError, decode, encode
from wire.messages import Hello
from wire.sockets import SocketError, bind_unix, peer_refusal, peer_uid, unlink_unix

log = structlog.get_logger(__name__)

M = TypeVar("M")
A = TypeVar("A")


class PeerError(LoyaltyError):
    """The other end of a local socket cannot be talked to; `reason` says why and what to do."""

    code = "peer_unavailable"
    trouble = Trouble.UNAVAILABLE
    text = "{path}: {reason}"


class Peer:
    """One connection after both hellos: `hello` is the other's, `send` never waits."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hello: Hello) -> None:
        self.hello = hello
        self._reader = reader
        self._writer = writer
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(PEER_QUEUE_MAX)
        self._is_open = True

    @property
    def uid(self) -> int:
        """The user at the other end, as the kernel says."""
        return peer_uid(self._writer.get_extra_info("socket"))

    @property
    def is_open(self) -> bool:
        """Whether messages are still taken; False from the moment the connection is given up."""
        return self._is_open

    @property
    def is_operator(self) -> bool:
        """Whether the other end runs as this program's own user, or as root: a person at this machine."""
        return peer_uid(self._writer.get_extra_info("socket")) in (0, os.geteuid())

    def send(self, message: msgspec.Struct) -> bool:
        """Queue one message; False when the connection is gone. A full queue ends the connection.

        Raises: FrameTooLongError.
        """
        return self.send_frame(encode(message))

    def send_frame(self, frame: bytes) -> bool:
        """Queue one encoded frame, as `send` does."""
        if not self._is_open:
            return False
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            log.warning("peer_does_not_read", program=self.hello.program, queue_max=PEER_QUEUE_MAX)
            self.abort()
            return False
        return True

    def abort(self) -> None:
        """End the connection now; what is queued is dropped."""
        self._is_open = False
        self._writer.transport.abort()

    async def converse(self, incoming_type: Any, on_message: Callable[[Any], Awaitable[None]]) -> None:
        """Hand every message to `on_message`, in order, until the other end leaves; then send what is queued.

        Raises: FrameError: the other end sent what is no message of `incoming_type`, or a second hello.
        """
        writing = asyncio.create_task(self._write(), name=f"peer-write-{self.hello.program}")
        try:
            while (line := await _read_line(self._reader)) is not None:
                message = decode(line, incoming_type)
                if isinstance(message, Hello):
                    raise FrameError(reason="a second hello")
                await on_message(message)
            await self._flush(writing)
        finally:
            self.abort()
            writing.cancel()
            await asyncio.wait([writing])

    async def _write(self) -> None:
        try:
            while (frame := await self._frames.get()) is not None:
                self._writer.write(frame)
                await self._writer.drain()
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:  # the other end left; the reading side says so
            self.abort()

    async def _flush(self, writing: asyncio.Task[None]) -> None:
        self._is_open = False
        if self._frames.full():
            return
        self._frames.put_nowait(None)
        await asyncio.wait([writing], timeout=PEER_FLUSH_DEADLINE_S)


class Server:
    """A listening socket and its connections; made by `serve`."""

    def __init__(
        self,
        path: Path,
        hello: Hello,
        incoming_type: Any,
        on_connect: Callable[[Peer], object],
        on_message: Callable[[Peer, Any], Awaitable[None]],
        allowed_uids: frozenset[int] | None,
    ) -> None:
        self.path = path
        self._hello = hello
        self._incoming_type = incoming_type
        self._on_connect = on_connect
        self._on_message = on_message
        self._allowed_uids = allowed_uids
        self._peers: set[Peer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._inode = 0

    @property
    def connections(self) -> int:
        """How many peers are connected and greeted."""
        return sum(peer.is_open for peer in self._peers)

    def broadcast(self, message: msgspec.Struct) -> int:
        """Queue `message` for every peer that is connected now; how many took it.

        Raises: FrameTooLongError.
        """
        frame = encode(message)
        return sum(peer.send_frame(frame) for peer in tuple(self._peers))

    async def close(self) -> None:
        """Stop listening, end all connections, remove the socket file. Twice is harmless."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        listener.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await listener.wait_closed()
        await asyncio.to_thread(unlink_unix, self.path, self._inode)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _listen(self) -> None:
        listening, self._inode = await asyncio.to_thread(bind_unix, self.path)
        self._listener = await asyncio.start_unix_server(
            self._accept, sock=listening, limit=FRAME_BYTES_MAX - 1
        )

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refusal = self._refusal(writer)
        if refusal:
            log.warning("peer_refused", path=str(self.path), reason=refusal)
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve_peer(reader, writer), name=f"peer-of-{self._hello.program}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refusal(self, writer: asyncio.StreamWriter) -> str:
        if self._listener is None:
            return "closing"
        if len(self._tasks) >= PEER_CONNECTIONS_MAX:
            return f"{PEER_CONNECTIONS_MAX} connections are open already"
        return peer_refusal(writer.get_extra_info("socket"), self._allowed_uids)

    async def _serve_peer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer: Peer | None = None
        try:
            peer = await _greet(self.path, reader, writer, self._hello)
            # No await between these two: a broadcast is either in the full state or comes after it.
            self._on_connect(peer)
            self._peers.add(peer)
            log.debug("peer_connected", path=str(self.path), program=peer.hello.program)
            greeted = peer
            await peer.converse(self._incoming_type, lambda message: self._on_message(greeted, message))
        except (FrameError, PeerError) as error:
            log.warning("peer_dismissed", path=str(self.path), code=error.code, reason=str(error))
        except OSError as error:
            log.debug("peer_lost", path=str(self.path), reason=str(error))
        except Exception:  # the boundary of one peer: its trouble must not reach the others
            log.exception("peer_handler_failed", path=str(self.path))
        finally:
            writer.transport.abort()
            if peer is not None:
                self._peers.discard(peer)


async def serve(
    path: Path,
    hello: Hello,
    incoming_type: Any,
    on_connect: Callable[[Peer], object],
    on_message: Callable[[Peer, M], Awaitable[None]],
    *,
    allowed_uids: frozenset[int] | None = None,
) -> Server:
    """Listen for peers and greet each; the caller closes the server.

    Args:
        path: the socket file, made with mode 0660; a stale one is replaced.
        hello: our own first message.
        incoming_type: the union of messages taken, such as `wire.messages.FromKiosk`.
        on_connect: sends the full state with `peer.send`; called once both hellos are through.
        on_message: awaited message by message per peer; a slow one holds up only its own peer.
        allowed_uids: who may connect (SO_PEERCRED); None leaves it to the file's mode.
    Raises: SocketError: another process serves there, or the path cannot be a socket.
    """
    server = Server(path, hello, incoming_type, on_connect, on_message, allowed_uids)
    await server._listen()
    return server


class Link:
    """A connection that comes back; made by `connect_forever`."""

    def __init__(
        self,
        path: Path,
        hello: Hello,
        incoming_type: Any,
        on_message: Callable[[Any], Awaitable[None]],
        on_link: Callable[[bool], None],
    ) -> None:
        self.path = path
        self._hello = hello
        self._incoming_type = incoming_type
        self._on_message = on_message
        self._on_link = on_link
        self._peer: Peer | None = None
        self._last_trouble = ""
        self._is_closed = False
        self._task = asyncio.create_task(self._run(), name=f"link-{path.name}")

    @property
    def is_up(self) -> bool:
        """Whether both hellos are through and the connection stands."""
        return self._peer is not None and self._peer.is_open

    def send(self, message: msgspec.Struct) -> bool:
        """Queue one message; False when the link is down: nothing is kept for later.

        Raises: FrameTooLongError.
        """
        return self._peer is not None and self._peer.send(message)

    async def close(self) -> None:
        """Take the link down for good (`on_link(False)` if it was up). Twice is harmless."""
        self._is_closed = True
        self._task.cancel()
        await asyncio.wait([self._task])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self) -> None:
        delay_s = PEER_RECONNECT_MIN_S
        while not self._is_closed:
            started_s = time.monotonic()
            try:
                await self._converse_once()
                self._note_trouble("the other end closed the connection")
            except (LoyaltyError, OSError) as error:
                self._note_trouble(str(error))
            except Exception:  # the boundary of one connection: a failing handler costs a reconnect
                log.exception("link_handler_failed", path=str(self.path))
            if time.monotonic() - started_s > PEER_RECONNECT_MAX_S:
                delay_s = PEER_RECONNECT_MIN_S  # it stood for a while: begin gently again
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, PEER_RECONNECT_MAX_S)

    async def _converse_once(self) -> None:
        async with _connected(self.path, self._hello) as peer:
            self._peer = peer
            try:
                self._last_trouble = ""
                log.info("link_up", path=str(self.path), program=peer.hello.program)
                self._on_link(True)
                await peer.converse(self._incoming_type, self._on_message)
            finally:
                self._peer = None
                self._on_link(False)

    def _note_trouble(self, trouble: str) -> None:
        # Once per kind of trouble: a link that stays down must not fill the log.
        if trouble != self._last_trouble:
            log.warning("link_down", path=str(self.path), reason=trouble)
        self._last_trouble = trouble


def connect_forever(
    path: Path,
    hello: Hello,
    incoming_type: Any,
    on_message: Callable[[M], Awaitable[None]],
    on_link: Callable[[bool], None],
) -> Link:
    """Keep a link up: reconnect after PEER_RECONNECT_MIN_S .. PEER_RECONNECT_MAX_S. Needs a running loop.

    Args:
        path: the socket file of the server; it need not exist yet.
        hello: our own first message.
        incoming_type: the union of messages taken, such as `wire.messages.FromReader`.
        on_message: awaited message by message, in order.
        on_link: called on every change, True before the first message; a link begins down.
    """
    return Link(path, hello, incoming_type, on_message, on_link)


async def request_once(
    path: Path,
    hello: Hello,
    incoming_type: Any,
    message: msgspec.Struct,
    *,
    answer: type[A],
    deadline_s: float = CONTROL_DEADLINE_S,
) -> A:
    """Connect, send `message`, return the first message of type `answer` (others are skipped), leave.

    Raises: PeerError: nobody listens, no answer in time, another protocol. FrameError.
    """
    try:
        async with asyncio.timeout(deadline_s), _connected(path, hello) as peer:
            peer._writer.write(encode(message))
            while (line := await _read_line(peer._reader)) is not None:
                said = decode(line, incoming_type)
                if isinstance(said, answer):
                    return said
    except TimeoutError:
        raise PeerError(path=str(path), reason=f"no answer within {deadline_s:g} s; try again") from None
    except OSError as error:
        raise PeerError(path=str(path), reason=f"the connection broke ({error}); try again") from error
    raise PeerError(path=str(path), reason="the program closed the connection without an answer; see its log")


async def greet_once(path: Path, hello: Hello) -> Hello:
    """Connect, hear the other's hello, leave.

    Raises: PeerError: nobody listens, no hello in time, another protocol. FrameError.
    """
    async with _connected(path, hello) as peer:
        return peer.hello


@asynccontextmanager
async def _connected(path: Path, hello: Hello) -> AsyncIterator[Peer]:
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=FRAME_BYTES_MAX - 1)
    except OSError as error:
        reason = f"nobody listens there ({error.strerror or error}); is the program started?"
        raise PeerError(path=str(path), reason=reason) from error
    try:
        yield await _greet(path, reader, writer, hello)
    finally:
        writer.transport.abort()


async def _greet(
    path: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hello: Hello
) -> Peer:
    writer.transport.set_write_buffer_limits(high=FRAME_BYTES_MAX)
    writer.write(encode(hello))
    try:
        async with asyncio.timeout(PEER_HELLO_DEADLINE_S):
            line = await _read_line(reader)
    except TimeoutError:
        raise PeerError(path=str(path), reason=f"no hello within {PEER_HELLO_DEADLINE_S} s") from None
    if line is None:
        raise PeerError(path=str(path), reason="the other end left before its hello")
    other = decode(line, Hello)
    if other.protocol != hello.protocol:
        reason = (
            f"{other.program} {other.version} speaks protocol {other.protocol},"
            f" {hello.program} {hello.version} speaks {hello.protocol}: install the same release of both"
        )
        raise PeerError(path=str(path), reason=reason)
    return Peer(reader, writer, other)


async def _read_line(reader: asyncio.StreamReader) -> bytes | None:
    """One line with its newline; None at the end, also when the other end left within a line."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise FrameTooLongError(limit=FRAME_BYTES_MAX) from None


__all__ = ["Link", "Peer", "PeerError", "Server", "SocketError", "connect_forever", "request_once", "serve"]
