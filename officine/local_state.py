"""What a running program of this machine tells everyone who connects to its socket: its state, in full."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from loyalty.limits import CONTROL_DEADLINE_S
from officine.version import VERSION
from wire.messages import Hello
from wire.peer import PeerError, connect_forever

M = TypeVar("M", bound=msgspec.Struct)


async def first_message(path: Path, incoming_type: Any, wanted: type[M]) -> M:
    """Connect, wait for the first `wanted` message, leave.

    Raises: PeerError: nobody listens, or nothing is said within CONTROL_DEADLINE_S. PermissionError: this
        user may not ask.
    """
    try:  # a quick word where nobody listens at all; the link below would try again and again
        _, writer = await asyncio.open_unix_connection(path)
    except PermissionError as error:  # a connection's own error does not name the place
        raise PermissionError(error.errno, error.strerror, str(path)) from error
    except OSError as error:
        reason = f"nobody listens there ({error.strerror or error}); is the program started?"
        raise PeerError(path=str(path), reason=reason) from error
    writer.close()
    heard: asyncio.Future[M] = asyncio.get_running_loop().create_future()

    async def hear(message: Any) -> None:
        if isinstance(message, wanted) and not heard.done():
            heard.set_result(message)

    hello = Hello(program="control", version=VERSION)
    async with connect_forever(path, hello, incoming_type, hear, lambda _is_up: None):
        try:
            return await asyncio.wait_for(heard, CONTROL_DEADLINE_S)
        except TimeoutError:
            reason = f"said nothing within {CONTROL_DEADLINE_S} s; see its log, or start it again"
            raise PeerError(path=str(path), reason=reason) from None
