"""Caisse-AP's port: raw TCP, only for tills whose address the settings name."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

import structlog

from loyalty.limits.other_tills import (
    CAISSE_AP_CONNECTIONS_MAX,
    CAISSE_AP_IDLE_S,
    CAISSE_AP_MESSAGE_BYTES_MAX,
    CAISSE_AP_QUIET_MS,
    CAISSE_AP_READ_S,
)
from terminal.till.caisse_ap.codec import CaisseApWrong, decode, encode
from terminal.till.caisse_ap.messages import Reason, not_done
from terminal.till.caisse_ap.service import Answer, CaisseAp

log = structlog.get_logger(__name__)

_QUIET_S: Final = CAISSE_AP_QUIET_MS / 1000


class _Line:
    """What comes in on one connection, and whether the till is still there."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.kept = b""
        self.gone = asyncio.Event()

    async def message(self) -> dict[str, str] | None:
        """The next message; None when the till left, or said nothing for long.

        Raises: CaisseApWrong.
        """
        if not self.kept and not await self._more(CAISSE_AP_IDLE_S):
            return None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CAISSE_AP_READ_S):
                while True:
                    tags = decode(self.kept)
                    # It has no end of its own: whole, and then silence.
                    if not await self._more(_QUIET_S if tags else None) and tags:
                        self.kept = b""
                        return tags
                    if self.gone.is_set():
                        break
        raise CaisseApWrong(reason="it is not whole")

    async def watch(self) -> None:
        """Until the till hangs up; what it says meanwhile waits."""
        while len(self.kept) <= CAISSE_AP_MESSAGE_BYTES_MAX and await self._more(None):
            pass

    async def _more(self, wait_s: float | None) -> bool:
        if len(self.kept) > CAISSE_AP_MESSAGE_BYTES_MAX:
            raise CaisseApWrong(reason=f"it is longer than {CAISSE_AP_MESSAGE_BYTES_MAX} bytes")
        try:
            async with asyncio.timeout(wait_s):
                data = await self._reader.read(CAISSE_AP_MESSAGE_BYTES_MAX)
        except TimeoutError:
            return False
        if not data:
            self.gone.set()
        self.kept += data
        return bool(data)


class CaisseApServer:
    """Listens; `port` is the real one once `start` returned. `tills`: SaleID by address."""

    def __init__(self, service: CaisseAp, tills: Mapping[str, str]) -> None:
        self._service = service
        self._tills = tills
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises: OSError: the port is taken."""
        self._server = await asyncio.start_server(self._accept, host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening; payments under way come to an end first."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._talking):
            task.cancel()
        if self._talking:
            await asyncio.wait(self._talking)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str(writer.get_extra_info("peername")[0]).removeprefix("::ffff:")
        sale_id = self._tills.get(address)
        if sale_id is None or len(self._talking) >= CAISSE_AP_CONNECTIONS_MAX:
            log.warning("caisse_ap_turned_away", address=address, is_known=sale_id is not None)
            writer.close()
            return
        task = asyncio.create_task(self._talk(sale_id, _Line(reader), writer), name="caisse-ap")
        self._talking.add(task)
        task.add_done_callback(self._talking.discard)

    async def _talk(self, sale_id: str, line: _Line, writer: asyncio.StreamWriter) -> None:
        try:
            while (tags := await line.message()) is not None:
                await self._answer(sale_id, tags, line, writer)
        except CaisseApWrong as error:  # where the next message begins is not known: say so, and hang up
            log.info("caisse_ap_wrong", sale_id=sale_id, reason=str(error))
            await _send(writer, not_done({}, Reason.FORMAT))
        except (ConnectionError, TimeoutError):
            pass  # the till left
        except Exception:  # the boundary of one connection
            log.exception("caisse_ap_broke")
        finally:
            writer.close()

    async def _answer(
        self, sale_id: str, tags: dict[str, str], line: _Line, writer: asyncio.StreamWriter
    ) -> None:
        """A payment begun is brought to its end, whatever the till does; one it cannot hear of is undone."""
        work = asyncio.create_task(self._work(sale_id, tags, line, writer), name="caisse-ap-work")
        watching = asyncio.create_task(line.watch(), name="caisse-ap-watch")
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:  # the agent stops
            line.gone.set()
            await asyncio.wait([work])
            raise
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    async def _work(
        self, sale_id: str, tags: dict[str, str], line: _Line, writer: asyncio.StreamWriter
    ) -> None:
        answer: Answer = await self._service.answer(sale_id, tags, line.gone)
        is_told = not line.gone.is_set() and await _send(writer, answer.tags)
        if not is_told and answer.payment is not None:
            await self._service.lost(sale_id, tags["CA"], answer.payment)


async def _send(writer: asyncio.StreamWriter, tags: dict[str, str]) -> bool:
    """Whether the answer went out, as far as can be known."""
    try:
        writer.write(encode(tags))
        await writer.drain()
    except (ConnectionError, RuntimeError):
        return False
    return True
