"""Does this terminal's clock agree with central's? The same question shows whether its token is taken."""

import asyncio

import msgspec

from loyalty.limits.doctor import CLOCK_SKEW_WARN_S
from loyalty.limits.web import CLOCK_SKEW_MAX_S
from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.doctor.http import Unanswered, ask
from terminal.identity import TokenOutOfSight, read_token
from wire.api_catalogue import GroupView


class Clock:
    """Central's `now_ms` beside ours."""

    name = "clock and token"

    def applies(self, machine: Machine) -> bool:
        """Where a terminal runs: it has a token to ask with."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        settings = machine.programs["terminal"]
        pair = "Pair it: the code is on its screen (officine terminal identity)."
        try:
            token = await asyncio.to_thread(read_token, settings)
        except TokenOutOfSight as error:
            return fail(self, "token_out_of_sight", str(error), "Run this as root.")
        if not token:
            return warn(self, "not_paired", "cannot be compared: this terminal has no token yet", pair)
        try:
            answer = await ask(f"{settings.central_url.rstrip('/')}/api/v1/group", token)
        except Unanswered:
            step = "Reach central first, then ask again."
            return warn(self, "no_answer", "not compared, central is away", step)
        if answer.status in (401, 403):
            step = "Pair it again: officine terminal unpair, then restart its agent."
            return fail(self, "token_refused", "central does not take this terminal's token", step)
        try:
            now_ms = msgspec.json.decode(answer.body, type=GroupView).now_ms
        except msgspec.DecodeError:
            text = f"central answers {answer.status}, not a group"
            return fail(self, "not_central", text, "Check central_url.", status=answer.status)
        skew_s = abs(answer.middle_ms - now_ms) // 1000
        text = f"token taken, {skew_s} s beside central's clock"
        if skew_s > CLOCK_SKEW_MAX_S:
            step = "Set the clock (timedatectl set-ntp true): tickets wait until it is right."
            return fail(self, "clock_far_off", text, step, skew_s=skew_s)
        if skew_s > CLOCK_SKEW_WARN_S:
            return warn(self, "clock_off", text, "Set the clock: timedatectl set-ntp true", skew_s=skew_s)
        return ok(self, text, skew_s=skew_s)
