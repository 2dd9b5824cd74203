"""Are the kiosk's fonts built?"""

import asyncio

from officine.doctor.base import Machine, Result, ok, warn


class Fonts:
    """The cuts of this release, where the kiosk looks for them."""

    name = "fonts"

    def applies(self, machine: Machine) -> bool:
        """Where a kiosk runs."""
        return "kiosk" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Look for the file that is written last."""
        from kiosk.assets import fonts

        place = machine.programs["kiosk"].fonts_dir or fonts.default_directory()
        if await asyncio.to_thread(fonts.is_built, place):
            return ok(self, f"built in {place}")
        return warn(self, "not_built", f"not built in {place}", "Build them: officine kiosk fonts")
