"""The verbs of `central.storage.interface.guesses` one line each; see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.guesses import Guesser, GuessLimit
from central.storage.verbs import guesses


class GuessVerbs(VerbRunner):
    """See `central.storage.interface.guesses.GuessStore`; a part of `VerbStore`."""

    async def count_guess(self, group_id: str, token_id: str, limit: GuessLimit, now_ms: int) -> int | None:
        return await self._write(guesses.count_guess, group_id, token_id, limit, now_ms)

    async def take_back_guess(self, group_id: str, token_id: str) -> None:
        await self._write(guesses.take_back_guess, group_id, token_id)

    async def find_next_guess(
        self, group_id: str, token_id: str, limit: GuessLimit, now_ms: int
    ) -> int | None:
        return await self._read(guesses.find_next_guess, group_id, token_id, limit, now_ms)

    async def report_guessing(
        self, group_id: str, guesser: Guesser, *, tries: int, every_ms: int, now_ms: int
    ) -> bool:
        return await self._write(
            guesses.report_guessing, group_id, guesser, tries=tries, every_ms=every_ms, now_ms=now_ms
        )
