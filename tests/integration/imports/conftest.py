"""A real SQLite store with the services that imports need."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from central.services.bundle import build_services
from central.services.core.access import Actor, operator_of
from central.services.group.articles import ArticlesService
from central.services.group.groups import GroupsService
from central.services.group.imports.service import ImportService
from central.services.group.shops import ShopsService
from central.settings import new_secrets
from central.storage.sqlite.store import SqliteStore

NOW_MS = 1_790_000_000_000


@dataclass
class House:
    """The services on one store; `now_ms` is their clock."""

    store: SqliteStore
    groups: GroupsService
    articles: ArticlesService
    shops: ShopsService
    imports: ImportService
    now_ms: int = NOW_MS

    async def a_group(self, group_id: str = "grp-fr", country: str = "FR", currency: str = "EUR") -> Actor:
        actor = operator_of(group_id)
        await self.groups.put_group(
            actor, name=group_id, country=country, currency=currency, programme='{"rules": []}'
        )
        return actor

    async def events(self, group_id: str) -> int:
        """How many events the group has."""
        seq = 0
        while rows := await self.store.list_events(group_id, seq, 200):
            seq = rows[-1].seq
        return seq


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await SqliteStore.open(tmp_path / "central.sqlite")
    made = build_services(store, new_secrets(), lambda: NOW_MS)
    importer = ImportService(made.groups, made.articles, made.shops)
    yield House(store, made.groups, made.articles, made.shops, importer)
    await store.close()
