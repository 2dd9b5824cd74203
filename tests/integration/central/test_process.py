"""Central as a process: it starts, tells when it answers, stops on a signal, and forgets nothing."""

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import apsw
import pytest

from central.app import RunningCentral, run, running
from central.services.core.access import operator_of
from central.services.ledger.check import check_ledger
from central.settings import CentralSettings
from central.storage.base import DatabaseRefused
from tests.central_fixture import GROUP, CentralUnderTest, a_central, a_sale, seed


def settings_in(path: Path) -> CentralSettings:
    return CentralSettings(
        database=f"sqlite:///{path / 'central.db'}",
        secrets_file=path / "central.secrets",
        port=0,
        stop_grace_s=1,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_central_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    ready: asyncio.Future[RunningCentral] = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(run(settings_in(tmp_path), ready.set_result))
    central = await ready
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{central.base_url}/healthz") as response,
    ):
        assert response.status == 200
    os.kill(os.getpid(), number)
    await task


async def test_a_stop_ends_open_streams(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as http:
        async with a_central(tmp_path) as central:
            headers = {"Authorization": f"Bearer {central.tokens['office']}"}
            response = await http.get(f"{central.base_url}/api/v1/stream?after=0", headers=headers)
            assert (await response.content.readline()).startswith(b": following")
        rest = await response.content.read()
        assert rest.endswith(b"\n\n")


async def test_what_was_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    async with a_central(tmp_path) as central:
        sale = a_sale(central)
        first = await central.post("sales", sale)
        token = central.tokens["terminal"]
    async with running(settings_in(tmp_path)) as again, aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post(f"{again.base_url}/api/v1/sales", json=sale, headers=headers) as response:
            replay = await response.json()

    assert response.headers["Idempotent-Replayed"] == "true"
    assert replay == first.body


async def test_a_taken_port_or_a_wrong_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused):
        async with running(
            CentralSettings(database="postgres://nowhere", secrets_file=tmp_path / "s", port=0)
        ):
            pass
    async with running(settings_in(tmp_path)) as central:
        port = int(central.base_url.rpartition(":")[2])
        other = CentralSettings(
            database=f"sqlite:///{tmp_path / 'b.db'}", secrets_file=tmp_path / "s", port=port
        )
        with pytest.raises(OSError, match="address"):
            async with running(other):
                pass


async def test_putting_the_same_group_again_changes_nothing(tmp_path: Path) -> None:
    async with running(settings_in(tmp_path)) as central:
        await seed(central.services)
        before = await central.services.store.list_events(GROUP, 0, 200)
        operator = operator_of(GROUP)
        group = await central.services.groups.get(GROUP)
        await central.services.groups.put_group(
            operator,
            name=group.row.name,
            country="CH",
            currency="CHF",
            programme=group.row.programme,
            settings=group.settings,
        )
        after = await central.services.store.list_events(GROUP, 0, 200)

    assert list(after) == list(before)


async def test_a_tampered_ledger_is_found(central: CentralUnderTest, tmp_path: Path) -> None:
    await central.post("sales", a_sale(central))
    assert (await check_ledger(central.services.store, central.operator)).is_sound

    def tamper() -> None:
        connection = apsw.Connection(str(tmp_path / "central.db"))
        connection.setbusytimeout(5000)
        connection.execute("DROP TRIGGER posting_refuses_update; UPDATE posting SET amount = amount + 1")
        connection.close()

    await asyncio.to_thread(tamper)
    report = await check_ledger(central.services.store, central.operator)
    codes = {finding.code.value for finding in report.findings}
    assert {"chain_broken", "balance_differs"} <= codes
