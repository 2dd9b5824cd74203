"""Articles, codes and price history."""

from dataclasses import replace

import pytest

from central.storage.base import Change, GuardFailed, IdempotencyConflict, Store
from central.storage.interface.rows import PriceRow
from tests.contract.storage.factories import NOW_MS, G, an_article


async def test_articles_are_found_by_every_code_with_the_price_of_the_moment(store: Store) -> None:
    row = an_article("art-1", "111", "222", price_minor=1290, brand="Soleil", source="csv")
    assert await store.put_articles([row, an_article("art-2", "333")], NOW_MS) == [Change.CREATED] * 2
    found = await store.find_articles_by_code(G, ["222", "111", "333", "999"], NOW_MS)
    assert set(found) == {"111", "222", "333"}
    assert found["111"] == found["222"] == replace(row, version=1, recorded_ms=NOW_MS)
    assert found["333"].price_minor is None
    assert await store.find_articles(G, ["art-1", "none"], NOW_MS) == {"art-1": found["111"]}
    early = await store.find_article(G, "art-1", NOW_MS - 1)
    assert early is not None
    assert early.price_minor is None


async def test_a_upc_code_is_one_code_in_12_13_and_14_digits(store: Store) -> None:
    row = an_article("art-1", "012345678905", "96385074")
    await store.put_articles([row], NOW_MS)
    asked = ["012345678905", "0012345678905", "00012345678905", "00000096385074", "0012345678904"]
    found = await store.find_articles_by_code(G, asked, NOW_MS)
    assert {code: article.article_id for code, article in found.items()} == dict.fromkeys(asked[:4], "art-1")
    assert found["0012345678905"].codes == row.codes, "codes stay as they were put"
    with pytest.raises(IdempotencyConflict):
        await store.put_articles([an_article("art-2", "0012345678905")], NOW_MS + 1)
    both = an_article("art-1", "012345678905", "0012345678905")
    assert await store.put_articles([both], NOW_MS + 2) == [Change.CHANGED]


async def test_putting_the_same_articles_again_changes_nothing(store: Store) -> None:
    rows = [an_article(f"art-{n}", price_minor=100 + n) for n in range(5)]
    await store.put_articles(rows, NOW_MS)
    events = await store.list_events(G, 0, 100)
    assert await store.put_articles(rows, NOW_MS + 10) == [Change.UNCHANGED] * 5
    assert await store.list_events(G, 0, 100) == events
    assert len(await store.list_prices(G, "art-1", 10)) == 1


async def test_a_changed_article_gets_a_new_version_and_lets_go_of_old_codes(store: Store) -> None:
    await store.put_articles([an_article("art-1", "111", "222")], NOW_MS)
    assert await store.put_articles([an_article("art-1", "222", "444")], NOW_MS + 1) == [Change.CHANGED]
    found = await store.find_articles_by_code(G, ["111", "222", "444"], NOW_MS + 1)
    assert set(found) == {"222", "444"}
    assert found["444"].version == 2
    await store.put_articles([an_article("art-2", "111")], NOW_MS + 2)


async def test_a_tax_rate_is_kept_and_a_new_one_is_a_new_version(store: Store) -> None:
    await store.put_articles([an_article("art-1", "111", tax_rate_bp=770)], NOW_MS)
    assert await store.put_articles([an_article("art-1", "111", tax_rate_bp=810)], NOW_MS + 1) == [
        Change.CHANGED
    ]
    assert await store.put_articles([an_article("art-1", "111", tax_rate_bp=810)], NOW_MS + 2) == [
        Change.UNCHANGED
    ]
    found = await store.find_article(G, "art-1", NOW_MS + 2)
    assert found is not None
    assert (found.tax_rate_bp, found.version) == (810, 2)


