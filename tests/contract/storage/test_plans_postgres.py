"""No question reads a whole table or group on PostgreSQL, with statistics and before there are any."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from central.storage import verbs
from central.storage.postgres.connection import Connection, connect
from central.storage.postgres.dialect import translate
from central.storage.postgres.link import Link
from central.storage.postgres.migrate import migrate
from central.storage.postgres.unit import Cursor
from tests.postgres import Server

ROWS = 4_000
GROUPS = 2
VALUES = {
    "text": "md5({i}::text || '{column}')",
    "bigint": "{i}",
    "bytea": "sha256(({i}::text || '{column}')::bytea)",
}
RARE = {"state": "pending", "awaits": "event"}
"""Columns of partial indexes: one row in a hundred has this, the others something else."""


@pytest.fixture(scope="module")
def filled(postgres_server: Server) -> Iterator[Connection]:
    """Every table with thousands of made-up rows; checks that would refuse them are taken away first."""
    with postgres_server.empty_database() as address, connect(address) as connection:
        migrate(connection, 0)
        for table, name in connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        ).fetchall():
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
        tables: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'migration'"
        ).fetchall():
            tables.setdefault(table, {})[column] = kind
        connection.execute("SET session_replication_role = replica")
        for table, columns in tables.items():
            connection.execute(_filling(table, columns).encode())
        connection.execute("SET session_replication_role = origin")
        yield connection


def _filling(table: str, columns: dict[str, str]) -> str:
    values = []
    for column, kind in columns.items():
        value = VALUES[kind].format(i="i", column=column)
        if column == "group_id" and table not in ("pharmacy_group", "group_head"):
            value = f"'group-' || i % {GROUPS}"
        elif column in RARE:
            value = f"CASE WHEN i % 100 = 0 THEN '{RARE[column]}' ELSE '' END"
        values.append(value)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
        f" FROM generate_series(1, {ROWS}) AS i"
    )


def questions() -> Iterator[tuple[str, str]]:
    """As on SQLite: what is asked often, by the name of its constant."""
    topics = {found.name for found in pkgutil.iter_modules(verbs.__path__)}
    for topic in sorted(topics - {"groups"}):
        module = importlib.import_module(f"{verbs.__name__}.{topic}")
        for name, sql in vars(module).items():
            if re.match("_(FIND|LIST|EXPIRING|POINTS_SINCE)", name) and isinstance(sql, str):
                yield f"{topic}.{name}", sql


def wide_parts(connection: Connection, sql: str) -> list[str]:
    """What a plan, made for whatever is bound, reads by its group alone or from one end to the other."""
    text = translate(sql)
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)b", text)))
    numbered = re.sub(r"%\((\w+)\)b", lambda found: f"${names.index(found[1]) + 1}", text)
    connection.execute(f"PREPARE question AS {numbered}".encode(), prepare=False)
    nulls = f"({', '.join(['NULL'] * len(names))})" if names else ""
    plan = connection.execute(f"EXPLAIN EXECUTE question{nulls}".encode(), prepare=False)
    lines = [str(line).strip() for (line,) in plan]
    connection.execute("DEALLOCATE question")
    assert any("$1" in line for line in lines), "a plan for whatever is bound"
    found = [line for line in lines if "Seq Scan" in line]
    reads = ""
    for line in lines:
        reads = line if " on " in line else reads
        condition = re.fullmatch(r"(?:Index|Recheck) Cond: \((.*)\)", line)
        is_wide = condition and re.fullmatch(r"(\w+\.)?group_id = \S+", condition[1])
        if is_wide and " on group_head" not in reads:  # one row a group
            found.append(f"{reads}: {line}")
    return found


@pytest.mark.parametrize("has_statistics", [False, True])
def test_no_question_reads_a_whole_table_or_group(filled: Connection, has_statistics: bool) -> None:
    filled.execute("ANALYZE" if has_statistics else "SELECT 1")
    wide = [f"{name}: {part}" for name, sql in questions() for part in wide_parts(filled, sql)]
    assert wide == []


def test_a_plan_made_while_its_table_was_empty_is_made_anew(postgres_server: Server) -> None:
    sql = "SELECT amount FROM claim_use WHERE group_id = $1 AND cause_id = $2"
    now_s = [0.0]
    with postgres_server.database() as address:
        link = Link(address, monotonic=lambda: now_s[0])
        cursor = link.cursor()
        cursor.execute(f"PREPARE question AS {sql}".encode(), prepare=False)
        assert "cause_id = $2" not in _condition(cursor)
        columns = {
            "group_id": "text",
            "cause_id": "text",
            "claim_key": "text",
            "owner": "text",
            "rule_id": "text",
            "asset": "text",
            "amount": "bigint",
            "made_ms": "bigint",
        }
        filling = _filling("claim_use", columns).replace(", made_ms)", ", made_ms, state)")
        filling = filling.replace(" FROM generate_series", ", 'used' FROM generate_series")
        with connect(address) as other:
            other.execute("SET session_replication_role = replica")
            other.execute(filling.encode())
        assert "cause_id = $2" not in _condition(cursor), "kept"
        now_s[0] = 1.0
        assert "cause_id = $2" in _condition(link.cursor())
        link.close()


def _condition(cursor: Cursor) -> str:
    plan = cursor.execute(b"EXPLAIN EXECUTE question(NULL, NULL)", prepare=False).fetchall()
    return " ".join(str(line) for (line,) in plan if "Cond" in str(line))


def test_a_question_that_reads_a_whole_group_would_be_found(filled: Connection) -> None:
    assert wide_parts(filled, "SELECT points FROM sale WHERE group_id = :group_id AND points > 5")
