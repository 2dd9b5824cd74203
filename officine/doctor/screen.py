"""Does the kiosk show its screen?"""

import asyncio

import msgspec

from loyalty.limits import CONTROL_DEADLINE_S, LIVE_SCREEN_FRAME_BYTES_MAX
from officine.doctor.base import Machine, Result, fail, ok
from wire.live_screen import FRAME_HEAD, FrameHead


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
            async with asyncio.timeout(CONTROL_DEADLINE_S):
                reader, writer = await asyncio.open_unix_connection(path)
                try:
                    head_size, picture_size = FRAME_HEAD.unpack(await reader.readexactly(FRAME_HEAD.size))
                    if head_size + picture_size > LIVE_SCREEN_FRAME_BYTES_MAX:
                        return fail(
                            self, "no_kiosk", f"{path}: this is no kiosk", "Check live_screen_socket."
                        )
                    head = msgspec.json.decode(await reader.readexactly(head_size), type=FrameHead)
                finally:
                    writer.close()
        except TimeoutError:
            text = f"{path}: no picture within {CONTROL_DEADLINE_S} s"
            return fail(self, "no_picture", text, f"See its log. {start}")
        except PermissionError as error:
            raise PermissionError(error.errno, error.strerror, str(path)) from error
        except OSError:
            return fail(self, "not_running", "the kiosk does not run", start)
        except asyncio.IncompleteReadError:
            return fail(
                self, "not_running", "the kiosk left without showing anything", f"See its log. {start}"
            )
        except msgspec.DecodeError:
            return fail(self, "no_kiosk", f"{path}: this is no kiosk", "Check live_screen_socket.")
        text = f"{head.width} × {head.height}, shows {head.screen} ({head.language})"
        return ok(
            self, text, width=head.width, height=head.height, screen=head.screen, language=head.language
        )
