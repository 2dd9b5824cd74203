"""What a running program of this machine tells everyone who connects to its socket: its state, in full."""

import asyncio
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from loyalty.limits import CONTROL_DEADLINE_S
from officine.version import VERSION
from wire.messages import Hello
from wire.peer import PeerError, connect_forever, greet_once

M = TypeVar("M", bound=msgspec.Struct)

HELLO: Final = Hello(program="control", version=VERSION)


async def first_message(path: Path, incoming_type: Any, wanted: type[M]) -> M:
    """Connect, wait for the first `wanted` message, leave.

    Raises: PeerError: nobody listens, or nothing is said within CONTROL_DEADLINE_S. PermissionError: this
        user may not ask.
    """
    await _require_listener(path)
    heard: asyncio.Future[M] = asyncio.get_running_loop().create_future()

    async def hear(message: Any) -> None:
        if isinstance(message, wanted) and not heard.done():
            heard.set_result(message)

    async with connect_forever(path, HELLO, incoming_type, hear, lambda _is_up: None):
        try:
            return await asyncio.wait_for(heard, CONTROL_DEADLINE_S)
        except TimeoutError:
            reason = f"said nothing within {CONTROL_DEADLINE_S} s; see its log, or start it again"
            raise PeerError(path=str(path), reason=reason) from None


async def hello_of(path: Path) -> Hello:
    """The first word of the program that serves there: who it is, its version, what it was started with.

    Raises: PeerError, PermissionError: as `first_message`.
    """
    await _require_listener(path)
    return await greet_once(path, HELLO)


async def _require_listener(path: Path) -> None:
    """A quick word where nobody listens at all: a link would try again and again."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except PermissionError as error:  # a connection's own error does not name the place
        raise PermissionError(error.errno, error.strerror, str(path)) from error
    except OSError as error:
        reason = f"nobody listens there ({error.strerror or error}); is the program started?"
        raise PeerError(path=str(path), reason=reason) from error
    writer.close()
