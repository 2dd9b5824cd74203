"""Delivery reports of the SMS gateway (`/d/`): Kannel fetches the address that went with the message.

Source: Kannel 1.4.5 User's Guide, "Delivery Reports": `%d` is 1 delivered, 2 not delivered, 16 refused by the
operator's centre; 34 expired (2 and 32), 66 unknown (2 and 64).
"""

from typing import Final

import structlog
from aiohttp import web

from central.services.bundle import Services
from central.services.members.delivery import Delivery

log = structlog.get_logger("central.reports")

_TOLD: Final = {"1": Delivery.DELIVERED, "2": Delivery.UNDELIVERED, "16": Delivery.UNDELIVERED}
_REASONS: Final = {"2": "not_delivered", "16": "operator_refused", "34": "delivery_expired"}
_HEADERS: Final = {"Cache-Control": "no-store", "Server": "officine"}


class Reports:
    """Takes reports; a word that is none of ours, and a report that says nothing final, change nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def applications(self) -> dict[str, web.Application]:
        """By prefix, without the slash at its end."""
        reports = web.Application()
        reports.router.add_get("/{word}", self._report, allow_head=False)
        return {"/d": reports}

    async def _report(self, request: web.Request) -> web.Response:
        said = request.query.get("s", "")
        told = _TOLD.get("2" if said == "34" else said)
        if told is None:
            return web.Response(status=204, headers=_HEADERS)
        try:
            is_ours = await self._services.messages.delivery.report(
                request.match_info["word"], told, _REASONS.get(said, "")
            )
        except Exception:  # the boundary of one request: the gateway asks again
            log.exception("report_broke")
            return web.Response(status=503, headers=_HEADERS)
        return web.Response(status=204 if is_ours else 404, headers=_HEADERS)
