"""Exports: one group from a consistent copy, as SQLite and CSV; personal data only when asked for."""

import asyncio
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from central.gateways import table_export
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import Clock
from central.services.members.carer_names import CarerNames
from central.services.members.members import MembersService
from central.storage.base import Store
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.carers import CARERS_EXPORTED_MAX

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""

MANIFEST_FILE: Final = "manifest.json"
_VERSION: Final = version("officine")
_COPY_FILE: Final = ".copy.sqlite"
_DIRECTORY_MODE: Final = 0o700


class ExportDirectoryTaken(LoyaltyError):
    """An export never writes over anything."""

    code = "export_directory_taken"
    trouble = Trouble.CONFLICT
    text = "{directory} is not an empty directory. Name a new one for the export."


class ExportManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds: rows by table. `made_ms` UTC."""

    group_id: str
    made_ms: int
    version: str
    has_personal_data: bool
    tables: dict[str, int]


class ExportService:
    """Exports the actor's group."""

    def __init__(self, store: Store, clock: Clock, members: MembersService, carer_names: CarerNames) -> None:
        self._store = store
        self._clock = clock
        self._members = members
        self._carer_names = carer_names

    async def export(
        self,
        actor: Actor,
        directory: Path,
        *,
        with_personal: bool = False,
        on_progress: OnProgress = lambda _what, _done, _total: None,
    ) -> ExportManifest:
        """Write `officine.sqlite`, one CSV a table and `manifest.json` (last, so that it proves the rest).

        Args:
            with_personal: also names, contacts, card numbers, operators and the log of reads; needs
                members.read and cards.read.
        Raises: PermissionMissing; ExportDirectoryTaken; DatabaseRefused: no place for the copy.
        """
        for permission in (access.GROUP_READ, access.ARTICLES_READ, access.SALES_READ):
            access.require(actor, permission)
        if with_personal:
            access.require(actor, access.MEMBERS_READ)
            access.require(actor, access.CARDS_READ)
        made_ms = self._clock()
        await asyncio.to_thread(_prepare, directory)
        copy = directory / _COPY_FILE
        loop = asyncio.get_running_loop()

        def on_table(_: str, done: int, total: int) -> None:
            loop.call_soon_threadsafe(on_progress, "tables", done, total)

        try:
            await self._store.copy_into(copy)
            counts = await asyncio.to_thread(
                table_export.write_tables,
                copy,
                directory,
                actor.group_id,
                with_personal=with_personal,
                on_table=on_table,
            )
            if with_personal:
                counts |= await self._write_people(actor, copy, directory, on_progress)
        finally:
            await asyncio.to_thread(_remove_copy, directory)
        manifest = ExportManifest(
            group_id=actor.group_id,
            made_ms=made_ms,
            version=_VERSION,
            has_personal_data=with_personal,
            tables=counts,
        )
        await asyncio.to_thread(_write_manifest, directory, manifest)
        return manifest

    async def _write_people(
        self, actor: Actor, copy: Path, directory: Path, on_progress: OnProgress
    ) -> dict[str, int]:
        """Open each member's seal through the service, which knows who may; and who acts for them, by what
        name (`carer` has since when, until when and how far, `carer_ticket` what they did).
        """
        ids = await asyncio.to_thread(table_export.member_ids, copy, actor.group_id)
        persons, carers = [], []
        for done, member_id in enumerate(ids, start=1):
            view = await self._members.get_member(actor, member_id)
            persons.append(
                {
                    "member_id": view.member_id,
                    "family_name": view.family_name,
                    "given_name": view.given_name,
                    "salutation": view.salutation,
                    "email": view.email,
                    "phone": view.phone,
                    "birth_date": view.birth_date,
                }
            )
            for row in await self._store.list_carers(actor.group_id, member_id, CARERS_EXPORTED_MAX):
                name = await self._carer_names.open(row)
                carers.append({"carer_id": row.carer_id, "member_id": member_id, "name": name})
            on_progress("persons", done, len(ids))
        people = {"person": persons, "carer_name": carers}
        for table, rows in people.items():
            await asyncio.to_thread(table_export.write_people, directory, table, rows)
        return {table: len(rows) for table, rows in people.items()}


def _prepare(directory: Path) -> None:
    """A new or empty directory that only its owner reads."""
    try:
        directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        is_taken = any(directory.iterdir())
    except (FileExistsError, NotADirectoryError):
        is_taken = True
    if is_taken:
        raise ExportDirectoryTaken(directory=str(directory))
    directory.chmod(_DIRECTORY_MODE)


def _remove_copy(directory: Path) -> None:
    """The copy holds sealed data and must not stay; SQLite may have put files beside it."""
    for path in directory.glob(f"{_COPY_FILE}*"):
        path.unlink()


def _write_manifest(directory: Path, manifest: ExportManifest) -> None:
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (directory / MANIFEST_FILE).write_bytes(text + b"\n")
