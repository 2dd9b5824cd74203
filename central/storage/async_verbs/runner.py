"""How a verb is run: handed to the threads that an engine brings."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from central.storage.execution.batches import Work
from central.storage.execution.threads import Threads
from central.storage.unit import Snapshot, Unit

P = ParamSpec("P")
T = TypeVar("T")


class VerbRunner:
    """What the lists of verbs build on."""

    _writer: Threads[Any]
    _readers: Threads[Any]
    """For what one ticket or screen needs."""
    _scanners: Threads[Any]
    """For what takes longer: pages, exports, proofs."""

    async def _write(self, verb: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        value: T = await self._writer.submit(Work(verb, args, kwargs))
        return value

    async def _read(
        self, verb: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        value: T = await self._readers.submit(Work(verb, args, kwargs))
        return value

    async def _scan(
        self, verb: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        value: T = await self._scanners.submit(Work(verb, args, kwargs))
        return value
