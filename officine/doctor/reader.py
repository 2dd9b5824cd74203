"""Does the reader daemon answer, and is its reader there?"""

from typing import get_args

from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.local_state import first_message
from wire.messages import CardPresented, CardRemoved, DriverName, Hello, ReaderState
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
        shown = f"{said.reader}: ready" if said.state == "ready" else said.state.replace("_", " ")
        text = "\n".join((shown, *said.detail.splitlines()))
        words = {each.driver: each.reason for each in said.troubles if each.driver in get_args(DriverName)}
        if said.state == "ready" and not said.detail:
            return ok(self, text)
        if said.state == "ready":
            step = "It reads, but not all is well: do what the lines say; nothing needs a restart."
            return warn(self, "partly_ready", text, step, **words)
        if said.state == "starting":
            return fail(self, said.state, text, "Wait some seconds and ask again.", **words)
        if said.state == "lost":
            step = "It is tried again by itself; plug it in if it is out, wait some seconds and ask again."
            return fail(self, said.state, text, step, **words)
        step = "Do what its line says; the reader comes back by itself, nothing needs a restart."
        return fail(self, said.state, text, step, **words)
