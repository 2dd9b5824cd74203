"""The agent's parts for tills that speak no nexo; each is imported only where the settings want it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import structlog

from terminal.till.nexo.context import Till

if TYPE_CHECKING:
    from terminal.till.caisse_ap.server import CaisseApServer
    from terminal.till.escpos.server import CaptureServer

log = structlog.get_logger(__name__)

Start = Callable[[Coroutine[Any, Any, Any], str], None]
"""Runs something as long as the agent, under a name."""


class OtherTills:
    """`caisse_ap` is None where the settings name no such till; `captures`: by SaleID."""

    def __init__(self, till: Till, start: Start) -> None:
        self._till = till
        self._start = start
        self._stack = AsyncExitStack()
        self.caisse_ap: CaisseApServer | None = None
        self.captures: dict[str, CaptureServer] = {}

    async def start(self) -> None:
        """Open what is wanted. Raises: OSError: a port is taken."""
        if self._till.settings.caisse_ap_tills:
            await self._start_caisse_ap()
        if self._till.settings.ticket_printers:
            await self._start_captures()
        if self._till.settings.wedge:
            self._start_wedge()

    async def close(self) -> None:
        """Close all of it."""
        await self._stack.aclose()

    async def _start_caisse_ap(self) -> None:
        from terminal.till.caisse_ap.server import CaisseApServer
        from terminal.till.caisse_ap.service import CaisseAp

        settings = self._till.settings
        service = CaisseAp(self._till, settings.caisse_ap_tenders)
        self._start(service.resume_forever(), "caisse-ap-resume")
        self.caisse_ap = server = CaisseApServer(service, settings.caisse_ap_tills)
        self._stack.push_async_callback(server.close)
        await server.start(settings.caisse_ap_host, settings.caisse_ap_port)

    def _start_wedge(self) -> None:
        from terminal.till.wedge.service import WedgeTyping, opener_of

        typing = WedgeTyping(self._till, opener_of(self._till.settings))
        self._start(typing.run(), "wedge")

    async def _start_captures(self) -> None:
        """A layout that cannot be read stops no printing: its tickets print unread."""
        from terminal.till.escpos.layout import LayoutWrong, load_layouts
        from terminal.till.escpos.server import CaptureServer
        from terminal.till.escpos.service import TicketCapture

        settings = self._till.settings
        try:
            layouts = await asyncio.to_thread(load_layouts, settings.layouts_dir)
        except LayoutWrong as error:
            log.error("layouts_unusable", reason=str(error))
            layouts = {}
        capture = TicketCapture(self._till, layouts)
        for sale_id, printer in settings.ticket_printers.items():
            layout = layouts.get(printer.layout)
            page = layout.body.code_page if layout is not None else "cp437"
            self.captures[sale_id] = server = CaptureServer(capture, sale_id, printer, default_page=page)
            self._stack.push_async_callback(server.close)
            await server.start()
