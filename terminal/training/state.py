"""Which tills are in training. On the disk: after a restart no practised ticket may become a real one."""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import TILLS_IN_TRAINING_MAX
from terminal.till_store import TillStore

KEPT: Final = "training"
Source = Literal["login", "operator"]
"""Who said so: the till itself, or a person at the terminal for a till that cannot."""

_decoder: Final = msgspec.json.Decoder(dict[str, Source])


class TooManyInTraining(LoyaltyError):
    """No more tills can be in training."""

    code = "too_many_in_training"
    trouble = Trouble.REFUSED
    text = "{most} tills are in training at this terminal. End it at one of them (log out, or log in anew)."


class Training:
    """Begins and ends it. `on_change` is called after every change."""

    def __init__(self, store: TillStore, on_change: Callable[[], None]) -> None:
        self._store = store
        self._on_change = on_change
        self._tills: dict[str, Source] = {}

    async def load(self) -> None:
        """Learn what the last run knew."""
        kept = await self._store.find_kept(KEPT)
        self._tills = _decoder.decode(kept) if kept else {}

    @property
    def tills(self) -> tuple[str, ...]:
        """The tills in training, by name."""
        return tuple(sorted(self._tills))

    def is_on(self, sale_id: str | None) -> bool:
        """Whether what this till says is practice."""
        return sale_id in self._tills

    async def logged_in(self, sale_id: str, flag: bool | None) -> None:
        """A till logged in. Without a word on training, what a person at the terminal said stays.

        Raises: TooManyInTraining.
        """
        if flag:
            await self.begin(sale_id, "login")
        elif flag is False or self._tills.get(sale_id) == "login":
            await self.end(sale_id)

    async def begin(self, sale_id: str, source: Source) -> None:
        """From here on it practises. On return it is on the disk. Raises: TooManyInTraining."""
        if self._tills.get(sale_id) == source:
            return
        if sale_id not in self._tills and len(self._tills) >= TILLS_IN_TRAINING_MAX:
            raise TooManyInTraining(most=TILLS_IN_TRAINING_MAX)
        await self._keep(self._tills | {sale_id: source})

    async def end(self, sale_id: str) -> None:
        """From here on what it says is real."""
        if sale_id in self._tills:
            await self._keep({name: source for name, source in self._tills.items() if name != sale_id})

    async def _keep(self, tills: dict[str, Source]) -> None:
        await self._store.keep(KEPT, msgspec.json.encode(tills))
        self._tills = tills
        self._on_change()
