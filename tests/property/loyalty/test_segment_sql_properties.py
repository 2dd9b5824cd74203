"""The SQL and the in-memory form of every segment operator agree on 10,000 random members."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import apsw
import pytest

from central.storage.postgres.connection import connect, cursor_of
from central.storage.postgres.dialect import translate
from loyalty.rules.evaluate import Facts, compile_condition
from loyalty.rules.facts import FACTS, Kind
from loyalty.rules.sql import COLUMNS, TABLE, NotAboutMembers, compile_sql, set_text
from loyalty.rules.validate import OPERATIONS, parse_condition
from tests.postgres import Server

MEMBERS = 10_000
TEXTS = ("gold", "silver", "Gold", "gold ", "new|parents"[:3], "élite", "50%", "a_b", "")
LABELS = ("gold", "parents", "parent", "50%", "a_b", "Gold")
MEMBER_FACTS = [name for name in FACTS if name.startswith("member.")]
OVER_LINES = {"any_line", "all_lines", "count", "sum"}


def random_value(rng: random.Random, kind: Kind) -> Any:
    if rng.random() < 0.2:
        return None
    return {
        Kind.BOOL: lambda: rng.random() < 0.5,
        Kind.INT: lambda: rng.choice((-1, 0, 1, 2, 3, 100, 2**40)),
        Kind.TEXT: lambda: rng.choice(TEXTS),
        Kind.TEXTS: lambda: frozenset(rng.sample(LABELS, rng.randrange(4))),
    }[kind]()


def stored(value: Any) -> Any:
    if isinstance(value, frozenset):
        return set_text(value)
    return int(value) if isinstance(value, bool) else value


@pytest.fixture(scope="module")
def members() -> list[dict[str, Any]]:
    rng = random.Random(4)
    return [{name: random_value(rng, FACTS[name].kind) for name in MEMBER_FACTS} for _ in range(MEMBERS)]


Ask = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
"""Puts a query to a table of the members."""


@contextmanager
def in_sqlite(rows: Sequence[Sequence[Any]]) -> Iterator[Ask]:
    connection = apsw.Connection(":memory:")
    types = {Kind.BOOL: "INTEGER", Kind.INT: "INTEGER", Kind.TEXT: "TEXT", Kind.TEXTS: "TEXT"}
    columns = ", ".join(f"{name} {types[kind]}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE {TABLE} (member_id INTEGER PRIMARY KEY, {columns}) STRICT")
    places = ", ".join("?" * (len(COLUMNS) + 1))
    with connection:
        connection.executemany(f"INSERT INTO {TABLE} VALUES ({places})", rows)
    yield lambda sql, params: connection.execute(sql, dict(params)).fetchall()
    connection.close()


@contextmanager
def in_postgres(rows: Sequence[Sequence[Any]], server: Server) -> Iterator[Ask]:
    types = {Kind.BOOL: "BIGINT", Kind.INT: "BIGINT", Kind.TEXT: 'TEXT COLLATE "C"', Kind.TEXTS: "TEXT"}
    columns = ", ".join(f"{name} {types[kind]}" for name, kind in COLUMNS.items())
    with server.empty_database() as address, connect(address) as connection:
        connection.execute(f"CREATE TABLE {TABLE} (member_id BIGINT PRIMARY KEY, {columns})".encode())
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        cursor = cursor_of(connection)
        yield lambda sql, params: cursor.execute(translate(sql).encode(), params).fetchall()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def ask(members: list[dict[str, Any]], request: pytest.FixtureRequest) -> Iterator[Ask]:
    rows = [(at, *(stored(row[name]) for name in MEMBER_FACTS)) for at, row in enumerate(members)]
    if request.param == "sqlite":
        with in_sqlite(rows) as asking:
            yield asking
    else:
        with in_postgres(rows, request.getfixturevalue("postgres_server")) as asking:
            yield asking


def literal(rng: random.Random, kind: Kind) -> Any:
    return {
        Kind.BOOL: lambda: rng.random() < 0.5,
        Kind.INT: lambda: rng.choice((-1, 0, 1, 2, 3, 100, 2**40)),
        Kind.TEXT: lambda: rng.choice(TEXTS),
    }[kind]()


def a_fact(rng: random.Random, kind: Kind) -> dict[str, str]:
    return {"fact": rng.choice([name for name in MEMBER_FACTS if FACTS[name].kind is kind])}


def a_condition(rng: random.Random, operation: str, depth: int) -> Any:
    """A condition that begins with this operation; below it, any."""

    def below() -> Any:
        if depth == 0:
            return rng.choice([a_fact(rng, Kind.BOOL), rng.random() < 0.5, a_fact(rng, Kind.BOOL)])
        return a_condition(rng, rng.choice(MEMBER_OPERATIONS), depth - 1)

    if operation in ("and", "or"):
        return {operation: [below() for _ in range(rng.randint(1, 3))]}
    if operation == "not":
        return {"not": below()}
    if operation == "has":
        return {"has": [a_fact(rng, Kind.TEXTS), rng.choice(LABELS)]}
    kinds = [Kind.INT] if operation in ("lt", "le", "gt", "ge") else [Kind.INT, Kind.TEXT, Kind.BOOL]
    kind = rng.choice(kinds)
    left = below() if kind is Kind.BOOL and depth else a_fact(rng, kind)
    if operation == "in":
        return {"in": [left, [literal(rng, kind) for _ in range(rng.randint(1, 3))]]}
    right = rng.choice([a_fact(rng, kind), literal(rng, kind), literal(rng, kind)])
    return {operation: [left, right]}


MEMBER_OPERATIONS = [operation for operation in OPERATIONS if operation not in OVER_LINES]
CASES = [(operation, seed) for operation in MEMBER_OPERATIONS for seed in range(8)]


@pytest.mark.parametrize(("operation", "seed"), CASES)
def test_sql_and_function_find_the_same_members(
    operation: str, seed: int, members: list[dict[str, Any]], ask: Ask
) -> None:
    rng = random.Random(f"{operation}{seed}")
    node = parse_condition(a_condition(rng, operation, depth=seed % 4))
    sql = compile_sql(node)
    query = f"SELECT member_id FROM {TABLE} WHERE {sql.text} ORDER BY member_id"
    found = [row[0] for row in ask(query, sql.params)]
    condition = compile_condition(node)
    assert found == [at for at, facts in enumerate(members) if condition(Facts(facts)) is True]


@pytest.mark.parametrize("operation", MEMBER_OPERATIONS)
def test_sql_and_function_agree_on_false_and_unknown_too(
    operation: str, members: list[dict[str, Any]], ask: Ask
) -> None:
    node = parse_condition(a_condition(random.Random(operation), operation, depth=2))
    sql = compile_sql(node)
    rows = ask(f"SELECT {sql.text} FROM {TABLE} ORDER BY member_id", sql.params)
    condition = compile_condition(node)
    answers = [None if row[0] is None else bool(row[0]) for row in rows]
    assert answers == [condition(Facts(facts)) for facts in members]


@pytest.mark.parametrize("operation", MEMBER_OPERATIONS)
def test_with_sealed_facts_left_out_nobody_who_belongs_is_lost(
    operation: str, members: list[dict[str, Any]], ask: Ask
) -> None:
    rng = random.Random(f"sealed{operation}")
    node = parse_condition(a_condition(rng, operation, depth=3))
    sealed = frozenset(rng.sample(MEMBER_FACTS, len(MEMBER_FACTS) // 2))
    sql = compile_sql(node, sealed)
    query = f"SELECT member_id FROM {TABLE} WHERE {sql.text} IS NOT FALSE"
    found = {row[0] for row in ask(query, sql.params)}
    condition = compile_condition(node)
    assert found >= {at for at, facts in enumerate(members) if condition(Facts(facts)) is True}
    open_alone = [{name: row[name] for name in row if name not in sealed} for row in members]
    assert found == {at for at, facts in enumerate(open_alone) if condition(Facts(facts)) is not False}


def test_a_segment_that_names_another_is_written_out() -> None:
    rich = parse_condition({"ge": [{"fact": "member.spent_12_months_minor"}, 100]})
    tree = {"and": [{"has": [{"fact": "member.segments"}, "rich"]}, {"fact": "member.is_first_purchase"}]}
    node = parse_condition(tree, segments={"rich": rich})
    sql = compile_sql(node)
    assert sql.text == "((spent_12_months_minor >= :p0) AND (is_first_purchase <> 0))"
    assert sql.params == {"p0": 100}


def test_placeholders_have_names_and_postgres_its_own_function() -> None:
    tree = {
        "or": [{"has": [{"fact": "member.segments"}, "x"]}, {"in": [{"fact": "member.tier"}, ["a", "b"]]}]
    }
    sql = compile_sql(parse_condition(tree))
    assert sql.text == "((instr(segments, :p0) > 0) OR (tier IN (:p1, :p2)))"
    assert sql.params == {"p0": "|x|", "p1": "a", "p2": "b"}
    assert translate(sql.text) == "((strpos(segments, %(p0)b) > 0) OR (tier IN (%(p1)b, %(p2)b)))"


@pytest.mark.parametrize(
    "tree",
    [
        {"any_line": True},
        {"eq": [{"count": {"where": True}}, 1]},
        {"ge": [{"fact": "basket.total_minor"}, 1]},
        {"eq": [{"fact": "shop.id"}, "x"]},
    ],
)
def test_what_is_not_about_members_is_no_segment(tree: Any) -> None:
    with pytest.raises(NotAboutMembers, match="member"):
        compile_sql(parse_condition(tree))