async def test_a_class_and_a_tax_rate_are_those_of_the_moment(store: Store) -> None:
    first = an_article("art-1", "111", article_class="cosmetic", tax_rate_bp=770)
    second = replace(first, article_class="medicine_rx", tax_rate_bp=260)
    await store.put_articles([first], NOW_MS)
    await store.put_articles([second], NOW_MS + 10)
    await store.put_articles([first], NOW_MS + 5)  # the clock was set back: what was said last counts
    seen = []
    for at_ms in (0, NOW_MS, NOW_MS + 4, NOW_MS + 5, NOW_MS + 10):
        row = (await store.find_articles_by_code(G, ["111"], at_ms))["111"]
        seen.append((row.version, row.article_class, row.tax_rate_bp))
    assert seen == [(1, "cosmetic", 770)] * 3 + [(3, "cosmetic", 770)] * 2
    now = await store.find_article(G, "art-1", NOW_MS)
    assert now is not None
    assert now.version == 3, "an article by its id is as it stands"


async def test_what_is_kept_of_an_article_is_valid_between_its_changes(store: Store) -> None:
    await store.put_articles([an_article("art-1", "111", price_minor=100)], NOW_MS)
    await store.put_articles([an_article("art-1", "111", article_class="book")], NOW_MS + 10)
    await store.put_price(G, "art-1", PriceRow(200, NOW_MS + 20, NOW_MS))
    spans = []
    for at_ms in (0, NOW_MS, NOW_MS + 10, NOW_MS + 19, NOW_MS + 20):
        found = (await store.find_priced(G, ["111"], at_ms, -1))[1]["111"]
        spans.append((found.row.version, found.from_ms - NOW_MS, found.until_ms))
        assert found.from_ms <= at_ms
    assert spans[0][0] == 1
    assert spans[0][2] == NOW_MS
    assert spans[1] == (1, 0, NOW_MS + 10)
    assert spans[2] == spans[3] == (2, 10, NOW_MS + 20)
    assert spans[4] == (2, 20, None)


async def test_a_code_may_move_between_articles_of_one_call(store: Store) -> None:
    await store.put_articles([an_article("art-1", "111"), an_article("art-2", "222")], NOW_MS)
    await store.put_articles([an_article("art-1", "222"), an_article("art-2", "111")], NOW_MS)
    found = await store.find_articles_by_code(G, ["111", "222"], NOW_MS)
    assert {code: row.article_id for code, row in found.items()} == {"111": "art-2", "222": "art-1"}


async def test_one_article_twice_in_a_call_keeps_the_last_content(store: Store) -> None:
    rows = [an_article("art-1", "111"), an_article("art-1", "222")]
    assert await store.put_articles(rows, NOW_MS) == [Change.CREATED, Change.CHANGED]
    assert set(await store.find_articles_by_code(G, ["111", "222"], NOW_MS)) == {"222"}


async def test_a_code_of_another_article_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    await store.put_articles([an_article("art-1", "111")], NOW_MS)
    with pytest.raises(IdempotencyConflict):
        await store.put_articles([an_article("art-2", "222"), an_article("art-3", "111")], NOW_MS)
    assert await store.find_article(G, "art-2", NOW_MS) is None
    assert (await store.find_articles_by_code(G, ["111"], NOW_MS))["111"].article_id == "art-1"


async def test_prices_are_a_history_in_which_the_latest_start_counts(store: Store) -> None:
    await store.put_articles([an_article("art-1", price_minor=100)], NOW_MS)
    assert await store.put_price(G, "art-1", PriceRow(200, NOW_MS + 100, NOW_MS)) is True
    assert await store.put_price(G, "art-1", PriceRow(100, NOW_MS + 50, NOW_MS)) is False, "already so"
    assert await store.put_price(G, "art-1", PriceRow(210, NOW_MS + 100, NOW_MS + 1)) is True, "a correction"
    seen = []
    for at_ms in (NOW_MS, NOW_MS + 99, NOW_MS + 100):
        article = await store.find_article(G, "art-1", at_ms)
        assert article is not None
        seen.append(article.price_minor)
    assert seen == [100, 100, 210]
    assert [price.price_minor for price in await store.list_prices(G, "art-1", 10)] == [210, 200, 100]


