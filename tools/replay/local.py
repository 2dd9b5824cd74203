"""A central of its own for a replay: started in this process, reached through real HTTP all the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from central.services.access import operator_of
from central.services.bundle import Services
from central.storage.base import Change
from central.web.api.server import ApiServer
from tools.replay.uci_file import CURRENCY

GROUP_ID: Final = "replay-uci"
COUNTRY: Final = "FR"
PROGRAMME: Final = (
    '{"rules": [{"id": "base", "version": 1, "kind": "campaign", "when": {"fact": "member.is_known"},'
    ' "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}]}]}'
)
"""One point for every whole pound of a ticket."""
_HOST: Final = "127.0.0.1"
_STOP_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to send tickets, and with which token."""

    group_id: str
    url: str
    token: str


async def make_group(services: Services) -> Change:
    """The replay's own group: pounds, French law; there already: unchanged."""
    return await services.groups.put_group(
        operator_of(GROUP_ID),
        name="Replay of recorded tickets",
        country=COUNTRY,
        currency=CURRENCY,
        programme=PROGRAMME,
    )


@asynccontextmanager
async def serving(services: Services) -> AsyncIterator[Place]:
    """Make the group, serve central's API on a free local port, and give an importer's token meanwhile."""
    await make_group(services)
    operator = operator_of(GROUP_ID)
    issued = await services.access.issue_token(operator, role="importer", label="replay")
    runner = web.AppRunner(
        ApiServer(services).application(), access_log=None, shutdown_timeout=_STOP_S, handle_signals=False
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, _HOST, 0)
        await site.start()
        _, port = runner.addresses[0][:2]
        yield Place(group_id=GROUP_ID, url=f"http://{_HOST}:{port}", token=issued.token)
    finally:
        await runner.cleanup()
        await services.access.revoke_token(operator, issued.token_id)
