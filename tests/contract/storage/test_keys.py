"""The group is the unit of sharding: every key and every question carries it, on both engines (DESIGN 7)."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from central.storage import unit, verbs
from central.storage.postgres import citus
from central.storage.postgres.connection import connect
from central.storage.sqlite.migrate import migrate
from central.storage.transfer.catalogue import APART, catalogue
from tests.postgres import Server

WITHOUT_GROUP = {
    "pairing": "a terminal has no group until somebody takes it",
    "migration": "what ran on this database",
}
TABLES_KEYS = """
SELECT c.relname, k.contype, array(
    SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS p(attnum, place)
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum ORDER BY p.place)
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.contype IN ('p', 'u', 'f') AND k.connamespace = 'public'::regnamespace
"""
INDEXES = """
SELECT c.relname, i.relname, x.indisunique, pg_get_indexdef(x.indexrelid, 1, true)
FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
QUESTIONS_WITHOUT_GROUP = {
    "groups._LIST_GROUPS": "all groups of the database",
    "groups._LIST_GROUP_IDS": "all groups of the database",
    "groups._FIND_TOKEN": "a caller shows a token before anybody knows its group",
}


@pytest.fixture
def sqlite() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    migrate(connection, 0)
    yield connection
    connection.close()


def test_every_key_of_sqlite_begins_with_the_group(sqlite: apsw.Connection) -> None:
    wrong = []
    for table in catalogue():
        if table.name in WITHOUT_GROUP:
            continue
        if table.key[0] != "group_id":
            wrong.append(f"{table.name}: {table.key}")
        foreign: dict[int, str] = {}
        for number, _, _, column, *_ in sqlite.execute(f"PRAGMA foreign_key_list({table.name})"):
            foreign.setdefault(int(number), str(column))
        wrong += [f"{table.name} refers by {column}" for column in foreign.values() if column != "group_id"]
        for _, name, *_ in sqlite.execute(f"PRAGMA index_list({table.name})").fetchall():
            first = sqlite.execute(f"SELECT name FROM pragma_index_info('{name}') WHERE seqno = 0").get
            if first != "group_id" and name != "token_by_hash":  # see QUESTIONS_WITHOUT_GROUP
                wrong.append(f"index {name}: {first}")
    assert wrong == []


def test_every_key_of_postgresql_begins_with_the_group(postgres_server: Server) -> None:
    with postgres_server.database() as address, connect(address) as connection:
        keys = [row for row in connection.execute(TABLES_KEYS) if row[0] not in WITHOUT_GROUP]
        indexes = [row for row in connection.execute(INDEXES) if row[0] not in WITHOUT_GROUP]
    assert len(keys) > 80
    assert [row for row in keys if row[2][0] != "group_id"] == []
    unique = [row for row in indexes if row[2]]
    assert len(unique) > 35
    assert [row for row in unique if row[3] != "group_id"] == []
    assert {row[1] for row in indexes if row[3] != "group_id"} == {"token_by_hash"}


def statements() -> Iterator[tuple[str, str]]:
    """Every statement of the verbs, by the name of its constant."""
    names = [f"{verbs.__name__}.{found.name}" for found in pkgutil.iter_modules(verbs.__path__)]
    for module in [unit, *map(importlib.import_module, names)]:
        for name, value in vars(module).items():
            if isinstance(value, str) and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", value):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", value


def names_its_group(sql: str) -> bool:
    """An insert brings it, everything else asks for it."""
    if re.match(r"\s*INSERT", sql):
        return ":group_id" in sql
    return re.search(r"group_id = :group_id\b", sql) is not None


def test_no_question_leaves_the_group_open() -> None:
    found = dict(statements())
    assert len(found) > 100
    asked = {
        name: sql
        for name, sql in found.items()
        if not any(sql in other for key, other in found.items() if key != name)  # a part of others
        and name not in QUESTIONS_WITHOUT_GROUP
        and not name.startswith("pairing.")
        and "{" not in sql  # filled in by others
    }
    assert len(asked) > 90
    assert [name for name, sql in asked.items() if not names_its_group(sql)] == []


def test_the_script_for_citus_knows_every_table() -> None:
    path = Path(citus.__file__).with_name("citus.sql")
    assert path.read_text() == citus.distribution_script(), (
        "python -m central.storage.postgres.citus > citus.sql"
    )
    told: list[Any] = re.findall(r"create_(?:distributed|reference)_table\('(\w+)'", path.read_text())
    assert sorted(told) == sorted(table.name for table in catalogue())
    assert set(WITHOUT_GROUP) - APART == citus.WITHOUT_GROUP
