"""A program of the demo that ends is started again with a line that says so, and not for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.helpers import eventually
from tools.demo.keeping import STARTS_MAX, STARTS_WITHIN_S, keep_running
from tools.demo.stack import Stack, StackPlan, short_directory


@asynccontextmanager
async def a_kept_reader(state: Path) -> AsyncIterator[tuple[Stack, list[str], "asyncio.Task[str]"]]:
    """The reader daemon alone, as the demo runs it: the stack, the lines told, and who keeps it."""
    lines: list[str] = []
    with short_directory() as sockets:
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=state / "token"))
        await stack.start(("reader",))
        keeper = asyncio.create_task(keep_running(stack, lines.append))
        try:
            yield stack, lines, keeper
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await stack.stop()


async def _runs_again(lines: list[str], times: int) -> None:
    async def told() -> bool:
        return lines.count("reader runs again") == times

    assert await eventually(told, 60)


async def test_a_killed_program_is_started_again_with_a_line_that_says_so(tmp_path: Path) -> None:
    async with a_kept_reader(tmp_path) as (stack, lines, keeper):
        before = stack.programs["reader"].process
        await stack.kill("reader")
        await _runs_again(lines, 1)
        after = stack.programs["reader"].process
        assert before is not None
        assert after is not None
        assert after.pid != before.pid
        assert after.returncode is None
        assert not keeper.done()
    assert lines == [
        "reader was ended by SIGKILL: it is started again "
        f"(start 1 of at most {STARTS_MAX} within {STARTS_WITHIN_S} s)",
        "reader runs again",
    ]


async def test_a_program_that_ends_again_and_again_ends_the_demo_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.demo.keeping.STARTS_WITHIN_S", 3_600)  # however slow the machine is
    async with a_kept_reader(tmp_path) as (stack, lines, keeper):
        for times in range(1, STARTS_MAX + 1):
            await stack.kill("reader")
            await _runs_again(lines, times)
        await stack.kill("reader")
        async with asyncio.timeout(30):
            told = await keeper
    assert told.startswith(f"reader was ended by SIGKILL, after {STARTS_MAX} new starts within 3600 s")
    assert lines.count("reader runs again") == STARTS_MAX
