"""Tills that speak no nexo: their layouts, their printers behind the agent, the wedge's device."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from officine.doctor.base import Machine, Result, Status, fail, ok
from officine.doctor.printer import ask_printer

if TYPE_CHECKING:
    from terminal.settings import TerminalSettings

AUTO = "auto"


class OtherTills:
    """What the settings say of such tills, as far as this machine can look."""

    name = "tills"

    def applies(self, machine: Machine) -> bool:
        """Where an agent serves any of them."""
        settings = machine.programs.get("terminal")
        return settings is not None and bool(settings.ticket_printers or settings.wedge)

    async def run(self, machine: Machine) -> Result:
        """The first thing that is wrong; nothing is printed or typed."""
        settings: TerminalSettings = machine.programs["terminal"]
        found = await asyncio.to_thread(self._look, settings)
        if found is not None:
            return found
        for printer in settings.ticket_printers.values():
            result = await ask_printer(self, printer.printer)
            if result.status is not Status.OK:
                return result
        return ok(self, "layouts, printers and wedge are there", printers=len(settings.ticket_printers))

    def _look(self, settings: "TerminalSettings") -> Result | None:
        from terminal.till.escpos.layout import LayoutWrong, load_layouts

        try:
            layouts = load_layouts(settings.layouts_dir)
        except LayoutWrong as error:
            return fail(self, "layout_wrong", str(error), "Mend the layout, then restart the agent.")
        for printer in settings.ticket_printers.values():
            if printer.layout != AUTO and printer.layout not in layouts:
                step = "Correct `layout` in `ticket_printers`; officine layouts list shows those here."
                return fail(self, "layout_unknown", f"There is no ticket layout {printer.layout}", step)
        device = Path("/dev/uinput") if settings.wedge == "keyboard" else _device_of(settings.wedge)
        if device is not None and not device.exists():
            step = "Plug it in, or load its driver: docs/tills.md says what each wedge needs."
            return fail(self, "wedge_missing", f"The wedge's device {device} is not there", step)
        return None


def _device_of(wedge: str) -> Path | None:
    """The file behind hid:///dev/hidg0 or serial:///dev/ttyUSB1?baud=9600."""
    return Path(wedge.partition("://")[2].partition("?")[0]) if "://" in wedge else None
