"""A till is paired on real sockets: code, keys, test ticket, word; put out, paired anew; several of each."""

import asyncio
import stat
from pathlib import Path

import aiohttp
import pytest

from terminal.till.keys import key_file
from tests.central_fixture import MEMBER
from tests.helpers import eventually
from tests.integration.terminal.till_pairing import (
    a_relay,
    answer,
    desk_of,
    open_code,
    pair_one,
    person,
    shown,
    url_of,
)
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill, TillError
from tools.till import paired as till_files
from tools.till.pairing import TillNotPaired, pair
from wire.nexo.envelope import SealingKey, derive
from wire.tills import CancelTillPairing, OpenTillPairing, UnpairTill


async def keys_of(shop: Shop) -> tuple[key_file.TillKey, ...]:
    return await asyncio.to_thread(key_file.load, shop.settings.till_keys_path)


async def mode_of(path: Path) -> int:
    return stat.S_IMODE((await asyncio.to_thread(path.stat)).st_mode)


async def events(shop: Shop, kind: str) -> list[str]:
    found = await shop.central.services.store.list_events(shop.central.operator.group_id, 0, 1_000)
    return [each.body for each in found if each.kind == kind]


async def test_a_till_is_paired_books_tickets_and_is_put_out_at_once(shop: Shop, tmp_path: Path) -> None:
    before = await shop.sales_booked()
    known = await pair_one(shop)
    assert await shop.sales_booked() == before, "the test ticket books nothing"
    done = await eventually(shown(shop, "done"))
    assert done is not None
    assert known.identifier == done.sale_id == "TILL-1"
    assert known.poi_id == shop.settings.poi_id
    assert await mode_of(shop.settings.till_keys_path) == 0o600
    assert known.passphrase not in repr(await keys_of(shop))

    await shop.tap_known()
    async with known.a_till() as till:
        assert (await till.award([CREAM])).response.result == "Success"
    await eventually(lambda: is_booked(shop, before + 1))
    await eventually(lambda: is_told(shop, "till.paired", 1))

    shop.kiosk.send(UnpairTill(request_id="unpair", sale_id="TILL-1"))
    await eventually(lambda: shop.kiosk.results[-1].request_id == "unpair")
    assert shop.kiosk.results[-1].is_done
    async with known.a_till() as till:
        with pytest.raises(TillError, match="crypto error"):
            await till.login()
    await eventually(lambda: is_told(shop, "till.unpaired", 1))
    acts = await shop.central.services.tills.list_acts(shop.central.operator)
    assert [(act.kind, act.sale_id, act.terminal_id) for act in acts] == [
        ("unpaired", "TILL-1", "t-1"),
        ("paired", "TILL-1", "t-1"),
    ]
    assert MEMBER not in "".join(await events(shop, "till.paired"))


async def is_booked(shop: Shop, count: int) -> bool:
    return await shop.sales_booked() == count


async def is_told(shop: Shop, kind: str, count: int) -> bool:
    return len(await events(shop, kind)) == count


async def test_a_till_that_is_not_confirmed_can_only_send_its_test_ticket(shop: Shop) -> None:
    before = await shop.sales_booked()
    await shop.tap_known()
    code = await open_code(shop)

    async def try_much(word: str) -> bool:
        trial = desk_of(shop)._ring.trial
        assert trial is not None
        till = SimulatedTill(url_of(shop), sale_id="TILL-1", poi_id=shop.settings.poi_id, key=trial)
        async with till:
            ticket = await till.award([CREAM])
            assert ticket.response.result == "Success"
            assert "training=true" in (ticket.response.additional_response or "")
            assert (await till.balance()).response.error_condition == "NotAllowed"
        answer(shop, "DALO-DALO" if word != "DALO-DALO" else "TITO-TITO")
        return True

    with pytest.raises(TillNotPaired):
        await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=try_much)
    failed = await eventually(shown(shop, "failed"))
    assert failed is not None
    assert failed.failure == "differs"
    assert desk_of(shop)._ring.trial is None
    assert await keys_of(shop) == ()
    assert await shop.sales_booked() == before
    assert shop.agent.sender.depth == 0
    assert await events(shop, "till.paired") == []


async def test_the_person_at_the_till_may_say_no_too(shop: Shop) -> None:
    code = await open_code(shop)

    async def say_no(_word: str) -> bool:
        return False

    with pytest.raises(TillNotPaired):
        await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=say_no)
    failed = await eventually(shown(shop, "failed"))
    assert failed is not None
    assert failed.failure == "differs"
    assert await keys_of(shop) == ()


async def test_several_tills_at_one_terminal_each_with_a_key_of_its_own(shop: Shop) -> None:
    one, two = await pair_one(shop, "TILL-1"), await pair_one(shop, "TILL-2")
    async with one.a_till() as till:
        assert (await till.login()).response.result == "Success"
    async with two.a_till() as till:
        assert (await till.login()).response.result == "Success"
    assert one.passphrase != two.passphrase
    assert one.check_word != two.check_word
    secrets = await asyncio.to_thread(derive, one.passphrase)
    stolen = SealingKey(one.identifier, one.version, secrets)
    async with SimulatedTill(url_of(shop), sale_id="TILL-2", poi_id=one.poi_id, key=stolen) as liar:
        with pytest.raises(TillError, match="crypto error"):
            await liar.login()
    await desk_of(shop).unpair("TILL-1")
    async with one.a_till() as till:
        with pytest.raises(TillError):
            await till.login()
    async with two.a_till() as till:
        assert (await till.login()).response.result == "Success", "the other till goes on"


