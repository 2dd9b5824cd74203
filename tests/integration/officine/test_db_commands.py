"""`officine db` as a person types it, on both engines."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.sales import sell
from tests.postgres import Server


@pytest.fixture
def server_url(postgres_server: Server) -> Iterator[str]:
    with postgres_server.empty_database() as address:
        yield address


def test_a_group_moves_to_postgresql_and_goes_on_there(
    member: str, place: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(("s-1", 500), ("s-2", 700))
    copied = run_json("db", "copy", f"sqlite:///{place / 'central.db'}", server_url)
    assert copied["is_sound"] is True
    assert {each["table"]: each["rows"] for each in copied["tables"]}["sale"] == 2
    assert [group["transactions"] for group in copied["groups"]] == [2]
    monkeypatch.setenv("OFFICINE_DATABASE", server_url)
    monkeypatch.setenv("OFFICINE_CENTRAL_SECRETS_FILE", str(place / "central.db.keys"))
    assert run_json("member", "balance", member)["points"] == 12
    sell(("s-3", 900))
    assert run_json("member", "balance", member)["points"] == 21
    checked = run_json("db", "check")
    assert (checked["is_sound"], checked["rows"]["sale"], checked["faults"]) == (True, 3, [])
    assert "officine" not in checked["database"].split("?")[0].split("@")[-1].partition("/")[0]


def test_a_backup_is_restored_into_an_empty_database_only(
    member: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(("s-1", 500))
    made = run_json("db", "backup", "safe.db")
    monkeypatch.setenv("OFFICINE_DATABASE", f"sqlite:///{place / 'new.db'}")
    dry = run_json("db", "restore", "--dry-run", "safe.db")
    assert dry["tables"] == made["tables"]
    assert not (place / "new.db").exists()
    restored = run_json("db", "restore", "safe.db")
    assert (restored["is_sound"], restored["tables"]) == (True, made["tables"])
    outcome = run("db", "restore", "safe.db")
    assert outcome.status == 1
    assert "holds rows already" in outcome.err
    assert member


def test_migrate_says_what_would_run_and_runs_it_once(
    place: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFICINE_DATABASE", server_url)
    monkeypatch.setenv("OFFICINE_CENTRAL_SECRETS_FILE", str(place / "keys"))
    planned = run_json("db", "migrate", "--dry-run")
    assert planned["migrations"][0] == "0001_pre_foundation"
    assert run("db", "check", "--json").status == 1, "nothing has run yet"
    assert run_json("db", "migrate")["migrations"] == planned["migrations"]
    assert run_json("db", "migrate")["migrations"] == []
    assert run_json("db", "check")["is_sound"] is True


def test_check_finds_a_reference_to_nothing(member: str, place: Path) -> None:
    sell(("s-1", 500))
    with sqlite3.connect(place / "central.db") as database:
        database.execute("DELETE FROM shop")
    database.close()
    outcome = run("db", "check", "--json")
    assert outcome.status == 1
    assert any("refers to nothing" in fault for fault in outcome.json["faults"])
    assert member


def test_both_checks_tell_a_sale_whose_transaction_the_journal_does_not_hold(
    member: str, place: Path
) -> None:
    sell(("s-1", 500))
    assert run_json("check", "ledger")["is_sound"] is True
    with sqlite3.connect(place / "central.db") as database:
        database.execute("UPDATE sale SET transaction_id = 's-1/lost'")
    database.close()
    outcome = run("check", "ledger", "--json")
    (group,) = outcome.json["groups"]
    told = {each["code"]: each["text"] for each in group["findings"]}
    assert (outcome.status, set(told)) == (1, {"not_in_journal", "not_recorded"})
    assert told["not_in_journal"] == "sale s-1 says it was posted; the journal has no transaction s-1/lost"
    assert "records and journal name each other: 2 differences" in run("check", "ledger").out
    assert run("db", "check", "--json").status == 1
    assert member


def test_a_password_in_the_address_is_not_printed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "OFFICINE_DATABASE", "postgresql://central:hunter22@127.0.0.1:1/officine?connect_timeout=2"
    )
    monkeypatch.setenv("OFFICINE_CENTRAL_SECRETS_FILE", str(place / "keys"))
    for command in (("check", "settings", "--json"), ("db", "check"), ("db", "check", "--json")):
        outcome = run(*command)
        assert "hunter22" not in outcome.out + outcome.err