async def test_a_price_of_an_unknown_article_is_refused(store: Store) -> None:
    with pytest.raises(GuardFailed):
        await store.put_price(G, "nothing", PriceRow(1, NOW_MS, NOW_MS))


async def test_articles_are_listed_page_by_page(store: Store) -> None:
    await store.put_articles([an_article(f"art-{n}", price_minor=n) for n in range(5)], NOW_MS)
    first = await store.list_articles(G, "", 3, NOW_MS)
    second = await store.list_articles(G, first[-1].article_id, 3, NOW_MS)
    assert [row.price_minor for row in [*first, *second]] == [0, 1, 2, 3, 4]


async def test_a_class_in_another_country_is_a_new_version_and_stays_when_the_article_is_put_again(
    store: Store,
) -> None:
    await store.put_articles([an_article("art-1", "111"), an_article("art-2", "222")], NOW_MS)
    given = {"art-1": "medicine_otc", "art-2": "medicine_rx"}
    assert await store.classify_articles(G, "FR", given, NOW_MS + 10) == [Change.CHANGED] * 2
    assert await store.classify_articles(G, "FR", given, NOW_MS + 11) == [Change.UNCHANGED] * 2
    assert await store.classify_articles(G, "DE", {"art-1": "cosmetic"}, NOW_MS + 20) == [Change.CHANGED]
    again = an_article("art-1", "111", country_classes=None)
    assert await store.put_articles([again], NOW_MS + 30) == [Change.UNCHANGED]
    known = []
    for at_ms in (NOW_MS, NOW_MS + 10, NOW_MS + 20):
        row = (await store.find_articles_by_code(G, ["111"], at_ms))["111"]
        known.append((row.version, row.article_class, row.country_classes))
    assert known == [
        (1, "cosmetic", {}),
        (2, "cosmetic", {"FR": "medicine_otc"}),
        (3, "cosmetic", {"FR": "medicine_otc", "DE": "cosmetic"}),
    ]
    cleared = an_article("art-1", "111", country_classes={})
    assert await store.put_articles([cleared], NOW_MS + 40) == [Change.CHANGED]


async def test_the_groups_own_class_is_changed_by_itself_and_an_article_that_is_not_there_stops_all(
    store: Store,
) -> None:
    await store.put_articles([an_article("art-1", "111", price_minor=500)], NOW_MS)
    assert await store.classify_articles(G, None, {"art-1": "medicine_ch_d"}, NOW_MS + 1) == [Change.CHANGED]
    row = (await store.find_articles_by_code(G, ["111"], NOW_MS + 1))["111"]
    assert (row.article_class, row.price_minor, row.country_classes) == ("medicine_ch_d", 500, {})
    with pytest.raises(GuardFailed):
        await store.classify_articles(G, "FR", {"art-1": "cosmetic", "none": "cosmetic"}, NOW_MS + 2)
    assert (await store.find_articles_by_code(G, ["111"], NOW_MS + 2))["111"].version == 2
    named = [event.kind for event in await store.list_events(G, 0, 100) if event.kind == "article.changed"]
    assert len(named) == 1


async def test_what_medicines_are_is_kept_by_article_and_listed_once(store: Store) -> None:
    rows = [
        an_article("art-1", atc="A10BA02"),
        an_article("art-2", atc="A10BA02"),
        an_article("art-3", atc="M04AA01"),
        an_article("art-4"),
    ]
    await store.put_articles(rows, NOW_MS)
    await store.put_articles([an_article("art-1", name="Renamed", atc=None)], NOW_MS + 1)
    found = await store.find_atc(G, ["art-1", "art-3", "art-4", "nothing", "art-1"])
    assert found == {"art-1": "A10BA02", "art-3": "M04AA01"}, "what is left out stays"
    assert await store.list_atc(G, "", 10) == ["A10BA02", "M04AA01"]
    assert await store.list_atc(G, "A10BA02", 10) == ["M04AA01"]
    await store.put_articles([an_article("art-3", atc="")], NOW_MS + 2)
    assert await store.list_atc(G, "", 10) == ["A10BA02"]
