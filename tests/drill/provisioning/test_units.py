"""The installed units, judged by the systemd that will run them."""

import pytest

from tests.drill.conftest import Drill
from tests.drill.provisioning.conftest import Installed
from tests.drill.provisioning.roots import mounted

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(600)]

PROGRAMS = ("reader", "terminal", "kiosk", "central")
EXPOSURE_MAX = 2.0


def test_systemd_of_the_release_has_nothing_to_say_about_the_installed_units(installed: Installed) -> None:
    machine = installed.machine
    units = sorted(path.name for path in (machine.root / "etc/systemd/system").glob("officine-*.*"))
    named = [unit.replace("@.", "@officine-reader.") for unit in units if not unit.endswith(".d")]
    assert {f"officine-{program}.service" for program in PROGRAMS} <= set(named)
    with mounted(machine.root, machine.debian):
        said = machine.run("sh", "-c", 'systemd-analyze verify --man=no "$@" 2>&1', "verify", *named)
    assert said == ""


def test_exposure_is_small_in_the_eyes_of_the_release(installed: Installed, drill: Drill) -> None:
    machine = installed.machine
    version = machine.run("systemctl", "--version").split()[1]
    exposure = {}
    for program in PROGRAMS:
        unit = f"officine-{program}.service"
        with mounted(machine.root, machine.debian):
            told = machine.run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
        last = told.splitlines()[-1]
        assert unit in last
        exposure[program] = float(last.partition(": ")[2].split()[0])
    drill.tell(systemd=version, **exposure)
    assert max(exposure.values()) <= EXPOSURE_MAX
