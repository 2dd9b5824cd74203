"""How the terminal opens its file."""

from pathlib import Path

import apsw

from terminal.database import Database


async def test_plans_do_not_follow_what_is_bound(tmp_path: Path) -> None:
    """As in central's store: else what has a bound limit is planned anew whenever it runs."""
    async with Database(tmp_path / "terminal.db") as database:
        assert await database.read(lambda db: db.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, -1)) == 1
