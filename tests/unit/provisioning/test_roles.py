"""The roles say what they take, take what they say, and speak of settings and units that exist."""

import configparser
import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from central.settings import CentralSettings
from kiosk.settings import KioskSettings
from reader_daemon.settings import ReaderSettings
from terminal.settings import TerminalSettings

PROJECT = Path(__file__).parents[3]
PROVISIONING = PROJECT / "provisioning"
ROLES = sorted(path.name for path in (PROVISIONING / "roles").iterdir() if path.is_dir())
SETTINGS: dict[str, type[Any]] = {
    "reader": ReaderSettings,
    "terminal": TerminalSettings,
    "kiosk": KioskSettings,
    "central": CentralSettings,
}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def options_of(role: str) -> dict[str, dict[str, Any]]:
    specs: dict[str, Any] = read(PROVISIONING / "roles" / role / "meta/argument_specs.yml")
    found: dict[str, dict[str, Any]] = specs["argument_specs"]["main"]["options"]
    return found


def test_all_roles_are_there() -> None:
    assert {"base", "reader", "terminal", "kiosk", "central"} <= set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_is_described_and_every_optional_one_has_a_default(role: str) -> None:
    options = options_of(role)
    path = PROVISIONING / "roles" / role / "defaults/main.yml"
    defaults = set(read(path)) if path.is_file() else set()
    assert defaults == {name for name, option in options.items() if not option.get("required")}
    assert all(option.get("description") and option.get("type") for option in options.values())


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_has_its_line_in_the_manual(role: str) -> None:
    manual = (PROJECT / "docs/install.md").read_text(encoding="utf-8")
    assert [name for name in options_of(role) if f"`{name}`" not in manual and role != "activate"] == []


@pytest.mark.parametrize("role", sorted(SETTINGS))
def test_the_settings_a_role_writes_are_settings_of_its_program(role: str) -> None:
    template = (PROVISIONING / "roles" / role / "templates/settings.toml.j2").read_text(encoding="utf-8")
    written = set(re.findall(r"^([a-z_]+) = ", template, re.MULTILINE))
    fields = {field.name for field in dataclasses.fields(SETTINGS[role])}
    needed = {
        field.name
        for field in dataclasses.fields(SETTINGS[role])
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert written <= fields
    assert needed <= written


def test_units_that_roles_name_exist() -> None:
    named: set[str] = set()
    for path in PROVISIONING.rglob("*.yml"):
        named |= set(
            re.findall(r"officine-[a-z]+\.(?:service|path|target)", path.read_text(encoding="utf-8"))
        )
    there = {path.name for path in (PROJECT / "systemd/system").iterdir() if path.is_file()}
    assert named
    assert {name for name in named if not name.startswith("officine-old")} <= there


def test_the_programs_users_are_the_ones_systemd_makes() -> None:
    made = set(
        re.findall(r"^u (\S+)", (PROJECT / "systemd/sysusers.d/officine.conf").read_text(), re.MULTILINE)
    )
    used = set()
    for path in (PROJECT / "systemd/system").glob("*.service"):
        used |= set(re.findall(r"^User=(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert used == made


def test_the_command_is_where_a_login_and_sudo_look_for_it() -> None:
    tasks = read(PROVISIONING / "roles/base/tasks/release.yml")
    links = [task["ansible.builtin.file"] for task in tasks if "ansible.builtin.file" in task]
    assert [(link["dest"], link["src"], link["state"]) for link in links] == [
        ("/usr/local/bin/officine", "/opt/officine/current/bin/officine", "link")
    ]


def test_a_run_without_an_inventory_touches_no_machine() -> None:
    config = configparser.ConfigParser()
    config.read(PROVISIONING / "ansible.cfg")
    assert "inventory" not in config["defaults"]
    last = (PROJECT / "scripts/provisioning").read_text(encoding="utf-8").splitlines()[-1]
    assert "-i ~/officine-inventory site.yml" in last


@pytest.mark.parametrize("playbook", ["site.yml", "replace.yml"])
def test_a_playbook_that_changes_values_looks_at_all_of_them_first(playbook: str) -> None:
    assert read(PROVISIONING / playbook)[0]["ansible.builtin.import_playbook"] == "look.yml"


def test_every_role_with_values_of_an_inventory_looks_at_them_by_the_same_specification() -> None:
    for role in set(ROLES) - {"activate"}:
        specs = read(PROVISIONING / "roles" / role / "meta/argument_specs.yml")["argument_specs"]
        assert specs["look"] == specs["main"], role
        assert read(PROVISIONING / "roles" / role / "tasks/look.yml"), role
