"""Machines in miniature: network namespaces on one bridge, each with an address, whose cables can be cut.

Linux alone, as root, with iproute2 and nft. Who runs in a namespace is known: all can be killed at once.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

TOOLS: Final = ("ip", "nft", "setpriv")
NETWORK: Final = "10.213.77.0/24"
"""Lives in the namespaces alone; nothing of it is seen outside."""


class NoNamespaces(Exception):
    """No network namespaces can be had here; the text says what is missing."""


class Machine:
    """One namespace: `address` on the bridge."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address

    def start(
        self, command: Sequence[str], log: Path, *, user: str | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a process on this machine, as `user` where given; what it tells goes into `log`."""
        if user is not None:
            command = ("setpriv", "--reuid", user, "--regid", user, "--clear-groups", *command)
        with log.open("ab") as told:
            return subprocess.Popen(  # noqa: S603  -- the drill's own commands
                [tool("ip"), "netns", "exec", self.name, *command],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd="/",
                start_new_session=True,
            )

    def pids(self) -> list[int]:
        """The processes that run on this machine."""
        told = _run("ip", "netns", "pids", self.name)
        return [int(pid) for pid in told.split()]

    def kill_all(self) -> int:
        """Take the power away: every process is killed. Returns how many."""
        killed = 0
        while pids := [pid for pid in self.pids() if _is_alive(pid)]:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    continue
        return killed

    def cut_from(self, others: Sequence["Machine"]) -> None:
        """No packet passes between this machine and `others`, either way; nobody is told so."""
        addresses = ", ".join(other.address for other in others)
        rules = (
            "table inet cut {\n"
            f"chain coming {{ type filter hook input priority 0; ip saddr {{ {addresses} }} drop; }}\n"
            f"chain going {{ type filter hook output priority 0; ip daddr {{ {addresses} }} drop; }}\n"
            "}\n"
        )
        _run("ip", "netns", "exec", self.name, tool("nft"), "-f", "-", given=rules)

    def mend(self) -> None:
        """Undo every cut of this machine."""
        _run("ip", "netns", "exec", self.name, tool("nft"), "flush", "ruleset")


@contextmanager
def machines(names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """Make machines on one bridge, which lies on the first; at the end they and their processes are gone.

    Raises: NoNamespaces.
    """
    if os.geteuid() != 0:
        raise NoNamespaces("not root")
    for name in TOOLS:
        tool(name)
    base = NETWORK.rpartition(".")[0]
    made = {
        name: Machine(f"officine-{os.getpid()}-{name}", f"{base}.{number}")
        for number, name in enumerate(names, start=1)
    }
    hub, *others = made.values()
    try:
        for machine in made.values():
            _run("ip", "netns", "add", machine.name)
            _run("ip", "-n", machine.name, "link", "set", "lo", "up")
        _run("ip", "-n", hub.name, "link", "add", "bridge", "type", "bridge")
        _run("ip", "-n", hub.name, "address", "add", f"{hub.address}/24", "dev", "bridge")
        _run("ip", "-n", hub.name, "link", "set", "bridge", "up")
        for number, machine in enumerate(others):
            port = f"port{number}"
            _run(
                "ip",
                "-n",
                hub.name,
                "link",
                "add",
                port,
                "type",
                "veth",
                "peer",
                "eth0",
                "netns",
                machine.name,
            )
            _run("ip", "-n", hub.name, "link", "set", port, "master", "bridge", "up")
            _run("ip", "-n", machine.name, "address", "add", f"{machine.address}/24", "dev", "eth0")
            _run("ip", "-n", machine.name, "link", "set", "eth0", "up")
        yield made
    finally:
        _remove(made.values())


def _remove(made: Iterable[Machine]) -> None:
    present = _run("ip", "netns", "list").split()
    for machine in made:
        if machine.name in present:
            machine.kill_all()
            _run("ip", "netns", "delete", machine.name)


def _is_alive(pid: int) -> bool:
    """Not gone and not a zombie that its parent has yet to bury."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def tool(name: str) -> str:
    """The path of a program of the system. Raises: NoNamespaces."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        raise NoNamespaces(f"no {name}")
    return path


def _run(*command: str, given: str | None = None) -> str:
    done = subprocess.run(  # noqa: S603  -- the drill's own commands
        [tool(command[0]), *command[1:]], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoNamespaces(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
