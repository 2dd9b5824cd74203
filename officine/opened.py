"""Central's services on the configured database, in-process: for the person at the machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from loyalty.errors import LoyaltyError, Trouble
from officine.settings import load

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.access import Actor

group_option = click.option(
    "--group", "group_id", envvar="OFFICINE_GROUP", help="The group. Default: the only group of the database."
)


class GroupNotNamed(LoyaltyError):
    """The database has several groups, or none."""

    code = "group_not_named"
    trouble = Trouble.INVALID
    text = "{why} Name one with --group."


@asynccontextmanager
async def opened_services(config: str | None) -> AsyncIterator["Services"]:
    """Open the configured store and its services; closed at the end.

    Raises: SettingsInvalid, DatabaseRefused.
    """
    from central.services.bundle import build_services

    from central.services.clock import system_clock
    from central.settings import CentralSettings, load_secrets
    from central.storage.opening import open_store

    settings = load(CentralSettings, "central", config)
    store = await open_store(settings.database)
    try:
        yield build_services(store, load_secrets(settings.secrets_file), system_clock)
    finally:
        await store.close()


async def actor_for(services: "Services", group_id: str | None) -> "Actor":
    """The person at this machine, acting for the named or the only group.

    Raises: GroupNotNamed.
    """
    from central.services.access import operator_of

    known = [row.group_id for row in await services.store.list_groups()]
    if group_id is not None:
        if group_id not in known:
            raise GroupNotNamed(why=f"There is no group {group_id}; known: {', '.join(known) or 'none'}.")
        return operator_of(group_id)
    if len(known) != 1:
        raise GroupNotNamed(why=f"This database has {len(known)} groups ({', '.join(known) or 'none yet'}).")
    return operator_of(known[0])
