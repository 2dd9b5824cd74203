"""All checks that apply to a machine, at once."""

import asyncio
from typing import Any, Final

from loyalty.errors import LoyaltyError
from officine.doctor.agent import Agent
from officine.doctor.base import Check, Machine, Result, Status
from officine.doctor.central import Central
from officine.doctor.certificate import Certificate
from officine.doctor.clock import Clock
from officine.doctor.disk import Disk
from officine.doctor.fonts import Fonts
from officine.doctor.outbox import OutboxEntries
from officine.doctor.printer import ReceiptPrinter
from officine.doctor.reader import Reader
from officine.doctor.screen import LiveScreen
from officine.doctor.versions import Versions
from officine.programs import SECTIONS, is_configured, require_known_sections, settings_of

CHECKS: Final[tuple[Check, ...]] = (
    Versions(),
    Disk(),
    Central(),
    Clock(),
    Reader(),
    ReceiptPrinter(),
    Agent(),
    OutboxEntries(),
    Certificate(),
    LiveScreen(),
    Fonts(),
)


async def examine(config: str | None) -> list[Result]:
    """Read the settings, then run every check that applies; results in the order of `CHECKS`."""
    machine, results = read_machine(config)
    asked = [check for check in CHECKS if check.applies(machine)]
    results += await asyncio.gather(*(check.run(machine) for check in asked))
    return results


def read_machine(config: str | None) -> tuple[Machine, list[Result]]:
    """What runs here, and what is wrong with the settings."""
    programs: dict[str, Any] = {}
    wrong: list[str] = []
    try:
        require_known_sections(config)
    except LoyaltyError as error:
        wrong.append(str(error))
    for section in SECTIONS:
        try:
            if is_configured(section, config):
                programs[section] = settings_of(section, config)
        except LoyaltyError as error:
            wrong.append(str(error))
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
