"""What a running program of this machine tells everyone who connects to its socket: its state, in full."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.sockets import CONTROL_DEADLINE_S, PEER_QUEUE_MAX
from officine.version import VERSION
from wire.messages import AgentState, CommandResult, FromAgent, Hello
from wire.peer import PeerError, connect_forever, greet_once
from wire.tills import OfTills

M = TypeVar("M", bound=msgspec.Struct)

HELLO: Final = Hello(program="control", version=VERSION)


class WishRefused(LoyaltyError):
    """The agent did not do it; it says why, and what to do."""

    code = "till_wish_refused"
    trouble = Trouble.REFUSED
    text = "{reason}"


async def first_message(
    path: Path, incoming_type: Any, wanted: type[M], *, deadline_s: float = CONTROL_DEADLINE_S
) -> M:
    """Connect, wait for the first `wanted` message, leave.

    Raises: PeerError: nobody listens, or nothing is said within `deadline_s`. PermissionError: this user may
        not ask.
    """
    await _require_listener(path)
    heard: asyncio.Future[M] = asyncio.get_running_loop().create_future()

    async def hear(message: Any) -> None:
        if isinstance(message, wanted) and not heard.done():
            heard.set_result(message)

    async with connect_forever(path, HELLO, incoming_type, hear, lambda _is_up: None):
        try:
            return await asyncio.wait_for(heard, deadline_s)
        except TimeoutError:
            reason = f"said nothing within {deadline_s:g} s; see its log, or start it again"
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


async def has_listener(path: Path) -> bool:
    """Whether a program serves there now. Raises: PermissionError: this user may not ask."""
    try:
        await _require_listener(path)
    except PeerError:
        return False
    return True


async def wish(path: Path, message: OfTills) -> None:
    """Ask the running agent to do something about tills. Raises: WishRefused, PeerError, PermissionError."""
    await _require_listener(path)
    answered: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()

    async def hear(said: Any) -> None:
        if isinstance(said, CommandResult) and said.request_id == message.request_id and not answered.done():
            answered.set_result(said)

    is_up = asyncio.Event()
    async with connect_forever(path, HELLO, FromAgent, hear, lambda up: is_up.set() if up else None) as link:
        try:
            async with asyncio.timeout(CONTROL_DEADLINE_S):
                await is_up.wait()
                link.send(message)
                result = await answered
        except TimeoutError:
            reason = f"said nothing within {CONTROL_DEADLINE_S} s; see its log, or start it again"
            raise PeerError(path=str(path), reason=reason) from None
    if not result.is_done:
        raise WishRefused(reason=result.error)


async def follow_state(path: Path) -> AsyncIterator[AgentState]:
    """The agent's state, and each that follows. Raises: PeerError, PermissionError."""
    await _require_listener(path)
    states: asyncio.Queue[AgentState] = asyncio.Queue(PEER_QUEUE_MAX)

    async def hear(said: Any) -> None:
        if isinstance(said, AgentState):
            await states.put(said)

    async with connect_forever(path, HELLO, FromAgent, hear, lambda _is_up: None):
        while True:
            yield await states.get()
