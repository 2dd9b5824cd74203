"""What happened to this terminal's tills, told to central: kept first, then sent, once each."""

import asyncio
from typing import Final, Self

import msgspec
import structlog

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S, OUTBOX_RETRY_MAX_S
from loyalty.limits.till_pairing import TILL_ACTS_KEPT_MAX
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.sender import PARKING_CODES
from terminal.till_store import TillStore
from wire.api_tills import TillActBody, TillActView

log = structlog.get_logger(__name__)

PREFIX: Final = "till-act/"
_PASSING: Final = PARKING_CODES | {"guard_failed", "store_busy", "no_such_path", "too_many_requests"}
"""Refusals that a person or a moment mends; anything else would be refused for ever."""


class TillAudit:
    """Use as a context."""

    def __init__(self, store: TillStore, link: CentralLink) -> None:
        self._store = store
        self._link = link
        self._work = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._work.set()
        self._sending = asyncio.create_task(self._send_forever(), name="till-audit")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait([self._sending])

    async def note(self, act: TillActBody) -> None:
        """Keep an act; on return it is on the disk."""
        await keep_act(self._store, act)
        self._work.set()

    async def _send_forever(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            await self._link.wait_up()
            try:
                await self._send_all()
            except CentralUnreachable:
                self._work.set()
                await asyncio.sleep(1)

    async def _send_all(self) -> None:
        for name in await self._store.list_kept(PREFIX):
            kept = await self._store.find_kept(name)
            if kept is None:
                continue
            act = msgspec.json.decode(kept, type=TillActBody)
            try:
                await self._link.call("POST", "/tills/acts", act, TillActView, CENTRAL_TIMEOUT_S)
            except CentralRefused as error:
                log.warning("till_act_refused", act_id=act.act_id, code=error.problem.code)
                if error.problem.code in _PASSING or error.problem.status >= 500:
                    self._work.set()
                    await asyncio.sleep(OUTBOX_RETRY_MAX_S)
                    return
            await self._store.drop_kept(name)


async def keep_act(store: TillStore, act: TillActBody) -> None:
    """Keep an act for central; in the log where too many wait."""
    if len(await store.list_kept(PREFIX)) >= TILL_ACTS_KEPT_MAX:
        log.error("till_act_not_kept", act_id=act.act_id, act=act.kind, sale_id=act.sale_id)
        return
    await store.keep(f"{PREFIX}{act.occurred_ms:015d}/{act.act_id}", msgspec.json.encode(act))
