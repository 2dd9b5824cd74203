"""A wrong value stops a playbook before any machine is spoken with: the machines named here do not exist."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from tests.drill.provisioning.machine import ANSIBLE
from tests.drill.provisioning.roots import PROJECT

pytestmark = [pytest.mark.drill, pytest.mark.playbook, pytest.mark.timeout(900)]

NOWHERE = {"ansible_host": "192.0.2.77", "ansible_ssh_common_args": "-o ConnectTimeout=1"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inventory of a terminal and a central, and a release."""
    place = tmp_path_factory.mktemp("look")
    for script in (["scripts/provisioning"], ["scripts/release", str(place / "release")]):
        subprocess.run(script, cwd=PROJECT, check=True, capture_output=True, timeout=900)
    shop = {"terminal_poi_id": "OFFICINE-00000001", "terminal_central_url": "https://central.example"}
    groups = {"terminals": {"hosts": {"shop-1": shop}}, "centrals": {"hosts": {"central-1": None}}}
    inventory = {"all": {"vars": NOWHERE, "children": groups}}
    (place / "hosts.json").write_bytes(msgspec.json.encode(inventory))
    return place


def play(place: Path, playbook: str, **variables: object) -> subprocess.CompletedProcess[str]:
    extra = msgspec.json.encode({"base_release_dir": str(place / "release")} | variables).decode()
    return subprocess.run(
        [str(ANSIBLE), "-i", str(place / "hosts.json"), playbook, "--extra-vars", extra],
        cwd=PROJECT / "provisioning",
        env=os.environ | {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("playbook", ["site.yml", "replace.yml"])
@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"terminal_addresses": ["nonsense", "192.0.2.0/99"]}, "nonsense, 192.0.2.0/99"),
        ({"kiosk_langauge": "fr"}, "Did you mean kiosk_language?"),
        ({"terminal_options": {"printer": "hello"}}, "hello is no printer"),
    ],
    ids=["addresses", "slip", "option"],
)
def test_a_wrong_value_stops_it_before_any_machine_is_spoken_with(
    place: Path, playbook: str, variables: dict[str, object], told: str
) -> None:
    played = play(place, playbook, **variables)
    assert played.returncode != 0
    assert told in played.stdout + played.stderr
    assert "unreachable=1" not in played.stdout
    assert "Gathering Facts" not in played.stdout


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"terminal_poi_id": "two words"}, "terminal_poi_id"),
        ({"terminal_token": "a b"}, "terminal_token"),
        ({"terminal_nexo_port": 80}, "terminal_nexo_port"),
        ({"terminal_nexo_host": "not an ip"}, "nexo_host"),
        (
            {"terminal_addresses": ["192.0.2.0/24"], "terminal_central_url": "https://198.51.100.7"},
            "is missing",
        ),
        ({"central_port": 80}, "central_port"),
        ({"base_ballast_mib": "7"}, "base_ballast_mib"),
        ({"base_ntp_servers": ["x y"]}, "x y"),
        ({"reader_drivers": []}, "reader_drivers"),
        ({"reader_options": {"serial_prot": "/dev/ttyACM0"}}, "serial_port"),
        ({"reader_options": {"led_pin": 17, "buzzer_pin": 17}}, "led_pin already"),
        ({"kiosk_options": {"size": [0, 0]}}, "[kiosk] size = 0"),
        ({"central_options": {"log_level": "loud"}}, "log_level"),
        ({"base_release_dir": "/nowhere"}, "make release"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_named(place: Path, variables: dict[str, object], told: str) -> None:
    played = play(place, "look.yml", **variables)
    assert played.returncode != 0
    assert told in played.stdout.partition("[ERROR]")[2] + played.stderr


def test_right_values_pass_also_as_words_of_the_command_line(place: Path) -> None:
    played = play(place, "look.yml", base_ballast_mib="128", base_releases_kept="2", central_port="8081")
    assert played.returncode == 0, played.stdout + played.stderr
    after = play(place, "site.yml")
    assert "unreachable=1" in after.stdout, "only now the machines are spoken with"
