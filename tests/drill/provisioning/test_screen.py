"""Boot under qemu on a bare screen (KMSDRM, no desktop): the pairing screen, then the attract screen."""

import shutil
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from tests.drill.conftest import Drill
from tests.drill.provisioning.conftest import Installed, MakeMachine
from tests.drill.provisioning.emulator import EMULATOR, GUEST_ADDRESS, SCREEN, emulated
from tests.drill.provisioning.machine import Machine
from tests.drill.provisioning.roots import PROJECT
from tests.drill.provisioning.shop import open_shop, pair, screen_named_last

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(2400)]

BOOT_DEADLINE_S = 900
PICTURES = PROJECT / ".state" / "pictures"
ATTRACT_COLOURS_MIN = 200


@pytest.fixture(scope="module")
def screen(make_machine: MakeMachine, installed: Installed) -> Machine:
    """An unpaired terminal with Debian's kernel."""
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"the screen's drill needs {EMULATOR} (apt install qemu-system-x86)")
    machine = make_machine("screen", like=installed.machine.root)
    machine.install("linux-image-amd64")
    PICTURES.mkdir(parents=True, exist_ok=True)
    return machine


def a_place() -> Path:
    return Path(tempfile.mkdtemp(prefix="officine-q-"))


def shows_a_qr_code(picture: Path) -> bool:
    """Whether a good part of the right half is as dark as the modules of a code; no other screen is."""
    with Image.open(picture) as image:
        grey = image.convert("L").crop((SCREEN[0] // 2, 80, *SCREEN)).histogram()
    return sum(grey[:60]) / sum(grey) > 0.1


def shows_languages(picture: Path) -> bool:
    """Whether words stand at the right of the head: the languages, which the starting screen has not."""
    with Image.open(picture) as image:
        head = image.convert("L").crop((SCREEN[0] // 2, 0, SCREEN[0], 70))
        return sum(head.histogram()[:150]) > 200


def addresses_told(serial: str) -> str:
    """What the agent says of this machine's addresses, newest last; the kiosk draws the same."""
    return " ".join(line for line in serial.splitlines() if "terminal_unpaired" in line)


def test_an_unpaired_terminal_boots_to_its_pairing_code(screen: Machine, drill: Drill) -> None:
    with emulated(screen, a_place()) as machine:
        took_s = machine.wait(
            lambda: screen_named_last(machine.serial) == "pairing", BOOT_DEADLINE_S, "pairing screen"
        )
        machine.wait(lambda: GUEST_ADDRESS in addresses_told(machine.serial), 300, "the address")
        picture = PICTURES / f"boot-unpaired-{screen.debian.name}.png"
        machine.wait(lambda: shows_a_qr_code(machine.photograph(picture)), 120, "the code on the screen")
    drill.tell(pairing_screen_after_boot_s=round(took_s))


def test_a_paired_terminal_boots_to_the_attract_screen(screen: Machine, drill: Drill) -> None:
    with screen.booted():
        open_shop(screen)
        pair(screen)
    with emulated(screen, a_place()) as machine:
        took_s = machine.wait(
            lambda: screen_named_last(machine.serial) == "attract", BOOT_DEADLINE_S, "attract screen"
        )
        assert '"driver":"KMSDRM"' in machine.serial.replace('": "', '":"')
        picture = PICTURES / f"boot-attract-{screen.debian.name}.png"
        machine.wait(lambda: shows_languages(machine.photograph(picture)), 120, "the languages in the head")
        first = picture.read_bytes()  # the attract screen moves; no other idle screen does
        machine.wait(lambda: machine.photograph(picture).read_bytes() != first, 120, "a second frame")
        assert screen_named_last(machine.serial) == "attract"
        assert "watchdog" not in machine.serial.lower().partition("kiosk_ready")[2]
    with Image.open(picture) as image:
        assert image.size == SCREEN
        colours = image.convert("RGB").getcolors(maxcolors=1 << 20)
    assert colours is not None
    assert len(colours) > ATTRACT_COLOURS_MIN
    drill.tell(attract_after_boot_s=round(took_s), colours=len(colours))
