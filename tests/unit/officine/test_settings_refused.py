"""Settings of the right type that no machine can have are refused by name, before a program starts."""

from pathlib import Path

import pytest

from loyalty.errors import LoyaltyError
from officine.programs import settings_of

BASES = {
    "terminal": (
        'central_url = "https://central.example"\nstate_dir = "s"\nsocket = "a"\nreader_socket = "b"\n'
    ),
    "reader": 'socket = "a"\ndriver = "pcsc"\n',
    "kiosk": 'agent_socket = "a"\nreader_socket = "b"\n',
    "central": 'database = "sqlite:///c.db"\n',
}


def load(tmp_path: Path, section: str, more: str) -> object:
    file = tmp_path / "officine.toml"
    file.write_text(f"[{section}]\n{BASES[section]}{more}\n", encoding="utf-8")
    return settings_of(section, file, {})


@pytest.mark.parametrize(
    ("section", "wrong", "told"),
    [
        ("terminal", 'nexo_host = "not an ip"', "[terminal] nexo_host = not an ip"),
        ("terminal", "nexo_port = 70000", "[terminal] nexo_port = 70000"),
        ("terminal", 'printer = "hello"', "hello is no printer"),
        ("reader", "led_pin = 99", "[reader] led_pin = 99"),
        ("reader", "button_pin = -1", "[reader] button_pin = -1"),
        ("reader", "led_pin = 17\nbutton_pin = 17", "[reader] button_pin = 17: is led_pin already"),
        ("reader", "serial_baud = 1", "[reader] serial_baud = 1"),
        ("kiosk", "size = [0, 0]", "[kiosk] size = 0"),
        ("kiosk", "size = [800, 100000]", "[kiosk] size = 100000"),
        ("central", 'host = "0.0.0.0.0"', "[central] host = 0.0.0.0.0"),
        ("central", "port = 65536", "[central] port = 65536"),
        ("central", "stop_grace_s = -1", "[central] stop_grace_s = -1"),
        ("central", 'log_level = "loud"', "log_level"),
    ],
)
def test_a_value_no_machine_can_have_is_refused(tmp_path: Path, section: str, wrong: str, told: str) -> None:
    with pytest.raises(LoyaltyError) as refused:
        load(tmp_path, section, wrong)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "url", ["central.example", "ftp://central.example", "https://", "https://a b", "http://[x"]
)
def test_central_is_named_by_a_whole_url(tmp_path: Path, url: str) -> None:
    file = tmp_path / "officine.toml"
    text = BASES["terminal"].replace("https://central.example", url)
    file.write_text(f"[terminal]\n{text}", encoding="utf-8")
    with pytest.raises(LoyaltyError, match="central_url"):
        settings_of("terminal", file, {})


@pytest.mark.parametrize(
    ("section", "right"),
    [
        ("terminal", 'nexo_host = "0.0.0.0"\nnexo_port = 0\nprinter = "tcp://192.0.2.40:9100"'),
        ("terminal", 'nexo_host = "::"'),
        ("terminal", 'nexo_host = "localhost"'),
        ("reader", "led_pin = 17\nbuzzer_pin = 27\nbutton_pin = 22\nserial_baud = 115200"),
        ("kiosk", "size = [800, 1280]"),
        ("central", 'host = "::1"\nport = 0\nlog_level = "debug"'),
    ],
)
def test_values_that_machines_have_are_taken(tmp_path: Path, section: str, right: str) -> None:
    load(tmp_path, section, right)
