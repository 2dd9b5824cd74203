"""What a till has the kiosk show: one prompt at a time, to the member whose card session is on the screen."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from terminal.till_store import Key
from wire.tills import TillPrompt


@dataclass(slots=True)
class Asked:
    """A prompt on the screen. `key`: of the till's message; `answered`: what the member said."""

    key: Key
    prompt: TillPrompt
    answered: "asyncio.Future[bool | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Prompts:
    """`on_change` is called whenever what the kiosk should show changed."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._asked: Asked | None = None
        self._taking_away: asyncio.TimerHandle | None = None

    @property
    def shown(self) -> TillPrompt | None:
        """What the kiosk should show."""
        return self._asked.prompt if self._asked else None

    @property
    def is_waiting(self) -> bool:
        """Whether a question waits for its answer: another must wait too. Something told gives way."""
        return self._asked is not None and self._asked.prompt.is_question

    async def ask(self, key: Key, title: str, text: str, *, wait_s: float) -> bool | None:
        """The member's yes or no; None: nobody answered in time, or the till gave up (`abort`)."""
        asked = self._show(key, title, text, is_question=True)
        try:
            return await asyncio.wait_for(asyncio.shield(asked.answered), wait_s)
        except TimeoutError:
            return None
        finally:
            self._take_away(asked)

    def tell(self, key: Key, title: str, text: str, *, shown_s: float) -> None:
        """Show something to read, for so long or until the member says OK."""
        asked = self._show(key, title, text, is_question=False)
        self._taking_away = asyncio.get_running_loop().call_later(shown_s, self._take_away, asked)

    def answer(self, prompt_id: str, is_yes: bool) -> None:
        """The kiosk's word; of a prompt that is gone it means nothing."""
        asked = self._asked
        if asked is None or asked.prompt.prompt_id != prompt_id:
            return
        self._settle(asked, is_yes)
        self._take_away(asked)

    def abort(self, sale_id: str, service_id: str | None) -> None:
        """The till gave its question up."""
        asked = self._asked
        if asked is not None and asked.key.sale_id == sale_id and service_id in (None, asked.key.service_id):
            self._settle(asked, None)
            self._take_away(asked)

    def _show(self, key: Key, title: str, text: str, *, is_question: bool) -> Asked:
        assert not self.is_waiting, "the caller looks first"
        if self._taking_away is not None:
            self._taking_away.cancel()
        prompt = TillPrompt(prompt_id=secrets.token_hex(8), title=title, text=text, is_question=is_question)
        self._asked = asked = Asked(key, prompt)
        self._on_change()
        return asked

    def _settle(self, asked: Asked, answer: bool | None) -> None:
        if not asked.answered.done():
            asked.answered.set_result(answer)

    def _take_away(self, asked: Asked) -> None:
        if self._asked is asked:
            self._asked = None
            self._on_change()
