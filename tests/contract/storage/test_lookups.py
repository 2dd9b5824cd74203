"""Look-ups of what workers keep: every change of reference data is told, and what is read is of one state."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from central.storage.base import Store
from central.storage.interface.guesses import GuessAsked, GuessLimit
from central.storage.interface.lookups import SaleAsked
from central.storage.interface.rows import PriceRow, TokenRow
from loyalty.limits.known import KNOWN_CHANGES_MAX
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_card,
    a_group,
    a_member,
    a_sale,
    a_shop,
    an_article,
)

TOKEN = TokenRow(G, "tok-9", bytes([9]) * 32, "till", frozenset({"sales.write"}), SHOP, "t", NOW_MS)
Change = Callable[[Store], Awaitable[object]]
CHANGES: dict[str, tuple[Change, tuple[str, str]]] = {
    "settings": (lambda s: s.put_group(a_group(settings='{"brand":"#000"}'), "me"), ("group.changed", G)),
    "programme": (
        lambda s: s.put_group(a_group(programme='{"rules":[1]}', ruleset_version=2), "me"),
        ("programme.changed", "2"),
    ),
    "new shop": (lambda s: s.put_shop(a_shop("new"), NOW_MS), ("shop.added", "new")),
    "shop": (lambda s: s.put_shop(a_shop(name="other name"), NOW_MS), ("shop.changed", SHOP)),
    "new article": (
        lambda s: s.put_articles([an_article("new", "4000000000001")], NOW_MS),
        ("article.added", "new"),
    ),
    "price": (
        lambda s: s.put_price(G, "art-1", PriceRow(777, NOW_MS, NOW_MS)),
        ("price.changed", "art-1"),
    ),
    "new token": (lambda s: s.put_token(TOKEN), ("token.issued", "tok-9")),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_is_told_once_by_kind_and_id(store: Store, what: str) -> None:
    await store.put_articles([an_article("art-1", "4000000000099")], NOW_MS)
    before = await store.find_changes(G, -1)
    change, told = CHANGES[what]

    await change(store)
    after = await store.find_changes(G, before.seq)

    assert told in after.changed
    assert await store.find_changes(G, after.seq) == type(after)(after.seq)


async def test_a_revoked_token_is_told(store: Store) -> None:
    await store.put_token(TOKEN)
    before = await store.find_changes(G, -1)

    await store.revoke_token(G, TOKEN.token_id, NOW_MS)

    assert (await store.find_changes(G, before.seq)).changed == (("token.revoked", TOKEN.token_id),)


async def test_who_has_seen_nothing_or_missed_too_much_must_forget_all(store: Store) -> None:
    before = await store.find_changes(G, -1)
    assert before.is_all
    await store.put_articles(
        [an_article(f"many-{n}", f"41{n:06}") for n in range(KNOWN_CHANGES_MAX + 1)], NOW_MS
    )
    assert (await store.find_changes(G, before.seq)).is_all


async def test_a_price_is_told_with_the_time_it_holds(store: Store) -> None:
    await store.put_articles([an_article("art-1", "4000000000099")], NOW_MS)
    for price, from_ms in ((100, NOW_MS), (200, NOW_MS + 50), (300, NOW_MS + 90)):
        await store.put_price(G, "art-1", PriceRow(price, from_ms, NOW_MS))

    _, found = await store.find_priced(G, ["4000000000099", "nobodys"], NOW_MS + 60, -1)

    assert set(found) == {"4000000000099"}
    article = found["4000000000099"]
    assert (article.row.price_minor, article.from_ms, article.until_ms) == (200, NOW_MS + 50, NOW_MS + 90)


async def test_a_ticket_finds_its_card_member_and_points_or_itself(store: Store) -> None:
    await store.put_card(a_card())
    sale = a_sale()
    asked = SaleAsked(
        group_id=G,
        sale_id=sale.sale_id,
        shop_id=sale.shop_id,
        business_key=sale.business_key,
        card_number=a_card().card_number,
    )
    fresh = await store.find_sale_facts(asked, -1)
    await store.record_sale(sale)
    again = await store.find_sale_facts(asked, fresh.changes.seq)

    assert fresh.earlier is None
    assert fresh.member is not None
    assert fresh.member.member_id == MEMBER == a_member().member_id
    assert fresh.points is not None
    assert fresh.points.balance == 0
    assert again.earlier is not None
    assert again.earlier.sale_id == sale.sale_id
    assert again.card is None
    assert again.changes.changed == ()


async def test_a_ticket_with_numbers_finds_whether_its_terminal_may_try_them(store: Store) -> None:
    limit = GuessLimit(tries=2, window_ms=1_000)
    asked = SaleAsked(
        group_id=G, sale_id="sale-1", shop_id=SHOP, business_key="b-1", code_hashes=(bytes(32),)
    )
    told = []
    for at in (0, 10, 20):
        by = GuessAsked("tok", limit, NOW_MS + at)
        told.append((await store.find_sale_facts(replace(asked, guesses=by), -1)).next_guess_ms)
        await store.count_guess(G, "tok", limit, NOW_MS + at)
    other = GuessAsked("other", limit, NOW_MS + 20)

    assert told == [None, None, NOW_MS + 1_000]
    assert (await store.find_sale_facts(replace(asked, guesses=other), -1)).next_guess_ms is None
    assert (await store.find_sale_facts(asked, -1)).next_guess_ms is None, "without numbers nobody guesses"
