"""Settings of the right type that no machine can have are refused by name, before a program starts."""

from pathlib import Path

import pytest

from loyalty.errors import LoyaltyError
from officine.programs import settings_of
from officine.settings import sentences

BASES = {
    "terminal": (
        'central_url = "https://central.example"\nstate_dir = "/s"\nsocket = "a"\nreader_socket = "b"\n'
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
        ("terminal", "allowed_uids = [-1, 4294967295]", "[terminal] allowed_uids = -1"),
        ("terminal", 'poi_id = ""', '[terminal] poi_id = "": must be 1 to 64'),
        ("terminal", 'token = "a"\ntoken_file = "/a"', "[terminal] token_file = /a: stands beside `token`"),
        ("terminal", 'certificate = "/a"', "[terminal] certificate = /a: needs its key"),
        ("terminal", 'certificate_key = "/a"', "[terminal] certificate_key = /a: needs its certificate"),
        ("terminal", 'till_events = { T = "https://a:b@c" }', "[terminal] till_events = https://...@c"),
        ("reader", "allowed_uids = [-1]", "[reader] allowed_uids = -1: is no user's number"),
        ("reader", 'serial_port = "ttyACM0"', "[reader] serial_port = ttyACM0: must be a path such as /dev/"),
        ("reader", 'nfc_device = "acr122u"', "[reader] nfc_device = acr122u: must be as nfcpy names"),
        ("reader", 'nfc_device = "/dev/ttyUSB0"', "[reader] nfc_device = /dev/ttyUSB0"),
        ("kiosk", "allowed_uids = [-1]", "[kiosk] allowed_uids = -1"),
        ("kiosk", 'fonts_dir = "fonts"', "[kiosk] fonts_dir = fonts: must be a whole path"),
        ("kiosk", 'fonts_dir = "/dev/null"', "[kiosk] fonts_dir = /dev/null: is no directory"),
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
    ("section", "old", "new", "told"),
    [
        ("terminal", '"/s"', '"s"', "[terminal] state_dir = s: must be a whole path"),
        ("reader", '"pcsc"', '["pcsc", "nfc", "pcsc"]', "[reader] driver = pcsc: stands there twice"),
        ("reader", '"pcsc"', "[]", "[reader] driver = []: names no driver"),
        ("reader", '"pcsc"', '"simulated"', "[reader] control_socket = not set"),
        (
            "central",
            "sqlite:///c.db",
            "mysql://x",
            "[central] database = mysql://x: mysql: is not a known kind",
        ),
        ("central", "sqlite:///c.db", "mysql://u:p@x", "[central] database = mysql://...@x: "),
    ],
)
def test_a_needed_value_no_machine_can_have_is_refused(
    tmp_path: Path, section: str, old: str, new: str, told: str
) -> None:
    file = tmp_path / "officine.toml"
    file.write_text(f"[{section}]\n{BASES[section].replace(old, new)}", encoding="utf-8")
    with pytest.raises(LoyaltyError) as refused:
        settings_of(section, file, {})
    assert told in str(refused.value)


def test_a_password_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "officine.toml"
    text = BASES["terminal"].replace("central.example", "name:s3cret@central.example")
    file.write_text(f'[terminal]\n{text}printer = "tcp://name:s3cret@printer.example"\n', encoding="utf-8")
    with pytest.raises(LoyaltyError) as refused:
        settings_of("terminal", file, {})
    told = " ".join(sentences(refused.value))
    assert "[terminal] central_url = https://...@central.example: must hold no name and password" in told
    assert ("[terminal] printer" in told, "s3cret" in told) == (True, False)


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
        ("reader", 'serial_port = "socket://127.0.0.1:9"\nnfc_device = "usb:072f:2200"'),
        ("reader", 'serial_port = "/dev/serial/by-id/x"\nnfc_device = "tty:USB0:pn532"'),
        ("reader", 'nfc_device = "udp:localhost:54321"\nallowed_uids = [0, 999]'),
        ("terminal", 'certificate = "/a"\ncertificate_key = "/b"\ntoken_file = "/c"'),
        ("kiosk", 'fonts_dir = "/not/made/yet"'),
        ("kiosk", "size = [800, 1280]"),
        ("central", 'host = "::1"\nport = 0\nlog_level = "debug"'),
    ],
)
def test_values_that_machines_have_are_taken(tmp_path: Path, section: str, right: str) -> None:
    load(tmp_path, section, right)