async def test_several_terminals_for_one_till(tmp_path: Path, socket_dir: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    sockets = [socket_dir / name for name in ("1", "2")]
    for folder in (*folders, *sockets):
        folder.mkdir()
    file = till_files.TillFile()
    async with (
        a_terminal(folders[0], sockets[0], poi_id="POI-1", plain_nexo=False) as first,
        a_terminal(folders[1], sockets[1], poi_id="POI-2", plain_nexo=False) as second,
    ):
        for shop in (first, second):
            file = file.with_terminal(await pair_one(shop))
        path = tmp_path / "till.json"
        await asyncio.to_thread(till_files.save, path, file)
        assert await mode_of(path) == 0o600
        read = await asyncio.to_thread(till_files.load, path)
        assert [each.poi_id for each in read.terminals] == ["POI-1", "POI-2"]
        assert read.find(None) is None, "one must be named"
        for shop in (first, second):
            known = read.find(shop.settings.poi_id)
            assert known is not None
            async with known.a_till() as till:
                assert (await till.login()).response.result == "Success"
        known = read.find("POI-1")
        assert known is not None
        elsewhere = SimulatedTill(
            url_of(second),
            sale_id="TILL-1",
            poi_id="POI-2",
            key=SealingKey("TILL-1", 1, await asyncio.to_thread(derive, known.passphrase)),
        )
        async with elsewhere:
            with pytest.raises(TillError, match="crypto error"):
                await elsewhere.login()


async def test_a_key_file_of_another_terminal_opens_nothing(tmp_path: Path, socket_dir: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    sockets = [socket_dir / name for name in ("1", "2")]
    for folder in (*folders, *sockets):
        folder.mkdir()
    async with (
        a_terminal(folders[0], sockets[0], poi_id="POI-1") as first,
        a_terminal(folders[1], sockets[1], poi_id="POI-2") as second,
    ):
        known = await pair_one(first)
        copied = await keys_of(first)
        await asyncio.to_thread(key_file.save, second.settings.till_keys_path, copied)
        await second.agent._ring.look()
        key = SealingKey("TILL-1", known.version, await asyncio.to_thread(derive, known.passphrase))
        async with SimulatedTill(url_of(second), sale_id="TILL-1", poi_id="POI-2", key=key) as till:
            with pytest.raises(TillError, match="crypto error"):
                await till.login()


async def test_a_till_that_is_paired_anew_has_a_new_key_and_the_old_one_is_over(shop: Shop) -> None:
    first = await pair_one(shop)
    second = await pair_one(shop)
    assert (first.version, second.version) == (1, 2)
    kept = await keys_of(shop)
    assert [(each.identifier, each.version) for each in kept] == [("TILL-1", 2)]
    async with first.a_till() as till:
        with pytest.raises(TillError, match="crypto error"):
            await till.login()
    async with second.a_till() as till:
        assert (await till.login()).response.result == "Success"


async def test_a_paired_till_speaks_to_no_other_certificate(shop: Shop, tmp_path: Path) -> None:
    known = await pair_one(shop)
    async with a_relay(shop.agent.nexo_port, tmp_path) as relay:
        till = known.a_till()
        till.url = f"{relay.url}/nexo"
        async with till:
            with pytest.raises(aiohttp.ClientError):
                await till.login()


async def test_a_code_serves_one_till_and_is_gone_when_it_is_taken_away(shop: Shop) -> None:
    code = await open_code(shop)
    await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=person(shop))
    with pytest.raises(TillNotPaired) as refused:
        await pair(url_of(shop), code, sale_id="TILL-2", currency="CHF", ask_person=person(shop))
    assert refused.value.terminal_code == "till_pairing_closed"
    code = await open_code(shop)
    shop.kiosk.send(CancelTillPairing(request_id="cancel"))
    await eventually(lambda: shop.kiosk.state.till_pairing is None)
    with pytest.raises(TillNotPaired) as refused:
        await pair(url_of(shop), code, sale_id="TILL-2", currency="CHF", ask_person=person(shop))
    assert refused.value.terminal_code == "till_pairing_closed"


async def test_without_central_there_is_no_test_ticket_and_nothing_is_paired(shop: Shop) -> None:
    code = await open_code(shop)
    await shop.cut()
    with pytest.raises(TillNotPaired, match="test ticket"):
        await pair(url_of(shop), code, sale_id="TILL-1", currency="CHF", ask_person=person(shop))
    await eventually(shown(shop, "failed"))
    assert await keys_of(shop) == ()


async def test_what_happened_during_a_cut_is_told_to_central_afterwards(shop: Shop) -> None:
    await pair_one(shop)
    await eventually(lambda: is_told(shop, "till.paired", 1))
    await shop.cut()
    await desk_of(shop).unpair("TILL-1")
    assert await events(shop, "till.unpaired") == []
    await shop.mend()
    await eventually(lambda: is_told(shop, "till.unpaired", 1), deadline_s=20)


async def test_a_session_that_is_no_staff_cards_opens_no_code(shop: Shop) -> None:
    await shop.tap_known()
    shop.kiosk.send(OpenTillPairing(request_id="no", session_id=shop.kiosk.session.session_id))
    await eventually(lambda: bool(shop.kiosk.results))
    assert not shop.kiosk.results[-1].is_done
    assert shop.kiosk.state.till_pairing is None
