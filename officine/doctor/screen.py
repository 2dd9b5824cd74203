"""Does the kiosk show its screen?"""

import asyncio
from pathlib import Path

import msgspec

from loyalty.limits.kiosk import LIVE_SCREEN_FRAME_BYTES_MAX
from loyalty.limits.sockets import CONTROL_DEADLINE_S
from officine.doctor.base import Machine, Result, fail, ok
from wire.live_screen import FRAME_HEAD, FrameHead


class LookedInVain(Exception):
    """No frame came: `code` is no_picture, no_kiosk, not_running or left; the text says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class LiveScreen:
    """One frame of the kiosk's live screen."""

    name = "kiosk screen"

    def applies(self, machine: Machine) -> bool:
        """Where a kiosk shows itself to others as well."""
        return "kiosk" in machine.programs and machine.programs["kiosk"].live_screen_socket is not None

    async def run(self, machine: Machine) -> Result:
        """Look at one frame; the picture itself is not kept."""
        path = machine.programs["kiosk"].live_screen_socket
        start = "Start it: officine kiosk run (or systemctl start officine-kiosk)"
        try:
            head = await look(path)
        except LookedInVain as error:
            steps = {"no_kiosk": "Check live_screen_socket.", "not_running": start}
            step = steps.get(error.code, f"See its log. {start}")
            code = "not_running" if error.code == "left" else error.code
            return fail(self, code, str(error), step)
        text = f"{head.width} × {head.height}, shows {head.screen} ({head.language})"
        return ok(
            self, text, width=head.width, height=head.height, screen=head.screen, language=head.language
        )


async def look(path: Path) -> FrameHead:
    """What the newest frame says of itself; the picture is not kept.

    Raises: LookedInVain. PermissionError: this user may not look.
    """
    try:
        async with asyncio.timeout(CONTROL_DEADLINE_S):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                head_size, picture_size = FRAME_HEAD.unpack(await reader.readexactly(FRAME_HEAD.size))
                if head_size + picture_size > LIVE_SCREEN_FRAME_BYTES_MAX:
                    raise LookedInVain("no_kiosk", f"{path}: this is no kiosk")
                return msgspec.json.decode(await reader.readexactly(head_size), type=FrameHead)
            finally:
                writer.close()
    except TimeoutError:
        raise LookedInVain("no_picture", f"{path}: no picture within {CONTROL_DEADLINE_S} s") from None
    except PermissionError as error:
        raise PermissionError(error.errno, error.strerror, str(path)) from error
    except OSError:
        raise LookedInVain("not_running", "the kiosk does not run") from None
    except asyncio.IncompleteReadError:
        raise LookedInVain("left", "the kiosk left without showing anything") from None
    except msgspec.DecodeError:
        raise LookedInVain("no_kiosk", f"{path}: this is no kiosk") from None
