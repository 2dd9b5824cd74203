"""Could this terminal work without central now: how old are its prices, rules and list of blocked cards?"""

import time

from loyalty.limits.offline import BUNDLE_AGE_MAX_S, HOT_LIST_AGE_MAX_S, OFFLINE_AGE_WARN_S
from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.local_state import first_message
from wire.messages import AgentState, FromAgent
from wire.peer import PeerError


class OfflineData:
    """The ages that the running agent tells."""

    name = "offline data"

    def applies(self, machine: Machine) -> bool:
        """Where an agent runs."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        try:
            said = await first_message(machine.programs["terminal"].socket, FromAgent, AgentState)
        except PeerError as error:
            return warn(self, "not_known", f"not known: {error}", "Start the agent, then ask again.")
        if said.pairing is not None or said.offline is None:
            return warn(self, "none_yet", "none yet", "It is fetched when the terminal is paired.")
        told = said.offline
        now_ms = time.time_ns() // 1_000_000
        ages = [(now_ms - at_ms) // 1000 for at_ms in (told.bundle_ms, told.hot_list_ms)]
        text = ", ".join(
            f"{what} {_age(age_s) if at_ms else 'never had'}"
            for what, age_s, at_ms in zip(
                ("prices", "blocked cards"), ages, (told.bundle_ms, told.hot_list_ms), strict=True
            )
        )
        facts = {"bundle": told.bundle_number, "bundle_age_s": ages[0], "hot_list_age_s": ages[1]}
        step = "Restore the connection to central: both are fetched within a minute."
        if not told.is_bundle_usable:
            lowered = f"{text}: tickets are noted without a price (limit {BUNDLE_AGE_MAX_S // 3600} h)"
            return fail(self, "bundle_too_old", lowered, step, **facts)
        if not told.may_redeem:
            lowered = f"{text}: nothing is redeemed offline (limit {HOT_LIST_AGE_MAX_S // 3600} h)"
            return warn(self, "hot_list_too_old", lowered, step, **facts)
        if max(ages) > OFFLINE_AGE_WARN_S:
            return warn(self, "getting_old", text, step, **facts)
        return ok(self, text, **facts)


def _age(age_s: int) -> str:
    if age_s < 120:
        return "as of now"
    return f"{age_s // 60} min old" if age_s < 7200 else f"{age_s // 3600} h old"
