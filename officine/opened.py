"""Central's services on the configured database, in-process: for the person at the machine."""

import asyncio
import dataclasses
import importlib
import os
import pwd
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from loyalty.errors import LoyaltyError, Trouble
from officine.programs import settings_of
from officine.settings import SettingsInvalid

if TYPE_CHECKING:
    from central.services.bundle import Services
    from central.services.core.access import Actor
    from central.services.members.messages import Outlets
    from central.settings import CentralSettings, Secrets

T = TypeVar("T")

group_option = click.option(
    "--group",
    "group_id",
    envvar="OFFICINE_GROUP",
    metavar="ID",
    help="The group. Default: the only group of the database.",
)


class GroupNotNamed(LoyaltyError):
    """The database has several groups, or none."""

    code = "group_not_named"
    trouble = Trouble.INVALID
    text = "{why}"


def outlets_for(config: str | None) -> "Outlets":
    """The ways out for messages that the settings name.

    Raises: SettingsInvalid, SettingRefused.
    """
    from central.messages_settings import PasswordUnusable, outlets_of

    try:
        return outlets_of(settings_of("messages", config))
    except PasswordUnusable as error:
        raise SettingsInvalid(where="[messages]", why=str(error)) from error


@asynccontextmanager
async def opened_services(config: str | None, *, may_create: bool = False) -> AsyncIterator["Services"]:
    """Open the configured store and its services; closed at the end.

    Args:
        may_create: make the database and its keys where there are none; otherwise that is an error, for an
            empty database answers every question wrongly.
    Raises: SettingsInvalid, DatabaseRefused.
    """
    # Libraries read tables of theirs when they are imported: off the loop.
    await asyncio.to_thread(importlib.import_module, "central.services.bundle")
    from central.services.bundle import build_services
    from central.services.core.clock import system_clock
    from central.storage.opening import open_store

    settings: CentralSettings = settings_of("central", config)
    secrets = await asyncio.to_thread(_prepare, settings, may_create=may_create)
    store = await open_store(settings.database)
    try:
        yield build_services(
            store, secrets, system_clock, outlets=outlets_for(config), public_url=settings.public_url
        )
    finally:
        await store.close()


async def actor_for(services: "Services", group_id: str | None) -> "Actor":
    """The person at this machine, acting for the named or the only group.

    Raises: GroupNotNamed.
    """
    from central.services.core.access import operator_of

    known = [row.group_id for row in await services.store.list_groups()]
    if not known:
        raise GroupNotNamed(why="This database has no group yet. Make one: officine group create ID ...")
    if group_id is not None:
        if group_id not in known:
            raise GroupNotNamed(
                why=f"There is no group {group_id}; known: {', '.join(known)}. Name one with --group."
            )
        return operator_of(group_id)
    if len(known) != 1:
        raise GroupNotNamed(
            why=f"This database has {len(known)} groups ({', '.join(known)}). Name one with --group."
        )
    return operator_of(known[0])


async def person_for(services: "Services", group_id: str | None) -> "Actor":
    """As `actor_for`, but told apart by login: what needs two people needs two logins of this machine.

    Raises: GroupNotNamed.
    """
    actor = await actor_for(services, group_id)
    login = pwd.getpwuid(os.getuid()).pw_name
    return dataclasses.replace(actor, token_id=f"operator:{login}")


def as_operator(
    config: str | None, group_id: str | None, work: Callable[["Services", "Actor"], Awaitable[T]]
) -> T:
    """Run `work` on the services, as the person at this machine acting for the group; its result.

    Raises: SettingsInvalid, DatabaseRefused, GroupNotNamed; what `work` raises.
    """

    async def run() -> T:
        async with opened_services(config) as services:
            return await work(services, await actor_for(services, group_id))

    return asyncio.run(run())


def as_person(
    config: str | None, group_id: str | None, work: Callable[["Services", "Actor"], Awaitable[T]]
) -> T:
    """As `as_operator`, for what needs two people: the actor is `person_for`'s."""

    async def run() -> T:
        async with opened_services(config) as services:
            return await work(services, await person_for(services, group_id))

    return asyncio.run(run())


def _prepare(settings: "CentralSettings", *, may_create: bool) -> "Secrets":
    from central.settings import SecretsFileBroken, load_secrets
    from central.storage.addresses import is_postgres, sqlite_path
    from central.storage.base import DatabaseRefused

    if not may_create:
        path = None if is_postgres(settings.database) else sqlite_path(settings.database)
        if path is not None and not path.is_file():
            raise DatabaseRefused(
                why=f"{path} does not exist. Check OFFICINE_DATABASE or --config, or make the first group:"
                " officine group create ID ..."
            )
        if not settings.secrets_file.is_file():
            raise SettingsInvalid(
                where="[central] secrets_file",
                why=f"{settings.secrets_file} does not exist, and without its keys no member can be read."
                " Name the file that belongs to this database, or restore it from the backup.",
            )
    try:
        return load_secrets(settings.secrets_file)
    except SecretsFileBroken as error:
        raise SettingsInvalid(where="[central] secrets_file", why=str(error)) from error
    except OSError as error:
        raise SettingsInvalid(
            where="[central] secrets_file",
            why=f"{settings.secrets_file} cannot be used ({error.strerror}). Run as the user of central.",
        ) from error


def with_currency(
    work: Callable[["Services", "Actor"], Awaitable[T]],
) -> Callable[["Services", "Actor"], Awaitable[tuple[T, str]]]:
    """The same work, and the group's currency beside what it gives: amounts are shown as money."""

    async def both(services: "Services", actor: "Actor") -> tuple[T, str]:
        found = await work(services, actor)
        return found, (await services.groups.get(actor.group_id)).row.currency

    return both
