"""Does the reader daemon answer, and is its reader there?"""

from officine.doctor.base import Machine, Result, fail, ok
from officine.local_state import first_message
from wire.messages import CardPresented, CardRemoved, Hello, ReaderState
from wire.peer import PeerError

FROM_READER = Hello | ReaderState | CardPresented | CardRemoved


class Reader:
    """The reader daemon's socket and the state it tells."""

    name = "reader"

    def applies(self, machine: Machine) -> bool:
        """Where a reader daemon, or a program that listens to one, runs."""
        return bool({"reader", "terminal", "kiosk"} & machine.programs.keys())

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        programs = machine.programs
        path = programs["reader"].socket if "reader" in programs else None
        for other in ("terminal", "kiosk"):
            if path is None and other in programs:
                path = programs[other].reader_socket
        assert path is not None, "applies() found one of them"
        try:
            said = await first_message(path, FROM_READER, ReaderState)
        except PeerError as error:
            start = "Start it: officine reader run (or systemctl start officine-reader)"
            return fail(self, "not_running", str(error), start)
        if said.state == "ready":
            return ok(self, f"{said.reader}: ready")
        text = f"{said.reader}: {said.state}" + (f", {said.detail}" if said.detail else "")
        if said.state == "starting":
            step = "Wait some seconds and ask again; then pull the reader's plug and put it back."
            return fail(self, said.state, text, step)
        return fail(self, said.state, text, "Pull the reader's plug, wait five seconds, put it back.")
