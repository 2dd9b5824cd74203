"""Which tills are in training. On the disk: after a restart no practised ticket may become a real one.

Training ends by itself at the end of the shop's day on which it began: nobody sells on the next morning, and
books nothing, because a lesson was forgotten.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Literal

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.till_pairing import TILLS_IN_TRAINING_MAX, TRAINING_LOOK_S
from terminal.till_store import TillStore
from wire.tills import ALL_TILLS

log = structlog.get_logger(__name__)

KEPT: Final = "training"
Source = Literal["login", "operator"]
"""Who said so: the till itself, or a person at the terminal for a till that cannot."""


class Begun(msgspec.Struct, frozen=True):
    """Who began it, and on which day of the shop (ISO date)."""

    source: Source
    day: str


_decoder: Final = msgspec.json.Decoder(dict[str, Begun | Source])


class TooManyInTraining(LoyaltyError):
    """No more tills can be in training."""

    code = "too_many_in_training"
    trouble = Trouble.REFUSED
    text = "{most} tills are in training at this terminal. End it at one of them (log out, or log in anew)."


class Training:
    """Begins and ends it. `on_change` is called after every change; `today`: the shop's day, an ISO date."""

    def __init__(self, store: TillStore, on_change: Callable[[], None], today: Callable[[], str]) -> None:
        self._store = store
        self._on_change = on_change
        self._today = today
        self._tills: dict[str, Begun] = {}

    async def load(self) -> None:
        """Learn what the last run knew; one of before days were kept is taken as of today."""
        kept = await self._store.find_kept(KEPT)
        known = _decoder.decode(kept) if kept else {}
        self._tills = {
            name: each if isinstance(each, Begun) else Begun(each, self._today())
            for name, each in known.items()
        }

    @property
    def tills(self) -> tuple[str, ...]:
        """The tills in training, by name; `ALL_TILLS` alone where that is every one."""
        names = tuple(sorted(self._live()))
        return (ALL_TILLS,) if ALL_TILLS in names else names

    def is_on(self, sale_id: str | None) -> bool:
        """Whether what this till says is practice, at this moment."""
        live = self._live()
        return sale_id is not None and (sale_id in live or ALL_TILLS in live)

    async def logged_in(self, sale_id: str, flag: bool | None) -> None:
        """A till logged in. Without a word on training, what a person at the terminal said stays.

        Raises: TooManyInTraining.
        """
        begun = self._live().get(sale_id)
        if flag:
            await self.begin(sale_id, "login")
        elif flag is False or (begun is not None and begun.source == "login"):
            await self.end(sale_id)

    async def begin(self, sale_id: str, source: Source) -> None:
        """From here on it practises, until the day ends. On return it is on the disk.

        Raises: TooManyInTraining.
        """
        live, begun = self._live(), Begun(source, self._today())
        if live.get(sale_id) == begun:
            return
        if sale_id not in live and len(live) >= TILLS_IN_TRAINING_MAX:
            raise TooManyInTraining(most=TILLS_IN_TRAINING_MAX)
        await self._keep(live | {sale_id: begun})

    async def end(self, sale_id: str) -> None:
        """From here on what it says is real."""
        if sale_id in self._tills:
            await self._keep({name: begun for name, begun in self._live().items() if name != sale_id})

    async def run(self) -> None:
        """For ever: tell when the day took training along. What counts is judged at each moment anyway."""
        while True:
            await asyncio.sleep(TRAINING_LOOK_S)
            await self.end_of_day()

    async def end_of_day(self) -> None:
        """Forget what began on an earlier day, and tell."""
        live = self._live()
        if live == self._tills:
            return
        log.info("training_ended_with_the_day", tills=sorted(self._tills.keys() - live.keys()))
        try:
            await self._keep(live)
        except (apsw.Error, LoyaltyError) as error:  # judged by its day all the same
            log.warning("training_not_kept", reason=str(error))

    def _live(self) -> dict[str, Begun]:
        """A day before the one on which it began is a clock that was set back: that ends no lesson."""
        today = self._today()
        return {name: begun for name, begun in self._tills.items() if begun.day >= today}

    async def _keep(self, tills: dict[str, Begun]) -> None:
        await self._store.keep(KEPT, msgspec.json.encode(tills))
        self._tills = tills
        self._on_change()
