"""A viewer of the kiosk's live screen: what remote support sees, here for benches and tests."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

import msgspec

from wire.live_screen import FRAME_HEAD, FrameHead, Touch


class ScreenViewer:
    """Follows the live screen; `head` and `picture` (PNG) are the newest frame."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_frame: Callable[[FrameHead], object] = lambda _head: None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_frame = on_frame
        self._arrived = asyncio.Condition()
        self._pump = asyncio.create_task(self._follow())
        self.head: FrameHead | None = None
        self.picture = b""

    @classmethod
    async def open(cls, socket: Path, on_frame: Callable[[FrameHead], object] = lambda _head: None) -> Self:
        """Connect to the kiosk's live screen socket; `on_frame` is told of every frame.

        Raises: OSError: no kiosk shows its screen there.
        """
        reader, writer = await asyncio.open_unix_connection(socket)
        return cls(reader, writer, on_frame)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        self._writer.close()

    async def wait_for(self, is_wanted: Callable[[FrameHead], bool], deadline_s: float = 10) -> FrameHead:
        """The newest frame that is wanted, now or to come.

        Raises: TimeoutError: none within the deadline; the text names the screen that stands.
        """
        try:
            async with asyncio.timeout(deadline_s), self._arrived:
                while self.head is None or not is_wanted(self.head):
                    await self._arrived.wait()
                return self.head
        except TimeoutError:
            raise TimeoutError(f"the wanted frame did not come; the screen shows {self.head}") from None

    def touch(self, x: int, y: int) -> None:
        """Touch and let go at a place of the picture."""
        self.touch_down(x, y)
        self.touch_up(x, y)

    def touch_down(self, x: int, y: int) -> None:
        """A finger comes down."""
        self._finger(x, y, "down")

    def touch_up(self, x: int, y: int) -> None:
        """The finger goes up, here or elsewhere."""
        self._finger(x, y, "up")

    def drag(self, points: Sequence[tuple[int, int]]) -> None:
        """A finger comes down at the first place, moves over the others, and goes up at the last."""
        self.touch_down(*points[0])
        for x, y in points[1:]:
            self._finger(x, y, "move")
        self.touch_up(*points[-1])

    def _finger(self, x: int, y: int, phase: Literal["down", "move", "up"]) -> None:
        self._writer.write(msgspec.json.encode(Touch(x=x, y=y, phase=phase)) + b"\n")

    async def _follow(self) -> None:
        while True:
            head_size, picture_size = FRAME_HEAD.unpack(await self._reader.readexactly(FRAME_HEAD.size))
            head = msgspec.json.decode(await self._reader.readexactly(head_size), type=FrameHead)
            picture = await self._reader.readexactly(picture_size)
            self._on_frame(head)
            async with self._arrived:
                self.head, self.picture = head, picture
                self._arrived.notify_all()
