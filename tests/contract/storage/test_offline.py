"""Bundles, the hot-list and late tickets, on both engines."""

from central.storage.base import Store
from central.storage.interface.offline import BundleRow, LateTicket
from tests.contract.storage.factories import NOW_MS, SHOP, G, a_card, a_sale, a_shop, furnish

HASHES = ("a" * 64, "b" * 64)
DAY_MS = 86_400_000


def a_bundle(content_hash: str = HASHES[0], *, shop_id: str = SHOP, made_ms: int = NOW_MS) -> BundleRow:
    return BundleRow(
        group_id=G,
        shop_id=shop_id,
        number=0,
        bundle_id="",
        content_hash=content_hash,
        time_zone="Europe/Zurich",
        ruleset_version=1,
        made_ms=made_ms,
        content=content_hash[:4].encode(),
    )


def late(told_points: int = 5, *, differs: bool = False) -> LateTicket:
    return LateTicket(
        bundle_id="1-aaaaaaaaaaaaaaaa",
        told_total_minor=100,
        told_points=told_points,
        bundle_total_minor=100,
        bundle_points=5,
        member_total_minor=None,
        differs=differs,
    )


async def test_a_shops_bundles_are_numbered_and_the_same_again_is_the_same(store: Store) -> None:
    await furnish(store)
    await store.put_shop(a_shop("shop-2"), NOW_MS)

    first = await store.put_bundle(a_bundle(), forget_before_ms=0)
    again = await store.put_bundle(a_bundle(made_ms=NOW_MS + 1), forget_before_ms=0)
    second = await store.put_bundle(a_bundle(HASHES[1], made_ms=NOW_MS - DAY_MS), forget_before_ms=0)
    elsewhere = await store.put_bundle(a_bundle(shop_id="shop-2"), forget_before_ms=0)

    assert (first.number, again, second.number, elsewhere.number) == (1, first, 2, 1)
    assert second.made_ms == first.made_ms, "a clock set back makes no newer bundle older"
    assert first.bundle_id == "1-" + "a" * 16
    assert await store.find_newest_bundle(G, SHOP) == second
    assert await store.find_bundle(G, SHOP, first.bundle_id) == first
    assert await store.find_bundle(G, "shop-2", second.bundle_id) is None


async def test_replaced_bundles_go_after_their_time_and_shared_contents_with_the_last(store: Store) -> None:
    await furnish(store)
    await store.put_shop(a_shop("shop-2"), NOW_MS)
    first = await store.put_bundle(a_bundle(), forget_before_ms=0)
    other = await store.put_bundle(a_bundle(shop_id="shop-2"), forget_before_ms=0)
    await store.put_bundle(a_bundle(HASHES[1], made_ms=NOW_MS + DAY_MS), forget_before_ms=0)

    third = await store.put_bundle(
        a_bundle(made_ms=NOW_MS + 9 * DAY_MS), forget_before_ms=NOW_MS + 2 * DAY_MS
    )

    assert await store.find_bundle(G, SHOP, first.bundle_id) is None
    assert await store.find_newest_bundle(G, "shop-2") == other, "its content is still there"
    assert (third.number, third.content) == (3, b"aaaa")


async def test_each_card_is_on_the_list_once_under_its_last_change(store: Store) -> None:
    await furnish(store)
    for number in ("7560001", "7560002"):
        await store.put_card(a_card(number))
    assert await store.list_hot_cards(G, 0, 10) == []

    for number, to_state in (("7560001", "blocked"), ("7560002", "blocked"), ("7560001", "active")):
        before = ("active",) if to_state == "blocked" else ("blocked",)
        await store.move_card(G, number, before, to_state, "lost", "office", NOW_MS, None)

    rows = await store.list_hot_cards(G, 0, 10)
    assert [(row.seq, row.card_number, row.is_hot) for row in rows] == [
        (2, "7560002", True),
        (3, "7560001", False),
    ]
    assert [row.card_number for row in await store.list_hot_cards(G, 2, 10)] == ["7560001"]


async def test_a_card_issued_blocked_is_on_the_list_at_once(store: Store) -> None:
    await furnish(store)
    await store.put_card(a_card(state="blocked"))

    (row,) = await store.list_hot_cards(G, 0, 10)

    assert (row.uid, row.is_hot) == ("047560001", True)


async def test_late_tickets_are_listed_newest_first_by_shop_and_difference(store: Store) -> None:
    await furnish(store)
    for number in range(4):
        ticket = late(number, differs=bool(number % 2))
        await store.record_sale(a_sale(f"s-{number}", recorded_ms=NOW_MS + number, late=ticket, lines=()))
    await store.record_sale(a_sale("plain"))

    everything = await store.list_late_tickets(G, shop_id=None, differing=False, before=None, limit=3)
    rest = await store.list_late_tickets(
        G, shop_id=SHOP, differing=False, before=(NOW_MS + 1, "s-1"), limit=3
    )
    differing = await store.list_late_tickets(G, shop_id=None, differing=True, before=None, limit=9)
    elsewhere = await store.list_late_tickets(G, shop_id="shop-2", differing=False, before=None, limit=9)

    assert [row.sale_id for row in everything] == ["s-3", "s-2", "s-1"]
    assert [row.sale_id for row in rest] == ["s-0"]
    assert [(row.sale_id, row.told_points, row.differs) for row in differing] == [
        ("s-3", 3, True),
        ("s-1", 1, True),
    ]
    assert elsewhere == []
