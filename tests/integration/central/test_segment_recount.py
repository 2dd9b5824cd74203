"""Compound segments of ten thousand members agree with plain counting; a drill does a hundred thousand."""

from pathlib import Path

from tests.central_fixture import database_of
from tests.integration.central.crowd import a_crowd, recount

MEMBERS = 10_000


async def test_compound_segments_of_ten_thousand_members_agree_with_plain_counting(tmp_path: Path) -> None:
    async with a_crowd(database_of(tmp_path), tmp_path, MEMBERS, seed=6) as crowd:
        await recount(crowd)
