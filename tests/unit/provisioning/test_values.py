"""What look.yml's filters refuse: addresses systemd would ignore, names nobody reads."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PROVISIONING = Path(__file__).parents[3] / "provisioning"
CENTRAL = "https://198.51.100.7:8443/"


def load_filters() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "officine_values", PROVISIONING / "filter_plugins/officine_values.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


filters = load_filters()


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "192.0.2.0/99",
        "192.0.2.0/255.255.255.0",
        "192.0.2.300",
        "fe80::1%eth0",
        "",
        "any",
        7,
        None,
    ],
)
def test_an_address_that_systemd_would_ignore_is_named(wrong: object) -> None:
    assert filters.wrong_networks(["192.0.2.0/24", wrong]) == [str(wrong)]


def test_addresses_and_networks_of_both_kinds_are_taken() -> None:
    taken = ["192.0.2.0/24", "192.0.2.7/24", "198.51.100.7", "2001:db8::/32", "2001:db8::1"]
    assert filters.wrong_networks(taken) == []


@pytest.mark.parametrize(
    ("addresses", "url", "reached"),
    [
        (["192.0.2.0/24"], CENTRAL, False),
        (["192.0.2.0/24", "198.51.100.0/24"], CENTRAL, True),
        (["192.0.2.0/24"], "https://central.example", True),
        (["192.0.2.0/24"], "http://127.0.0.1:8080", True),
        (["192.0.2.0/24"], "https://[2001:db8::1]", False),
        (["2001:db8::/32"], "https://[2001:db8::1]", True),
    ],
)
def test_central_by_its_address_must_be_among_them(addresses: list[str], url: str, reached: bool) -> None:
    assert filters.are_reached(addresses, url) is reached


def test_time_servers_are_names_or_addresses() -> None:
    assert filters.wrong_hosts(["pool.ntp.org", "ntp1", "192.0.2.1", "2001:db8::1", "time.example."]) == []
    wrong = ["x y", "", "192.0.2.300", "-a.example", "a..b", "https://x", 5]
    assert filters.wrong_hosts(wrong) == [str(value) for value in wrong]


def test_a_misspelt_variable_is_refused_with_the_nearest_name() -> None:
    names = ["kiosk_langauge", "kiosk_language", "base_at_once", "ansible_host", "shop_name", "reader_colour"]
    told = filters.unread_variables(names, str(PROVISIONING / "roles"))
    assert told[0] == "kiosk_langauge is read by no role. Did you mean kiosk_language?"
    assert [sentence.split()[0] for sentence in told] == ["kiosk_langauge", "reader_colour"]


def test_the_names_of_all_roles_are_watched() -> None:
    assert set(filters.OUR_OWN) == {path.name for path in (PROVISIONING / "roles").iterdir() if path.is_dir()}
