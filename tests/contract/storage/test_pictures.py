"""Posters and their files: put together, found by hash, gone together."""

from dataclasses import replace

import pytest

from central.storage.base import Change, GuardFailed, Store
from central.storage.interface.pictures import PictureRow, PosterRow
from tests.contract.storage.factories import NOW_MS, G

POSTER = PosterRow(group_id=G, poster_id="sun", body='{"titles":{}}', changed_ms=NOW_MS)
SMALL = PictureRow(size="small", sha256="aa", width=480, height=320, content=b"\x00\xff small")
LARGE = PictureRow(size="large", sha256="bb", width=960, height=640, content=b"large")


async def test_a_poster_keeps_its_files_until_it_gets_others(store: Store) -> None:
    assert await store.put_poster(POSTER, [SMALL, LARGE], most=2) is Change.CREATED
    assert await store.put_poster(POSTER, [SMALL, LARGE], most=2) is Change.UNCHANGED
    assert await store.put_poster(POSTER, [], most=2) is Change.UNCHANGED
    changed = replace(POSTER, body='{"titles":{"fr":"x"}}')
    assert await store.put_poster(changed, [], most=2) is Change.CHANGED
    assert await store.find_picture(G, "aa") == SMALL.content
    other = replace(SMALL, sha256="cc", content=b"other")
    assert await store.put_poster(changed, [other, LARGE], most=2) is Change.CHANGED
    posters, heads = await store.list_posters(G)
    assert list(posters) == [changed]
    assert [(one.used_by, one.size, one.sha256, one.bytes) for one in heads] == [
        ("poster/sun", "large", "bb", 5),
        ("poster/sun", "small", "cc", 5),
    ]
    assert await store.find_picture(G, "aa") is None
    assert await store.find_picture("another", "bb") is None


async def test_a_new_poster_needs_a_file_and_a_free_place(store: Store) -> None:
    with pytest.raises(GuardFailed, match="has a picture"):
        await store.put_poster(POSTER, [], most=1)
    await store.put_poster(POSTER, [SMALL], most=1)
    assert await store.put_poster(replace(POSTER, poster_id="two"), [LARGE], most=1) is None
    assert await store.find_picture(G, "bb") is None
    assert await store.remove_poster(G, "sun", NOW_MS)
    assert not await store.remove_poster(G, "sun", NOW_MS)
    assert await store.find_picture(G, "aa") is None
    assert await store.put_poster(replace(POSTER, poster_id="two"), [LARGE], most=1) is Change.CREATED
    kinds = [event.kind for event in await store.list_events(G, 0, 100) if event.kind.startswith("poster.")]
    assert kinds == ["poster.changed", "poster.removed", "poster.changed"]


async def test_the_logo_is_one_file_and_changes_with_the_settings_that_were_read_or_not_at_all(
    store: Store,
) -> None:
    logo = replace(SMALL, size="logo", sha256="dd")
    first = await store.find_group(G)
    assert first is not None
    second = replace(first, settings='{"logo":"dd"}')
    assert await store.change_face(first, second, [logo], NOW_MS) is Change.CHANGED
    assert await store.change_face(second, second, [logo], NOW_MS) is Change.UNCHANGED
    with pytest.raises(GuardFailed, match="settings"):
        await store.change_face(first, replace(first, name="Late"), [replace(logo, sha256="ee")], NOW_MS)
    assert await store.find_group(G) == second
    assert await store.find_picture(G, "ee") is None
    assert await store.find_picture(G, "dd") == logo.content, "whoever came late took nothing away"
    third = replace(second, name="Other", settings="{}")
    assert await store.change_face(second, third, None, NOW_MS) is Change.CHANGED
    assert await store.find_picture(G, "dd") == logo.content
    assert await store.change_face(third, third, [], NOW_MS) is Change.CHANGED
    assert await store.find_picture(G, "dd") is None
    assert await store.find_group(G) == third
