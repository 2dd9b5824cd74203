"""Tell the service manager how this program is: sd_notify(3) over NOTIFY_SOCKET; nothing where there is none.

A watchdog proves only what feeds it. Here each ping follows a piece of the program's real work, so a loop
that turns over a dead disk or a stuck reader is not taken for life.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from loyalty.limits.doctor import WATCHDOG_PROOFS_PER_PERIOD

log = structlog.get_logger(__name__)

Proof = Callable[[], Awaitable[None]]
"""A piece of real work: returning means that it came through, raising or never returning that it did not."""


def notify(*states: str) -> bool:
    """Send states such as READY=1 in one datagram; whether a service manager took it. Never blocks."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return False
    address = "\0" + path[1:] if path.startswith("@") else path  # unix(7): abstract names begin with a zero
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        try:
            sender.sendto("\n".join(states).encode(), address)
        except OSError as error:
            log.warning("notify_failed", reason=str(error))
            return False
    return True


def ready() -> bool:
    """The program does its work from now on."""
    return notify("READY=1")


def stopping() -> bool:
    """The program ends because it was asked to."""
    return notify("STOPPING=1")


def status(text: str) -> bool:
    """One line for `systemctl status`; no names, no card numbers."""
    return notify("STATUS=" + " ".join(text.split()))


def ping() -> bool:
    """The program lives."""
    return notify("WATCHDOG=1")


def watchdog_period_s() -> float | None:
    """Within which a ping is wanted; None where nobody watches this process."""
    period_us = os.environ.get("WATCHDOG_USEC", "")
    watched_pid = os.environ.get("WATCHDOG_PID", "")
    if not period_us or (watched_pid and int(watched_pid) != os.getpid()):
        return None
    return int(period_us) / 1_000_000


async def feed_watchdog(proof: Proof) -> None:
    """Ping whenever `proof` came through, several times in a period; ends at once where nobody watches."""
    period_s = watchdog_period_s()
    if period_s is None:
        return
    while True:
        try:
            await proof()
        except Exception as error:  # the boundary: no proof, no ping; the service manager decides
            log.exception("no_proof_of_life", reason=str(error))
        else:
            ping()
        await asyncio.sleep(period_s / WATCHDOG_PROOFS_PER_PERIOD)


@asynccontextmanager
async def in_service(proof: Proof, *, is_last: bool = True) -> AsyncIterator[None]:
    """Ready on entering, the watchdog fed inside, stopping on leaving.

    is_last: False where the program goes on after leaving: a service that said it stops would be killed.
    """
    feeding = asyncio.create_task(feed_watchdog(proof), name="watchdog")
    ready()
    try:
        yield
    finally:
        if is_last:
            stopping()
        feeding.cancel()
        await asyncio.wait({feeding})
