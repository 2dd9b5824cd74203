"""A reader without hardware: a control socket is its hand. A product part: the demo desk and support use it.

Like the anti-collision of a real reader it sees one card: presenting a second one takes the first off.
"""

import asyncio
import time
from pathlib import Path
from typing import Final

import structlog

from loyalty.errors import LoyaltyError
from reader_daemon.readers.base import CANNOT_TALK, Sink, State, Talk, Talked
from wire.messages import SIMULATED_READER, Hello, ReaderState
from wire.peer import Peer, serve
from wire.reader_control import Done, FromControl, PlugReader, PresentCard, RemoveCard

log = structlog.get_logger(__name__)


class SimulatedReader:
    """Obeys `PresentCard`, `RemoveCard`, `PlugReader` on its control socket; each is answered by `Done`."""

    name: Final = SIMULATED_READER
    proved_s: Final = None

    def __init__(self, control_socket: Path, hello: Hello) -> None:
        self._control_socket = control_socket
        self._hello = hello
        self._state = self._state_now("starting")

    async def run(self, sink: Sink) -> None:
        """See `Driver.run`. Begins plugged in.

        Raises: SocketError.
        """

        async def obey(peer: Peer, message: FromControl) -> None:
            peer.send(self._obey(sink, message))

        control = await serve(
            self._control_socket,
            self._hello,
            FromControl,
            on_connect=lambda peer: peer.send(self._state),
            on_message=obey,
        )
        async with control:
            self._plug(sink, plugged=True)
            await asyncio.get_running_loop().create_future()  # until cancelled

    def hurry(self) -> None:
        """See `Driver.hurry`; this one never waits."""

    async def talk(self, talk: Talk) -> Talked:
        """See `Driver.talk`; it shows evidence and holds no card."""
        del talk
        return CANNOT_TALK

    def _obey(self, sink: Sink, message: FromControl) -> Done:
        try:
            match message:
                case PresentCard(evidence=evidence, uid=uid):
                    return Done(tap_id=sink.presented(evidence, uid))
                case RemoveCard():
                    sink.removed()
                case PlugReader(plugged=plugged):
                    self._plug(sink, plugged=plugged)
                case Hello():
                    raise AssertionError("the peer takes the hello")
        except LoyaltyError as error:
            log.info("control_refused", code=error.code)
            return Done(error=str(error))
        return Done()

    def _plug(self, sink: Sink, *, plugged: bool) -> None:
        state: State = "ready" if plugged else "lost"
        if state == self._state.state:
            return
        self._state = self._state_now(state)
        sink.state_changed(state, "" if plugged else "unplugged", fault=None if plugged else "unplugged")

    def _state_now(self, state: State) -> ReaderState:
        return ReaderState(state=state, reader=self.name, since_ms=time.time_ns() // 1_000_000)
