"""The live screen's server: PNG frames to whoever watches, on change only, never slowing the kiosk.

Encoding happens in a thread (zlib lets go of the interpreter); a viewer that reads slowly skips frames.
"""

import asyncio
import contextlib
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import structlog

from loyalty.limits.kiosk import (
    LIVE_SCREEN_FRAME_BYTES_MAX,
    LIVE_SCREEN_FRAMES_PER_S_MAX,
    LIVE_SCREEN_VIEWERS_MAX,
)
from loyalty.limits.sockets import FRAME_BYTES_MAX
from wire.live_screen import FRAME_HEAD, FrameHead, Touch
from wire.sockets import bind_unix, peer_refusal, unlink_unix

log = structlog.get_logger(__name__)

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_LEVEL: Final = 1
"""Speed over size: the socket is local."""


def encode_png(pixels: bytes, width: int, height: int, *, level: int = _LEVEL) -> bytes:
    """A PNG of 8-bit RGB rows. Source: PNG specification, third edition, sections 5 and 11."""
    stride = 3 * width
    rows = b"".join(b"\x00" + pixels[at : at + stride] for at in range(0, stride * height, stride))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return _PNG_SIGNATURE + b"".join(
        (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, level)), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


class LiveScreen:
    """The server. `show` hands it a finished frame; the newest wins, older ones are skipped."""

    def __init__(
        self,
        path: Path | None,
        *,
        on_viewer: Callable[[], None],
        on_touch: Callable[[Touch], None] | None,
        allowed_uids: frozenset[int] | None,
    ) -> None:
        self._path = path
        self._on_viewer = on_viewer
        self._on_touch = on_touch
        self._allowed_uids = allowed_uids
        self._viewers: set[_Viewer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._inode = 0
        self._latest: tuple[FrameHead, bytes] | None = None
        self._fresh = asyncio.Event()
        self._encoding: asyncio.Task[None] | None = None

    @property
    def has_viewers(self) -> bool:
        """Whether anybody watches: without viewers a frame need not even be copied."""
        return bool(self._viewers)

    async def open(self) -> None:
        """Listen; without a path there is nothing to do. Raises: wire.sockets.SocketError."""
        if self._path is None:
            return
        listening, self._inode = await asyncio.to_thread(bind_unix, self._path)
        self._listener = await asyncio.start_unix_server(self._accept, sock=listening, limit=FRAME_BYTES_MAX)
        self._encoding = asyncio.create_task(self._encode_frames(), name="live-screen-encode")

    async def close(self) -> None:
        """Stop; viewers see the end of the stream."""
        if self._listener is None or self._path is None:
            return
        listener, self._listener = self._listener, None
        listener.close()
        tasks = [task for task in (*self._tasks, self._encoding) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await listener.wait_closed()
        await asyncio.to_thread(unlink_unix, self._path, self._inode)

    def show(self, head: FrameHead, pixels: bytes) -> None:
        """Take a finished frame (RGB rows). Returns at once."""
        self._latest = (head, pixels)
        self._fresh.set()

    async def _encode_frames(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            assert self._latest is not None
            started_s = time.monotonic()
            (head, pixels), self._latest = self._latest, None
            picture = await asyncio.to_thread(encode_png, pixels, head.width, head.height)
            if len(picture) > LIVE_SCREEN_FRAME_BYTES_MAX:
                log.warning("live_screen_frame_too_large", bytes=len(picture))
                continue
            told = msgspec.json.encode(head)
            frame = FRAME_HEAD.pack(len(told), len(picture)) + told + picture
            for viewer in tuple(self._viewers):
                viewer.offer(frame)
            await asyncio.sleep(max(0.0, 1 / LIVE_SCREEN_FRAMES_PER_S_MAX - (time.monotonic() - started_s)))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        refusal = self._refusal(writer)
        if refusal:
            log.warning("live_screen_viewer_refused", reason=refusal)
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer), name="live-screen-viewer")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refusal(self, writer: asyncio.StreamWriter) -> str:
        if self._listener is None:
            return "closing"
        if len(self._tasks) >= LIVE_SCREEN_VIEWERS_MAX:
            return f"{LIVE_SCREEN_VIEWERS_MAX} viewers watch already"
        return peer_refusal(writer.get_extra_info("socket"), self._allowed_uids)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        viewer = _Viewer(writer)
        self._viewers.add(viewer)
        self._on_viewer()  # the newcomer gets the present picture; old ones are not kept: they held data
        sending = asyncio.create_task(viewer.send_frames(), name="live-screen-send")
        try:
            await self._read_touches(reader)
        except (OSError, ValueError, msgspec.DecodeError) as error:
            log.warning("live_screen_viewer_dismissed", reason=str(error))
        finally:
            self._viewers.discard(viewer)
            sending.cancel()
            await asyncio.wait([sending])
            writer.transport.abort()

    async def _read_touches(self, reader: asyncio.StreamReader) -> None:
        """Until the viewer leaves; touches are obeyed only where the setting allows."""
        decoder = msgspec.json.Decoder(Touch)
        while line := await reader.readline():
            touch = decoder.decode(line)
            if self._on_touch is not None:
                self._on_touch(touch)


class _Viewer:
    """One watcher: at most one frame waits for it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._next: bytes = b""
        self._is_there = asyncio.Event()

    def offer(self, frame: bytes) -> None:
        """The newest frame replaces one that was not yet sent."""
        self._next = frame
        self._is_there.set()

    async def send_frames(self) -> None:
        """Send what is newest, whenever the last one is through."""
        with contextlib.suppress(OSError):  # the viewer left: the reading side ends it
            while True:
                await self._is_there.wait()
                self._is_there.clear()
                self._writer.write(self._next)
                await self._writer.drain()
