"""Tasks beside the agent's loop: none ends unseen, and what is being kept is kept before the end."""

import asyncio

import pytest

from loyalty.errors import LoyaltyError
from terminal.clock import zone_of
from terminal.database import TerminalStoreUnusable
from terminal.tasks import Tasks


async def forever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    return None


async def breaks() -> None:
    raise OSError("planted")


async def test_a_task_that_ends_by_itself_is_told_by_its_name() -> None:
    tasks = Tasks()
    tasks.start(forever(), "lasting")
    tasks.start(at_once(), "short")
    with pytest.raises(AssertionError, match="short ended without being asked"):
        await tasks.watch(until=asyncio.Event())
    await tasks.end()


async def test_what_a_task_raised_is_raised() -> None:
    tasks = Tasks()
    tasks.start(breaks(), "breaking")
    with pytest.raises(OSError, match="planted"):
        await tasks.watch(until=asyncio.Event())
    await tasks.end()


async def test_watching_ends_when_it_is_asked_and_the_tasks_run_on_until_the_end() -> None:
    tasks, asked, ended = Tasks(), asyncio.Event(), asyncio.Event()

    async def lasts() -> None:
        try:
            await forever()
        finally:
            ended.set()

    tasks.start(lasts(), "lasting")
    await asyncio.sleep(0)
    asked.set()
    await tasks.watch(until=asked)
    assert not ended.is_set()
    await tasks.end()
    assert ended.is_set()


async def test_what_is_being_kept_is_kept_before_the_end() -> None:
    tasks, kept = Tasks(), list[str]()

    async def keep() -> None:
        await asyncio.sleep(0.01)
        kept.append("group")

    tasks.keep_in_background(keep(), "keep-group")
    await tasks.end()
    assert kept == ["group"]


async def test_what_could_not_be_kept_is_logged_and_ends_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def keep() -> None:
        error: LoyaltyError = TerminalStoreUnusable(path="terminal.db", reason="is full")
        raise error

    tasks = Tasks()
    tasks.keep_in_background(keep(), "keep-group")
    await tasks.end()
    said = capsys.readouterr().out
    assert "not_kept" in said
    assert "keep-group" in said


@pytest.mark.parametrize("name", ["Europe", "Nowhere/At_all", "../../etc/passwd", ""])
def test_what_is_no_time_zone_is_utc(name: str) -> None:
    assert str(zone_of(name)) == "UTC"
