"""Does this terminal's clock agree with central's? The same question shows whether its token is taken."""

import asyncio

import msgspec

from loyalty.limits import CLOCK_SKEW_MAX_S, CLOCK_SKEW_WARN_S
from officine.doctor.base import Machine, Result, fail, ok, warn
from officine.doctor.http import Unanswered, ask
from wire.api import GroupView


class Clock:
    """Central's `now_ms` beside ours."""

    name = "clock and token"

    def applies(self, machine: Machine) -> bool:
        """Where a terminal runs: it has a token to ask with."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Ask once."""
        settings = machine.programs["terminal"]
        token = settings.token
        if not token and settings.token_file is not None:
            try:
                token = (await asyncio.to_thread(settings.token_file.read_text, "utf-8")).strip()
            except OSError as error:
                return fail(
                    self, f"{settings.token_file}: {error.strerror}", "Issue one: officine token issue"
                )
        try:
            answer = await ask(f"{settings.central_url.rstrip('/')}/api/v1/group", token)
        except Unanswered as error:
            return warn(self, f"cannot be compared: {error}", "Reach central first, then ask again.")
        if answer.status in (401, 403):
            return fail(
                self, "central does not take this terminal's token", "Issue a new one: officine token issue"
            )
        try:
            now_ms = msgspec.json.decode(answer.body, type=GroupView).now_ms
        except msgspec.DecodeError:
            return fail(self, f"central answers {answer.status}, not a group", "Check central_url.")
        skew_s = abs(answer.middle_ms - now_ms) // 1000
        text = f"token taken, {skew_s} s beside central's clock"
        if skew_s > CLOCK_SKEW_MAX_S:
            return fail(
                self, text, "Set the clock (timedatectl set-ntp true): tickets wait until it is right."
            )
        if skew_s > CLOCK_SKEW_WARN_S:
            return warn(self, text, "Set the clock: timedatectl set-ntp true")
        return ok(self, text)
