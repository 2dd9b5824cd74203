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
    write_inventory(place / "hosts.json", {"shop-1": "OFFICINE-00000001"})
    names = {"shop-1": "OFFICINE-00000001", "shop-2": "OFFICINE-00000002", "shop-3": "OFFICINE-00000001"}
    write_inventory(place / "namesakes.json", names)
    return place


def write_inventory(path: Path, poi_ids: dict[str, str]) -> None:
    """Terminals by host and name at the till, and a central."""
    central = {"terminal_central_url": "https://central.example"}
    shops = {host: central | {"terminal_poi_id": poi_id} for host, poi_id in poi_ids.items()}
    groups = {"terminals": {"hosts": shops}, "centrals": {"hosts": {"central-1": None}}}
    path.write_bytes(msgspec.json.encode({"all": {"vars": NOWHERE, "children": groups}}))


def play(
    place: Path, playbook: str, *arguments: str, inventory: str = "hosts.json", **variables: object
) -> subprocess.CompletedProcess[str]:
    extra = msgspec.json.encode({"base_release_dir": str(place / "release")} | variables).decode()
    command = [str(ANSIBLE), "-i", str(place / inventory), playbook, *arguments, "--extra-vars", extra]
    return subprocess.run(
        command,
        cwd=PROJECT / "provisioning",
        env=os.environ | {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def told_error(played: subprocess.CompletedProcess[str]) -> str:
    """What Ansible says went wrong, without its line breaks."""
    return " ".join((played.stdout.partition("[ERROR]")[2] + played.stderr).split())


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
        ({"terminal_poi_id": "two words"}, 'shop-1: terminal_poi_id is "two words"'),
        ({"terminal_token": "a b"}, "shop-1: terminal_token holds a blank"),
        ({"terminal_nexo_port": 80}, "shop-1: terminal_nexo_port is 80:"),
        ({"terminal_nexo_port": 70000}, "shop-1: terminal_nexo_port is 70000:"),
        ({"terminal_central_url": "central.example"}, 'shop-1: terminal_central_url is "central.example"'),
        ({"terminal_central_url": "https://a:b@c.example"}, '"https://...@c.example": write'),
        ({"terminal_nexo_host": "not an ip"}, "nexo_host"),
        (
            {"terminal_addresses": ["192.0.2.0/24"], "terminal_central_url": "https://198.51.100.7"},
            "is missing",
        ),
        (
            {"terminal_caisse_ap_tills": {"192.0.2.31": "TILL-1"}, "terminal_caisse_ap_port": 80},
            "shop-1: terminal_caisse_ap_port is 80:",
        ),
        ({"terminal_caisse_ap_tills": {"till-1": "TILL-1"}}, "caisse_ap_tills = till-1"),
        ({"terminal_ticket_printers": {"TILL-1": {"printer": "hello"}}}, "ticket_printers = hello"),
        ({"terminal_ticket_printers": {"TILL-1": {"printers": "tcp://192.0.2.40"}}}, "ticket_printers"),
        ({"terminal_layouts": ["a/x.toml", "b/x.toml"]}, "two files of one name"),
        ({"terminal_wedge": "usb"}, "wedge = usb"),
        ({"central_port": 80}, "central-1: central_port is 80:"),
        ({"base_ballast_mib": "7"}, "base_ballast_mib is 7:"),
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
    assert told in told_error(played)


def test_all_wrong_values_of_a_host_are_told_at_once_and_only_those(place: Path) -> None:
    played = play(
        place, "look.yml", terminal_nexo_port=70000, terminal_central_url="x", terminal_token="s3 t"
    )
    told = told_error(played)
    assert ("terminal_nexo_port is 70000" in told, 'terminal_central_url is "x"' in told) == (True, True)
    assert ("terminal_token holds" in told, "s3 t" in told) == (True, False)
    assert "terminal_poi_id" not in told


@pytest.mark.parametrize("limit", [(), ("-l", "shop-1")], ids=["all", "one"])
def test_two_terminals_of_one_name_are_refused_before_any_machine_is_spoken_with(
    place: Path, limit: tuple[str, ...]
) -> None:
    played = play(place, "site.yml", *limit, inventory="namesakes.json")
    assert played.returncode != 0
    assert 'shop-1: terminal_poi_id "OFFICINE-00000001" is that of shop-3 as well' in told_error(played)
    assert "shop-2: terminal_poi_id" not in told_error(played)
    assert "unreachable=1" not in played.stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (("--check",), {"replace_old_root": "/mnt/old"}, "replace.yml has no --check"),
        ((), {}, "Name the one machine with -l"),
    ],
    ids=["check", "no card"],
)
def test_a_replacement_that_cannot_be_is_refused_before_any_machine_is_spoken_with(
    place: Path, arguments: tuple[str, ...], variables: dict[str, object], told: str
) -> None:
    played = play(place, "replace.yml", *arguments, **variables)
    assert played.returncode != 0
    assert told in told_error(played)
    assert "unreachable=1" not in played.stdout


def test_right_values_pass_also_as_words_of_the_command_line(place: Path) -> None:
    played = play(place, "look.yml", base_ballast_mib="128", base_releases_kept="2", central_port="8081")
    assert played.returncode == 0, played.stdout + played.stderr
    after = play(place, "site.yml")
    assert "unreachable=1" in after.stdout, "only now the machines are spoken with"


def test_tills_of_every_kind_pass(place: Path) -> None:
    played = play(
        place,
        "look.yml",
        terminal_caisse_ap_tills={"192.0.2.31": "TILL-1", "192.0.2.32": "TILL-2"},
        terminal_caisse_ap_tenders={"": "any", "0L2": "gift_card"},
        terminal_ticket_printers={
            "TILL-1": {"printer": "tcp://192.0.2.40:9100", "port": 9101, "layout": "pharmacie-ch"},
            "TILL-2": {"printer": "tcp://192.0.2.41:9100", "port": 9102, "host": "0.0.0.0"},
        },
        terminal_layouts=["layouts/mine.toml"],
        terminal_wedge="serial:///dev/ttyUSB1?baud=9600",
        terminal_wedge_text='"{number}{enter}',
    )
    assert played.returncode == 0, told_error(played)
