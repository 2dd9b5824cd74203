"""A shop with a member at the machine's own central; its terminal is taken into it by its code."""

import json
import re

from tests.drill.provisioning.machine import Machine

TOKEN = "/var/lib/officine/terminal/terminal.token"
BARCODE = "2990000000019"
UID = "04A1B2C3D4E5F6"
_SCREEN = re.compile(r'"screen":\s*"(\w+)"')


def open_shop(machine: Machine) -> None:
    """A member with a printed card and a chip card, in a shop that has no terminal yet."""
    names = ("--name", "Pharmacies du Léman", "--country", "CH", "--currency", "CHF")
    at_central(machine, "group", "create", "leman", *names)
    place = ("--country", "CH", "--time-zone", "Europe/Zurich")
    at_central(machine, "shop", "put", "nyon", "--name", "Nyon", *place)
    at_central(machine, "member", "enrol", "--id", "m-1", "--family-name", "Aubert", "--card", BARCODE)
    at_central(machine, "card", "issue", "2990000000026", "--uid", UID, "--member", "m-1")


def pair(machine: Machine) -> dict[str, object]:
    """Type the code of the booted terminal at central, and wait for the link; what central said."""
    machine.wait(lambda: bool(identity(machine)["pairing_code"]), 60, "a code from central")
    code = str(identity(machine)["pairing_code"])
    paired: dict[str, object] = json.loads(
        at_central(machine, "terminal", "pair", code, "--shop", "nyon", "--json")
    )
    machine.wait(lambda: is_linked(machine), 60, "link to central")
    return paired


def at_central(machine: Machine, *arguments: str) -> str:
    """The command line as central's user."""
    return machine.officine(*arguments, user="officine-central")


def identity(machine: Machine) -> dict[str, object]:
    """Who the terminal says it is."""
    told: dict[str, object] = json.loads(machine.officine("terminal", "identity", "--json"))
    return told


def terminal_state(machine: Machine) -> dict[str, object]:
    """What the running agent tells of itself."""
    state: dict[str, object] = json.loads(machine.officine("terminal", "state", "--json"))
    return state


def is_linked(machine: Machine) -> bool:
    """Whether the terminal is paired and reaches central."""
    state = terminal_state(machine)
    return bool(state["is_paired"] and state["link"] == "up")


def last_screen(machine: Machine) -> str:
    """The screen that the kiosk's journal named last."""
    journal = machine.run("journalctl", "-b", "--no-pager", "--output=cat", "-u", "officine-kiosk.service")
    return screen_named_last(journal)


def screen_named_last(log: str) -> str:
    """The screen that the kiosk's log names last; empty when it names none."""
    return next(iter(reversed(_SCREEN.findall(log))), "")
