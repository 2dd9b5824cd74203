"""A line in bad weather between two machines: packets are lost, late, out of order, doubled, or all gone.

tc netem would do it, but many kernels come without it. Two TUN devices, one in each machine's namespace, are
the ends of the line; what goes in at one comes out of the other as seeded draws say. Linux alone, as root.
"""

import asyncio
import ctypes
import fcntl
import os
import random
import socket
import struct
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.faults.namespaces import Machine, NoNamespaces, tool

TUN: Final = Path("/dev/net/tun")
NAMESPACES: Final = Path("/run/netns")
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN_NO_PI: Final = 0x0001 | 0x1000
_CLONE_NEWNET: Final = 0x40000000
_PACKET_BYTES: Final = 65_536
_BURST: Final = 64
"""Packets taken at once before the loop turns: nobody else may starve."""
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Weather:
    """What each packet may meet. `delay_s`, and up to `jitter_s` more: later ones overtake."""

    loss_per_mille: int = 0
    double_per_mille: int = 0
    delay_s: float = 0.0
    jitter_s: float = 0.0


CALM: Final = Weather()


class BadLine:
    """The line between two machines. `seen` counts what became of packets."""

    def __init__(self, ends: tuple[int, int], rng: random.Random, weather: Weather) -> None:
        self._ends = ends
        self._rng = rng
        self._is_open = True
        self.weather = weather
        self.is_cut = False
        self.seen: Counter[str] = Counter()
        self._last_due = {ends[0]: 0.0, ends[1]: 0.0}

    def open(self) -> None:
        """Begin to carry, in the loop that runs."""
        loop = asyncio.get_running_loop()
        for end, other in (self._ends, self._ends[::-1]):
            loop.add_reader(end, self._take, end, other)

    def cut(self) -> None:
        """From now on nothing passes, either way, and nobody is told: what is on the way is lost too."""
        self.is_cut = True
        self.seen["cuts"] += 1

    def mend(self) -> None:
        """Undo the cut."""
        self.is_cut = False

    def close(self) -> None:
        """Carry nothing any more; the devices are gone with this."""
        loop = asyncio.get_running_loop()
        self._is_open = False
        for end in self._ends:
            loop.remove_reader(end)

    def _take(self, end: int, other: int) -> None:
        for _ in range(_BURST):
            try:
                packet = os.read(end, _PACKET_BYTES)
            except BlockingIOError:
                return
            self._carry(packet, other)

    def _carry(self, packet: bytes, other: int) -> None:
        weather = self.weather
        self.seen["packets"] += 1
        if self.is_cut or self._rng.randrange(1000) < weather.loss_per_mille:
            self.seen["lost"] += 1
            return
        copies = 1
        if self._rng.randrange(1000) < weather.double_per_mille:
            copies = 2
            self.seen["doubled"] += 1
        loop = asyncio.get_running_loop()
        for _ in range(copies):
            due = loop.time() + weather.delay_s + self._rng.random() * weather.jitter_s
            if due < self._last_due[other]:
                self.seen["overtaken"] += 1
            self._last_due[other] = max(due, self._last_due[other])
            loop.call_at(due, self._give, packet, other)

    def _give(self, packet: bytes, other: int) -> None:
        if self.is_cut or not self._is_open:
            self.seen["lost"] += 1
            return
        try:
            os.write(other, packet)
        except BlockingIOError:
            self.seen["lost"] += 1  # the device's queue is full: a line may lose


@contextmanager
def bad_line(first: Machine, second: Machine, rng: random.Random, weather: Weather) -> Iterator[BadLine]:
    """Lay a line beside the bridge: `line_addresses` are its two ends. Open it inside a running loop.

    Raises: NoNamespaces: no TUN devices here.
    """
    near, far = line_addresses()
    ends: list[int] = []
    try:
        for machine, own, peer in ((first, near, far), (second, far, near)):
            with inside(machine):
                ends.append(_tun("line0"))
            for command in (
                ("address", "add", own, "peer", peer, "dev", "line0"),
                ("link", "set", "line0", "up"),
            ):
                _ip(machine, *command)
        yield BadLine((ends[0], ends[1]), rng, weather)
    finally:
        for end in ends:
            os.close(end)


def line_addresses() -> tuple[str, str]:
    """The addresses of the two ends; they live in the namespaces alone."""
    return "10.213.78.1", "10.213.78.2"


@contextmanager
def inside(machine: Machine) -> Iterator[None]:
    """What this thread opens here is on that machine: a socket, a device. No await inside.

    Raises: NoNamespaces.
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(NAMESPACES / machine.name, os.O_RDONLY)
        try:
            _enter(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _enter(home)
    finally:
        os.close(home)


def socket_on(machine: Machine) -> socket.socket:
    """A TCP socket of that machine, for this process."""
    with inside(machine):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    return made


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, _CLONE_NEWNET):
        raise NoNamespaces(f"setns: {os.strerror(ctypes.get_errno())}")


def _tun(name: str) -> int:
    try:
        end = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN_NO_PI))
    except OSError as error:
        raise NoNamespaces(f"{TUN}: {error.strerror}") from error
    return end


def _ip(machine: Machine, *command: str) -> None:
    done = subprocess.run(  # noqa: S603  (the drill's own commands)
        [tool("ip"), "-n", machine.name, *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoNamespaces(f"ip {' '.join(command)}: {done.stderr.strip()}")
