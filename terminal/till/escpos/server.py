"""The ports that tills print to, one for each till; behind each stands its real printer."""

import asyncio
from collections.abc import Sequence

import structlog

from loyalty.limits.other_tills import CAPTURE_CHUNK_BYTES, CAPTURE_CONNECT_S, CAPTURE_CONNECTIONS_MAX
from terminal.printer.base import TcpAddress, parse_address
from terminal.till.escpos.pipe import Pipe, Streams, break_off
from terminal.till.escpos.service import TicketCapture
from terminal.till.escpos.weave import Extra
from terminal.till_settings import TicketPrinter

log = structlog.get_logger(__name__)


class CaptureServer:
    """One till's port; `port` is the real one once `start` returned."""

    def __init__(
        self, capture: TicketCapture, sale_id: str, printer: TicketPrinter, *, default_page: str
    ) -> None:
        self._capture = capture
        self._sale_id = sale_id
        self._printer = printer
        self._default_page = default_page
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._awarding: set[asyncio.Task[Extra | None]] = set()
        self.port = 0

    async def start(self) -> None:
        """Listen. Raises: OSError: the port is taken."""
        self._server = await asyncio.start_server(
            self._accept, self._printer.host, self._printer.port, limit=2 * CAPTURE_CHUNK_BYTES
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop; connections end."""
        if self._server is not None:
            self._server.close()
        under_way = (*self._pipes, *self._awarding)
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._pipes) >= CAPTURE_CONNECTIONS_MAX:
            break_off(writer)
            return
        task = asyncio.create_task(self._serve((reader, writer)), name=f"capture-{self._sale_id}")
        self._pipes.add(task)
        task.add_done_callback(self._pipes.discard)

    async def _serve(self, till: Streams) -> None:
        try:
            printer = await self._reach()
        except (OSError, TimeoutError) as error:
            log.warning("printer_not_reached", sale_id=self._sale_id, reason=type(error).__name__)
            break_off(till[1])  # as a printer that is off: the till must not take it for printed
            return
        pipe = Pipe(till, printer, self._ask, default_page=self._default_page)
        try:
            await pipe.run()
        except Exception:  # the boundary of one connection
            log.exception("printer_pipe_broke", sale_id=self._sale_id)
            break_off(till[1])
        finally:
            printer[1].close()
            till[1].close()
            await pipe.close()

    async def _reach(self) -> Streams:
        address = parse_address(self._printer.printer)
        assert isinstance(address, TcpAddress), "the settings take network printers alone"
        async with asyncio.timeout(CAPTURE_CONNECT_S):
            return await asyncio.open_connection(address.host, address.port, limit=2 * CAPTURE_CHUNK_BYTES)

    async def _ask(self, rows: Sequence[str]) -> Extra | None:
        """The award goes on when the paper no longer waits for it."""
        work = self._capture.award_printed(self._sale_id, self._printer.layout, rows)
        awarding = asyncio.create_task(work, name="printed-award")
        self._awarding.add(awarding)
        awarding.add_done_callback(self._awarding.discard)
        return await asyncio.shield(awarding)
