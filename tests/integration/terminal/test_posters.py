"""Posters come to a terminal's disk whole, are told while they hang, and never when broken or over."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from terminal.clock import wall_clock
from tests.helpers import eventually
from tests.picture_files import a_picture, a_poster, in_base64
from tests.terminal_fixture import Shop, a_terminal
from wire.face import Poster

DAY_MS = 24 * 3600 * 1000


def whole(shop: Shop, poster: Poster) -> bool:
    """Whether the files of a poster are there, and what their names say."""
    folder = Path(shop.kiosk.state.pictures_dir)
    return all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == name
        for name in (poster.small, poster.large)
    )


def ids(shop: Shop) -> list[str]:
    return [poster.poster_id for poster in shop.kiosk.state.posters]


async def hang(shop: Shop, poster_id: str = "sun", **changed: object) -> None:
    """Put a poster, and have the terminal look at once."""
    assert (await shop.central.put(f"posters/{poster_id}", a_poster(**changed))).status == 200  # type: ignore[arg-type]
    shop.agent.pictures.want()


@pytest.fixture
async def moved_shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    """A shop whose clock a test moves."""
    by = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + by[0]) as shop:
        shop.moved = by
        yield shop


async def test_a_poster_is_told_once_its_files_are_whole_and_stays_in_a_cut(shop: Shop) -> None:
    await hang(shop, to_day="2026-12-31")
    await eventually(lambda: ids(shop) == ["sun"])
    poster = shop.kiosk.state.posters[0]
    assert await asyncio.to_thread(whole, shop, poster)
    assert poster.titles == {"fr": "Sous le soleil", "zh": "阳光下"}
    await shop.cut()
    assert ids(shop) == ["sun"]
    await shop.mend()
    await shop.central.call("DELETE", "posters/sun", token="office")
    shop.agent.pictures.want()
    await eventually(lambda: ids(shop) == [])
    await hang(shop, "other", picture=a_picture((20, 90, 200)))
    await eventually(lambda: ids(shop) == ["other"])
    await eventually(lambda: not (Path(shop.kiosk.state.pictures_dir) / poster.small).exists())


async def test_what_is_over_is_told_no_more_also_by_a_clock_that_was_set_back(moved_shop: Shop) -> None:
    shop = moved_shop
    await hang(shop, from_day="2026-01-01", to_day="2026-12-31")
    await eventually(lambda: ids(shop) == ["sun"])
    shop.moved[0] = 400 * DAY_MS
    shop.agent.kiosk.push()
    await eventually(lambda: ids(shop) == [])
    shop.moved[0] = 0
    shop.agent.kiosk.push()
    await eventually(lambda: ids(shop) == ["sun"])
    shop.agent.time.heard(wall_clock() + 400 * DAY_MS)  # central said it is a year later
    shop.agent.kiosk.push()
    await eventually(lambda: ids(shop) == [])


async def test_files_that_are_not_whole_are_thrown_away_and_fetched_again(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await hang(shop)
        await eventually(lambda: ids(shop) == ["sun"])
        poster = shop.kiosk.state.posters[0]
        folder = Path(shop.kiosk.state.pictures_dir)
        half = await asyncio.to_thread((folder / poster.large).read_bytes)
        await asyncio.to_thread((folder / poster.large).write_bytes, half[: len(half) // 2])
        await asyncio.to_thread((folder / ".left.half").write_bytes, b"of a start that lost its power")
        pictures = shop.agent.pictures
        await shop.cut()
        await pictures.load()
        shop.agent.kiosk.push()
        await eventually(lambda: ids(shop) == [])
        assert not await asyncio.to_thread((folder / ".left.half").exists)
        await shop.mend()
        await eventually(lambda: ids(shop) == ["sun"])
        assert await asyncio.to_thread(whole, shop, poster)


async def test_a_poster_that_does_not_fit_the_disk_is_not_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminal.pictures.PICTURES_DISK_BYTES_MAX", 100)
    await shop.central.put("group/logo", {"picture": in_base64(a_picture((11, 107, 79), (600, 200)))})
    await hang(shop)
    await shop.cut()
    await shop.mend()
    await eventually(lambda: shop.agent.link.group is not None and bool(shop.agent.link.group.logo))
    assert ids(shop) == []
    assert shop.kiosk.state.theme.logo == ""
    monkeypatch.undo()
    shop.agent.pictures.want()
    await eventually(lambda: ids(shop) == ["sun"] and shop.kiosk.state.theme.logo != "")


async def test_a_logo_is_told_with_the_theme_once_its_file_is_there(shop: Shop) -> None:
    put = await shop.central.put("group/logo", {"picture": in_base64(a_picture((11, 107, 79), (600, 200)))})
    await eventually(lambda: shop.kiosk.state.theme.logo == put.body["logo"]["sha256"])
    path = Path(shop.kiosk.state.pictures_dir) / shop.kiosk.state.theme.logo
    content = await asyncio.to_thread(path.read_bytes)
    assert hashlib.sha256(content).hexdigest() == path.name
    await shop.central.put("group/logo", {"picture": None})
    await eventually(lambda: shop.kiosk.state.theme.logo == "")
