"""A central for a replay: started in this process on a free port, reached through real HTTP all the same."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from central.app import running
from central.services.bundle import Services
from central.services.core.access import operator_of
from central.settings import CentralSettings
from tools.replay.uci_file import CURRENCY

GROUP_ID: Final = "replay-uci"
COUNTRY: Final = "FR"
PROGRAMME: Final = (
    '{"rules": [{"id": "base", "version": 1, "kind": "campaign", "when": {"fact": "member.is_known"},'
    ' "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}]}]}'
)
"""One point for every whole pound of a ticket."""
_HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to send tickets, and with which token; `services` look at the same store from inside."""

    group_id: str
    url: str
    token: str
    services: Services

    def __repr__(self) -> str:
        return f"Place(group_id={self.group_id!r}, url={self.url!r})"


@asynccontextmanager
async def serving(settings: CentralSettings) -> AsyncIterator[Place]:
    """Start central on the settings' database and any free local port, with the replay's own group.

    The group counts in pounds under French law; where it is there already it stays as it is. The importer's
    token is revoked at the end.
    Raises: DatabaseRefused, SecretsFileBroken.
    """
    async with running(dataclasses.replace(settings, host=_HOST, port=0)) as central:
        services = central.services
        operator = operator_of(GROUP_ID)
        if await services.store.find_group(GROUP_ID) is None:
            await services.groups.put_group(
                operator,
                name="Replay of recorded tickets",
                country=COUNTRY,
                currency=CURRENCY,
                programme=PROGRAMME,
            )
        issued = await services.access.issue_token(operator, role="importer", label="replay")
        try:
            yield Place(group_id=GROUP_ID, url=central.base_url, token=issued.token, services=services)
        finally:
            await services.access.revoke_token(operator, issued.token_id)
