"""Groups, rule sets, tokens and shops."""

from dataclasses import replace

import apsw
import pytest

from central.storage.addresses import sqlite_path
from central.storage.base import Change, GuardFailed, IdempotencyConflict, Store
from central.storage.interface.rows import TokenRow
from tests.contract.storage.factories import NOW_MS, SHOP, G, a_group, a_shop

TOKEN = TokenRow(G, "tok-1", bytes(32), "till", frozenset({"sales.write", "sales.quote"}), SHOP, "t", NOW_MS)


async def test_putting_the_same_group_again_changes_nothing(store: Store) -> None:
    before = await store.list_events(G, 0, 100)
    assert await store.put_group(a_group(created_ms=NOW_MS + 5), "somebody") is Change.UNCHANGED
    assert await store.find_group(G) == a_group()
    assert await store.list_events(G, 0, 100) == before


async def test_every_version_of_a_programme_is_kept(store: Store) -> None:
    changed = a_group(programme='{"rules":[1]}', ruleset_version=2)
    assert await store.put_group(changed, "somebody") is Change.CHANGED
    assert await store.find_group(G) == changed
    assert await store.find_programme(G, 1) == '{"rules":[]}'
    assert await store.find_programme(G, 2) == '{"rules":[1]}'
    assert await store.find_programme(G, 3) is None
    assert (await store.list_events(G, 0, 100))[-1].kind == "programme.changed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_row_that_all_others_name_carries_no_rules(store: Store, database_url: str) -> None:
    await store.put_group(a_group(programme='{"rules":[1]}', ruleset_version=2), "somebody")
    with apsw.Connection(str(sqlite_path(database_url))) as connection:
        assert list(connection.execute("SELECT programme, ruleset_version FROM pharmacy_group")) == [("", 2)]


async def test_another_programme_under_a_used_version_is_a_conflict(store: Store) -> None:
    with pytest.raises(IdempotencyConflict):
        await store.put_group(a_group(programme='{"rules":[1]}'), "somebody")
    assert await store.find_group(G) == a_group()


async def test_groups_do_not_see_each_other(store: Store) -> None:
    await store.put_group(a_group("other"), "somebody")
    assert [row.group_id for row in await store.list_groups()] == [G, "other"]
    assert await store.list_group_ids() == [G, "other"]
    assert await store.list_shops("other") == []
    assert await store.find_member("other", "mem-1") is None
    assert [event.seq for event in await store.list_events("other", 0, 10)] == [1, 2]


async def test_a_shop_of_an_unknown_group_is_refused(store: Store) -> None:
    with pytest.raises(GuardFailed):
        await store.put_shop(a_shop(group_id="nowhere"), NOW_MS)


async def test_a_shop_is_created_changed_and_left_alone(store: Store) -> None:
    row = a_shop("shop-2", opening_hours="Mo-Fr 08:00-18:30", latitude_e7=465_000_000)
    assert await store.put_shop(row, NOW_MS) is Change.CREATED
    assert await store.put_shop(row, NOW_MS) is Change.UNCHANGED
    assert await store.put_shop(replace(row, city="Morges"), NOW_MS) is Change.CHANGED
    assert await store.find_shop(G, "shop-2") == replace(row, city="Morges")
    assert [shop.shop_id for shop in await store.list_shops(G)] == [SHOP, "shop-2"]


async def test_a_token_is_found_by_its_hash_and_revoked_once(store: Store) -> None:
    await store.put_token(TOKEN)
    await store.put_token(TOKEN)
    assert await store.find_token(TOKEN.token_hash) == TOKEN
    assert await store.find_token(bytes(31) + b"x") is None
    assert await store.revoke_token(G, "tok-1", NOW_MS + 1) is True
    assert await store.revoke_token(G, "tok-1", NOW_MS + 2) is False
    await store.put_token(TOKEN)
    assert await store.list_tokens(G) == [replace(TOKEN, revoked_ms=NOW_MS + 1)], (
        "sending it again revives nothing"
    )


async def test_a_token_id_or_secret_is_not_given_twice(store: Store) -> None:
    await store.put_token(TOKEN)
    with pytest.raises(IdempotencyConflict):
        await store.put_token(replace(TOKEN, permissions=frozenset({"everything"})))
    with pytest.raises(IdempotencyConflict):
        await store.put_token(replace(TOKEN, token_id="tok-2"))
    assert await store.list_tokens(G) == [TOKEN]
