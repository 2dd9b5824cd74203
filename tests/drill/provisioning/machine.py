"""A machine without hardware: a Debian root that Ansible reaches by chroot, and that systemd-nspawn boots."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

PROJECT = Path(__file__).parents[3]
ANSIBLE = PROJECT / ".venv-provisioning/bin/ansible-playbook"
BOOT_DEADLINE_S = 90
POLL_S = 0.02

PACKAGES = "systemd,systemd-sysv,dbus,udev,iproute2,python3,python3-venv,ca-certificates"


def bare_debian(path: Path, *arguments: str) -> None:
    """Debian 12 as debootstrap makes it (two minutes); the packages' source is this machine's."""
    unfinished = path.with_name(path.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", f"--include={PACKAGES}", *arguments, "bookworm", str(unfinished)]
    subprocess.run(command, check=True, capture_output=True, timeout=1800)
    for variable in ("SSL_CERT_FILE", "PIP_CERT"):  # what this machine trusts, its root trusts
        trusted = os.environ.get(variable)
        if trusted and Path(trusted).is_file():
            (unfinished / trusted.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(trusted, unfinished / trusted.lstrip("/"))
    unfinished.rename(path)


def unpack_foreign_debian(path: Path, architecture: str, packages: str) -> None:
    """Debian 12 of another architecture, unpacked but not configured: its programs run under qemu-user."""
    unfinished = path.with_name(path.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    kind = ["--foreign", "--variant=minbase", f"--arch={architecture}", f"--include={packages}"]
    subprocess.run(
        ["debootstrap", *kind, "bookworm", str(unfinished)], check=True, capture_output=True, timeout=1800
    )
    for package in (unfinished / "var/cache/apt/archives").glob("*.deb"):
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
        ) as reading:
            unpack = ["tar", "-x", "--keep-directory-symlink", "-C", str(unfinished)]
            subprocess.run(unpack, stdin=reading.stdout, check=True, timeout=300)
    unfinished.rename(path)


def copy_root(source: Path, target: Path) -> Path:
    """A root with owners, links and devices as they are."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True, timeout=300)
    return target


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

    root: Path
    release: Path
    inventory: Path
    variables: dict[str, object]
    pid: int = 0

    def play(self, playbook: str = "site.yml", *arguments: str, **variables: object) -> Played:
        """Run a playbook against this machine, booted or not."""
        self._write_inventory()
        extra = {"base_release_dir": str(self.release)} | variables
        command = [str(ANSIBLE), "-i", str(self.inventory), playbook, *arguments]
        command += ["--extra-vars", msgspec.json.encode(extra).decode()]
        environ = os.environ | {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}
        with _mounts(self.root) if not self.pid else _nothing():
            done = subprocess.run(
                command,
                check=False,
                cwd=PROJECT / "provisioning",
                env=environ,
                capture_output=True,
                text=True,
                timeout=1500,
            )
        return Played(done.returncode, done.stdout + done.stderr)

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
        """Run the installed command line as one of the machine's users."""
        prefix = [] if user == "root" else ["runuser", f"--user={user}", "--"]
        return self.run(*prefix, "/opt/officine/current/bin/officine", *arguments)

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", f"--property={name}", "--value", unit)

    def wait(self, condition: Callable[[], bool], deadline_s: float, what: str) -> float:
        """Wait until a condition holds; the seconds it took."""
        started_s = time.monotonic()
        while not condition():
            assert time.monotonic() - started_s < deadline_s, (
                f"{what}: not within {deadline_s} s\n{self.journal()}"
            )
            time.sleep(POLL_S)
        return time.monotonic() - started_s

    def is_up(self, *units: str) -> bool:
        """Whether all are active: with Type=notify, whether they said they are ready."""
        return all(self.show(unit, "ActiveState") == "active" for unit in units)

    def journal(self) -> str:
        """The end of the journal of our units."""
        return self.run("journalctl", "-b", "--no-pager", "-u", "officine-*", is_checked=False)[-4000:]

    @contextmanager
    def booted(self) -> Iterator[None]:
        """Boot the root with its own systemd as process 1, without a network but localhost."""
        command = ["systemd-nspawn", f"--directory={self.root}", "--register=no", "--keep-unit"]
        command += ["--private-network", "--boot", "--console=pipe", "--quiet"]
        with (self.root.parent / "console.log").open("wb") as console:
            nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
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
        groups = {"hosts": {"machine": None}}
        content = {
            "all": {
                "vars": host | self.variables,
                "children": {"centrals": groups, "terminals": {"children": {"leman": groups}}},
            }
        }
        self.inventory.write_bytes(msgspec.json.encode(content))


@contextmanager
def _mounts(root: Path) -> Iterator[None]:
    mounted: list[Path] = []
    try:
        for name in ("proc", "sys", "dev"):
            subprocess.run(["mount", "--bind", f"/{name}", str(root / name)], check=True, timeout=30)
            mounted.append(root / name)
        yield
    finally:
        for path in reversed(mounted):
            subprocess.run(["umount", "--lazy", str(path)], check=True, timeout=30)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


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
