"""A machine without hardware: a Debian root that Ansible reaches by chroot, and that systemd-nspawn boots."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.drill.provisioning.roots import PROJECT, Debian, mounted
from tests.drill.provisioning.stages import Stages

SECURE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What Debian's sudo gives (sudoers(5), secure_path)."""
ANSIBLE = PROJECT / ".venv-provisioning/bin/ansible-playbook"
BOOT_DEADLINE_S = 90
PLAY_TIMEOUT_S = 1500
EMULATED_PLAY_TIMEOUT_S = 3600
POLL_S = 0.02


@dataclass(frozen=True)
class Played:
    """What a run of Ansible came to."""

    status: int
    output: str

    def count(self, what: str) -> int:
        """A number of the recap, such as changed."""
        found = re.search(rf"PLAY RECAP \*+\n.*\b{what}=(\d+)", self.output)
        assert found, self.output[-3000:]
        return int(found[1])

    def changed_tasks(self) -> list[str]:
        """Names of the tasks that changed something."""
        names, name = [], ""
        for line in self.output.splitlines():
            if line.startswith(("TASK [", "RUNNING HANDLER [")):
                name = line.partition("[")[2].rpartition("]")[0]
            elif line.startswith("changed:"):
                names.append(name)
        return names


@dataclass
class Machine:
    """A root, and the process 1 of the container while it is booted."""

    debian: Debian
    stages: Stages
    root: Path
    release: Path
    inventory: Path
    variables: dict[str, object]
    groups: tuple[str, ...] = ("centrals", "terminals")
    pid: int = 0

    def play(self, playbook: str = "site.yml", *arguments: str, **variables: object) -> Played:
        """Run a playbook against this machine, booted or not."""
        self._write_inventory()
        extra = {"base_release_dir": str(self.release)} | variables
        command = [str(ANSIBLE), "-i", str(self.inventory), playbook, *arguments]
        command += ["--extra-vars", msgspec.json.encode(extra).decode()]
        environ = os.environ | {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", "LC_ALL": "C.UTF-8"}
        is_native = self.debian.architecture == "amd64"
        told = " ".join((playbook, *arguments, *(f"{name}=" for name in variables)))
        reach = nullcontext() if self.pid else mounted(self.root, self.debian)
        with self.stages.stage(self.name, told), reach:
            done = subprocess.run(
                command,
                check=False,
                cwd=PROJECT / "provisioning",
                env=environ,
                capture_output=True,
                text=True,
                timeout=PLAY_TIMEOUT_S if is_native else EMULATED_PLAY_TIMEOUT_S,
            )
        return Played(done.returncode, done.stdout + done.stderr)

    @property
    def name(self) -> str:
        """Release and name, as stages tell it."""
        return f"{self.debian.name} {self.inventory.parent.name}"

    def in_root(self, path: str) -> Path:
        """A file of the machine as this one reaches it."""
        return self.root / path.lstrip("/")

    def install(self, *packages: str) -> None:
        """Debian packages that no role installs, such as a kernel or a virtual reader, before a boot."""
        apt = "export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get install -q -y"
        command = f"{apt} --no-install-recommends {' '.join(packages)}"
        with self.stages.stage(self.name, f"install {' '.join(packages)}"), mounted(self.root, self.debian):
            self.run("sh", "-c", command, timeout_s=900)

    def run(self, *command: str, is_checked: bool = True, timeout_s: int = 120) -> str:
        """Run a command in the machine; its standard output."""
        enter = (
            ["nsenter", "--target", str(self.pid), "--all", "--"] if self.pid else ["chroot", str(self.root)]
        )
        done = subprocess.run(
            [*enter, *command], check=False, capture_output=True, text=True, timeout=timeout_s
        )
        assert done.returncode == 0 or not is_checked, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def officine(self, *arguments: str, user: str = "root") -> str:
        """Run the installed command line as one of the machine's users, by the name that people type."""
        prefix = [] if user == "root" else ["runuser", f"--user={user}", "--"]
        return self.run(*prefix, "env", f"PATH={SECURE_PATH}", "officine", *arguments)

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", f"--property={name}", "--value", unit)

    def wait(self, condition: Callable[[], bool], deadline_s: float, what: str) -> float:
        """Wait until a condition holds; the seconds it took. A command that fails counts as "not yet"."""
        started_s = time.monotonic()
        last: AssertionError | None = None
        while True:
            try:
                if condition():
                    return time.monotonic() - started_s
            except AssertionError as error:
                last = error
            assert time.monotonic() - started_s < deadline_s, (
                f"{what}: not within {deadline_s} s ({last})\n{self.journal()}"
            )
            time.sleep(POLL_S)

    def is_up(self, *units: str) -> bool:
        """Whether all are active: with Type=notify, whether they said they are ready."""
        return all(self.show(unit, "ActiveState") == "active" for unit in units)

    def journal(self) -> str:
        """The end of the journal of our units."""
        return self.run("journalctl", "-b", "--no-pager", "-u", "officine-*", is_checked=False)[-4000:]

    def outer_pid(self, inner: str) -> int:
        """The number that a process of the booted machine has on this one."""
        space = Path(f"/proc/{self.pid}/ns/pid").readlink()
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):  # it ended meanwhile
                is_inside = status.with_name("ns").joinpath("pid").readlink() == space
                if is_inside and _numbers(status)[-1] == inner:
                    return int(status.parent.name)
        raise AssertionError(f"no process {inner} in {self.name}")

    @contextmanager
    def booted(self) -> Iterator[None]:
        """Boot the root with its own systemd as process 1, without a network but localhost.

        Control groups are of version 2 alone, as on a real machine (systemd 257 starts with nothing else).
        """
        command = ["systemd-nspawn", f"--directory={self.root}", "--register=no", "--keep-unit"]
        command += ["--private-network", "--boot", "--console=pipe", "--quiet"]
        environ = os.environ | {"UNIFIED_CGROUP_HIERARCHY": "1"}
        with (self.root.parent / "console.log").open("wb") as console:
            nspawn = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        try:
            with self.stages.stage(self.name, "boot"):
                self.pid = _child_of(nspawn)
                self.wait(self._is_running, BOOT_DEADLINE_S, "boot")
            yield
        finally:
            self.pid = 0
            nspawn.send_signal(signal.SIGTERM)
            try:
                nspawn.wait(timeout=60)
            except subprocess.TimeoutExpired:
                nspawn.kill()
                nspawn.wait()

    def _is_running(self) -> bool:
        return self.run("systemctl", "is-system-running", is_checked=False) in {"running", "degraded"}

    def _write_inventory(self) -> None:
        host: dict[str, object] = {
            "ansible_connection": "community.general.chroot",
            "ansible_host": str(self.root),
            "ansible_become": False,
        }
        if self.pid:
            enter = self.inventory.with_name("enter")
            enter.write_text(
                f'#!/bin/sh\nshift\nexec nsenter --target {self.pid} --all -- "$@"\n', encoding="utf-8"
            )
            enter.chmod(0o755)
            host["ansible_chroot_exe"] = str(enter)
        here = {"hosts": {"machine": None}}
        children = {"centrals": here, "terminals": {"children": {"leman": here}}}
        chosen = {group: children[group] for group in self.groups}
        content = {"all": {"vars": host | self.variables, "children": chosen}}
        self.inventory.write_bytes(msgspec.json.encode(content))


def _numbers(status: Path) -> list[str]:
    """A process's numbers, the innermost last."""
    text = status.read_text(encoding="utf-8")
    return text.partition("NSpid:")[2].partition("\n")[0].split()


def _child_of(nspawn: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        assert nspawn.poll() is None, "systemd-nspawn ended: see console.log"
        for word in children.read_text().split():
            if Path(f"/proc/{word}/comm").read_text().strip() == "systemd":
                return int(word)
        time.sleep(POLL_S)
    raise AssertionError("systemd-nspawn did not start a process 1")
