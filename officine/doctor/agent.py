"""Does the terminal agent answer, does it reach central, how much waits in its outbox?"""

import time

from loyalty.limits.doctor import OUTBOX_AGE_WARN_S
from loyalty.limits.terminal import OUTBOX_ENTRIES_MAX
from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.local_state import first_message
from wire.messages import AgentState, FromAgent
from wire.peer import PeerError


class Agent:
    """The agent's socket and the state it tells."""

    name = "terminal agent"

    def applies(self, machine: Machine) -> bool:
        """Where an agent, or a kiosk that needs one, runs."""
        return bool({"terminal", "kiosk"} & machine.programs.keys())

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        programs = machine.programs
        path = programs["terminal"].socket if "terminal" in programs else programs["kiosk"].agent_socket
        try:
            said = await first_message(path, FromAgent, AgentState)
        except PeerError as error:
            start = "Start it: officine terminal run (or systemctl start officine-terminal)"
            return fail(self, "not_running", str(error), start)
        if said.pairing is not None:
            step = "At central: officine terminal pair CODE --shop ...; the code is on the screen."
            return warn(self, "not_paired", "not paired yet", step, link=said.link)
        waiting = f"{said.outbox_depth} tickets wait"
        if said.link == "up":
            return ok(self, f"linked to central, {waiting}", waiting=said.outbox_depth)
        since_s = max(0, time.time_ns() // 1_000_000 - said.link_since_ms) // 1000
        text = f"link to central {said.link} for {since_s} s, {waiting}"
        if said.outbox_depth >= OUTBOX_ENTRIES_MAX or since_s > OUTBOX_AGE_WARN_S:
            step = "Mend the shop's network; tickets are kept and sent when it is back."
            return fail(self, "link_down_long", text, step, since_s=since_s, waiting=said.outbox_depth)
        step = "Check the shop's network; nothing is lost meanwhile."
        return warn(self, "link_down", text, step, since_s=since_s, waiting=said.outbox_depth)
