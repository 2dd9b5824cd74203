"""A whole machine under software emulation: kernel, bare screen, serial line; its screen is photographed."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drill.provisioning.machine import Machine

EMULATOR = "qemu-system-x86_64"
SCREEN = (800, 480)
DISK_MIB = 4096
POLL_S = 0.5

GUEST_ADDRESS = "10.0.2.15"
NETWORK = f"[Match]\nName=en* eth*\n\n[Network]\nAddress={GUEST_ADDRESS}/24\nGateway=10.0.2.2\n"
"""As qemu's user network numbers them; set, because its DHCP names no router where `restrict` is on."""
SERIAL_JOURNAL = "[Journal]\nForwardToConsole=yes\nTTYPath=/dev/ttyS0\nMaxLevelConsole=info\n"


class Emulated:
    """A running emulator."""

    def __init__(self, process: subprocess.Popen[bytes], place: Path) -> None:
        self.process = process
        self._place = place

    @property
    def serial(self) -> str:
        """What the machine wrote on its serial line: kernel and journal."""
        path = self._place / "serial.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def wait(self, condition: Callable[[], bool], deadline_s: float, what: str) -> float:
        """Wait until a condition holds; the seconds it took."""
        started_s = time.monotonic()
        while not condition():
            assert self.process.poll() is None, "the emulator ended"
            waited_s = time.monotonic() - started_s
            assert waited_s < deadline_s, f"{what}: not within {deadline_s} s\n{self.serial[-4000:]}"
            time.sleep(POLL_S)
        return time.monotonic() - started_s

    def photograph(self, picture: Path) -> Path:
        """The screen as a PNG, by the emulator's own view of the video memory."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(30)
            control.connect(str(self._place / "qmp"))
            lines = control.makefile("rw")
            lines.readline()
            for command in ({"execute": "qmp_capabilities"}, _screendump(picture)):
                lines.write(json.dumps(command) + "\n")
                lines.flush()
                while not ("return" in (answer := json.loads(lines.readline())) or "error" in answer):
                    pass
                assert "return" in answer, answer
        return picture


@contextmanager
def emulated(machine: Machine, place: Path) -> Iterator[Emulated]:
    """Boot a copy of the machine's root from a disk of its own; `place` has a short path (AF_UNIX)."""
    journal = machine.root / "etc/systemd/journald.conf.d/zz-serial.conf"
    journal.write_text(SERIAL_JOURNAL, encoding="utf-8")
    network = machine.root / "etc/systemd/network/80-emulated.network"
    network.parent.mkdir(exist_ok=True)
    network.write_text(NETWORK, encoding="utf-8")
    wanted = machine.root / "etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
    if not wanted.is_symlink():
        wanted.symlink_to("/lib/systemd/system/systemd-networkd.service")
    (machine.root / "etc/fstab").write_text("/dev/sda / ext4 rw 0 1\n", encoding="utf-8")
    boot = machine.root / "boot"
    kernel, initrd = next(boot.glob("vmlinuz-*")), next(boot.glob("initrd.img-*"))
    disk = place / "disk.img"
    with disk.open("wb") as file:
        file.truncate(DISK_MIB * 1024 * 1024)
    make = ["mkfs.ext4", "-q", "-F", "-d", str(machine.root), str(disk)]
    subprocess.run(make, check=True, capture_output=True, timeout=300)
    width, height = SCREEN
    command = [EMULATOR, "-accel", "tcg,thread=multi", "-m", "1536", "-smp", "2"]
    # An address, and nobody behind it: restrict lets the guest reach neither this machine nor the world.
    command += ["-nic", "user,model=virtio-net-pci,restrict=on"]
    command += ["-kernel", str(kernel), "-initrd", str(initrd)]
    command += ["-append", "root=/dev/sda rw console=tty1 console=ttyS0 consoleblank=0 quiet"]
    command += ["-drive", f"file={disk},format=raw", "-vga", "none", "-display", "none"]
    command += ["-device", f"VGA,edid=on,xres={width},yres={height}", "-device", "virtio-tablet-pci"]
    command += ["-serial", f"file:{place}/serial.log", "-qmp", f"unix:{place}/qmp,server,nowait"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield Emulated(process, place)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(place, ignore_errors=True)


def _screendump(picture: Path) -> dict[str, object]:
    return {"execute": "screendump", "arguments": {"filename": str(picture), "format": "png"}}
