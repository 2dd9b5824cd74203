"""Pages that were spoiled on PostgreSQL's disk are told as a failed store, never as an answer."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest

from central.storage.base import StoreFailed
from central.storage.opening import open_store
from tests.contract.storage.factories import G, a_sale, furnish
from tests.postgres import OwnServer, find_binaries


async def test_a_corrupt_page_of_postgresql_is_a_failed_store() -> None:
    binaries = await asyncio.to_thread(find_binaries)
    if binaries is None:
        pytest.skip("no PostgreSQL 15 here: no server of our own whose files could be spoiled")
    home = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="officine-pg-"))
    server = await asyncio.to_thread(OwnServer, binaries, home)
    try:
        store = await open_store(server.address)
        try:
            await furnish(store)
            await store.record_sale(a_sale("sale-1"))
            await asyncio.to_thread(server.spoil, "sale")

            with pytest.raises(StoreFailed):
                await store.find_sale(G, "sale-1")
            with pytest.raises(StoreFailed):
                await store.record_sale(a_sale("sale-2"))
        finally:
            await store.close()
    finally:
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)
