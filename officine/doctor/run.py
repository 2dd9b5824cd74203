"""All checks that apply to a machine, at once."""

import asyncio
import contextlib
import importlib
import os
from collections.abc import Iterable
from typing import Any, Final

import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.doctor import DOCTOR_CHECK_DEADLINE_S
from officine.doctor.agent import Agent
from officine.doctor.base import Check, Machine, Result, Status, fail
from officine.doctor.central import Central
from officine.doctor.certificate import Certificate
from officine.doctor.clock import Clock
from officine.doctor.disk import Disk
from officine.doctor.fonts import Fonts
from officine.doctor.offline import OfflineData
from officine.doctor.outbox import OutboxEntries
from officine.doctor.printer import ReceiptPrinter
from officine.doctor.reader import Reader
from officine.doctor.screen import LiveScreen
from officine.doctor.started import StartedWith
from officine.doctor.tills import OtherTills
from officine.doctor.versions import Versions
from officine.programs import SECTIONS, is_configured, require_known_sections, settings_of
from officine.settings import read_file, sentences

log = structlog.get_logger(__name__)

CHECKS: Final[tuple[Check, ...]] = (
    Versions(),
    Disk(),
    Central(),
    Clock(),
    Reader(),
    ReceiptPrinter(),
    OtherTills(),
    Agent(),
    OfflineData(),
    OutboxEntries(),
    Certificate(),
    LiveScreen(),
    Fonts(),
    StartedWith("terminal"),
    StartedWith("reader"),
    StartedWith("kiosk"),
)


async def examine(config: str | None) -> list[Result]:
    """Read the settings, then run every check that applies; results in the order of `CHECKS`."""
    machine, results = read_machine(config)
    asked = [check for check in CHECKS if check.applies(machine)]
    await asyncio.to_thread(_load, machine)
    results += await asyncio.gather(*(ask(check, machine) for check in asked))
    return results


async def ask(check: Check, machine: Machine) -> Result:
    """The boundary of one check: what it raises, and how long it takes, is its own result and no other's."""
    try:
        async with asyncio.timeout(DOCTOR_CHECK_DEADLINE_S):
            return await check.run(machine)
    except PermissionError as error:
        place = f"{error.filename}: " if error.filename else ""
        text = f"{place}may not be looked at by this user ({error.strerror or error})"
        return fail(check, "out_of_sight", text, "Run this as root: sudo officine doctor")
    except TimeoutError:
        text = f"not known: its check did not end within {DOCTOR_CHECK_DEADLINE_S} s"
        return fail(check, "too_slow", text, "Ask again when the machine has less to do.")
    except Exception as error:
        log.warning("check_failed", check=check.name, exc_info=True)
        text = f"not known: its check failed ({type(error).__name__}: {error})"
        return fail(check, "check_failed", text, "Please report this with: officine support-bundle")


_LIBRARIES: Final = {
    "central": ("aiohttp",),
    "terminal": ("aiohttp", "cryptography.x509", "escpos.printer", "terminal.outbox"),
    "reader": (),
    "kiosk": ("kiosk.assets.fonts", "pygame"),
}


def _load(machine: Machine) -> None:
    """Import what the checks need before their deadlines begin.

    On a small or busy machine imports take longer than a program's answer: made on the loop, they let every
    deadline run out while the answers lay there unread.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    for program in machine.programs:
        for name in _LIBRARIES.get(program, ()):
            with contextlib.suppress(ImportError):  # its own check says what is missing
                importlib.import_module(name)


def read_machine(config: str | None) -> tuple[Machine, list[Result]]:
    """What runs here, and what is wrong with the settings."""
    programs: dict[str, Any] = {}
    wrong: list[str] = []
    sections: Iterable[str] = SECTIONS
    try:
        read_file(config)
    except LoyaltyError as error:  # said once for the file: every section would say the same
        wrong.append(str(error))
        sections = ()
    else:
        try:
            require_known_sections(config)
        except LoyaltyError as error:
            wrong += sentences(error)
    for section in sections:
        try:
            if is_configured(section, config):
                programs[section] = settings_of(section, config)
        except LoyaltyError as error:
            wrong += sentences(error)
    step = "Correct the settings file; officine.example.toml explains every key."
    results = [
        Result(name="settings", status=Status.FAIL, code="invalid", text=text, next_step=step)
        for text in wrong
    ]
    if not programs and not wrong:
        step = "Copy officine.example.toml to officine.toml, or name a file with --config."
        text = "no program is set up on this machine"
        results = [Result(name="settings", status=Status.WARN, code="none", text=text, next_step=step)]
    elif not wrong:
        results = [Result(name="settings", status=Status.OK, code="ok", text=", ".join(programs))]
    return Machine(config=config, programs=programs), results
