"""The two links: to the terminal agent and to the reader daemon; what arrives becomes events of the flow."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, assert_never

import structlog

from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    ReaderChanged,
    ReaderLinkChanged,
    Told,
)
from kiosk.locales.days import zone
from wire.messages import (
    AgentState,
    CardPresented,
    CardRemoved,
    CommandResult,
    FromAgent,
    FromKiosk,
    FromReader,
    Hello,
    ReaderState,
)
from wire.peer import Link, connect_forever

log = structlog.get_logger(__name__)

HELLO: Final = Hello(program="kiosk", version=version("officine"))

Post = Callable[[AnyEvent], None]


def monotonic_ms() -> int:
    """The clock of the flow."""
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class AgentLink:
    """The link to the terminal agent: its state in, our commands out."""

    _link: Link

    @classmethod
    def open(cls, path: Path, post: Post) -> "AgentLink":
        """Connect, and stay connected."""

        async def on_message(message: FromAgent) -> None:
            match message:
                case AgentState():
                    await asyncio.to_thread(zone, message.time_zone)  # read its file off the loop, once
                    post(AgentChanged(now_ms=monotonic_ms(), state=message))
                case Hello():
                    pass
                case _:
                    post(Told(now_ms=monotonic_ms(), answer=message))
                    if isinstance(message, CommandResult) and not message.is_done:
                        log.warning("command_refused", request_id=message.request_id, reason=message.error)

        def on_link(is_up: bool) -> None:
            post(AgentLinkChanged(now_ms=monotonic_ms(), is_up=is_up))

        return cls(connect_forever(path, HELLO, FromAgent, on_message, on_link))

    def send(self, message: FromKiosk) -> bool:
        """Queue a message; False when the link is down."""
        return self._link.send(message)

    async def close(self) -> None:
        """Take the link down."""
        await self._link.close()


@dataclass(slots=True)
class ReaderLink:
    """The link to the reader daemon: cards come straight from it, so that feedback waits for nobody."""

    _link: Link

    @classmethod
    def open(cls, path: Path, post: Post) -> "ReaderLink":
        """Connect, and stay connected."""

        async def on_message(message: Hello | ReaderState | CardPresented | CardRemoved) -> None:
            now_ms = monotonic_ms()
            match message:
                case ReaderState():
                    post(ReaderChanged(now_ms=now_ms, state=message))
                case CardPresented():
                    if message.is_over(time.monotonic_ns()):
                        log.info("tap_expired", tap_id=message.tap_id)
                        return
                    medium, value = message.evidence.medium, message.evidence.value
                    code = value if medium == "barcode" else ""
                    post(CardSeen(now_ms=now_ms, tap_id=message.tap_id, medium=medium, code=code))
                case CardRemoved():
                    post(CardGone(now_ms=now_ms, tap_id=message.tap_id))
                case Hello():
                    pass
                case _:
                    assert_never(message)

        def on_link(is_up: bool) -> None:
            post(ReaderLinkChanged(now_ms=monotonic_ms(), is_up=is_up))

        return cls(connect_forever(path, HELLO, FromReader, on_message, on_link))

    async def close(self) -> None:
        """Take the link down."""
        await self._link.close()
