"""`officine member merge` on a real SQLite file: at once, or by two logins."""

import io

import pytest

from tests.integration.officine.cli import run, run_json


@pytest.fixture
def twins(group: str) -> tuple[str, str]:
    run_json("member", "enrol", "--id", "m-1", "--family-name", "Rochat")
    run_json("member", "enrol", "--id", "m-2", "--family-name", "Rochat")
    return "m-1", "m-2"


def test_a_duplicate_becomes_a_part_of_its_survivor(twins: tuple[str, str]) -> None:
    run_json("ledger", "correct", "--reason", "moved", "m-2", "40")
    asked = ("member", "merge", "m-1", "m-2", "--reason", "Same birthday", "--id", "merge-1", "--yes")
    done = run_json(*asked)
    assert (done["state"], done["points"], done["requested_by"][:9]) == ("done", 40, "operator:")
    assert run_json(*asked) == done, "the same again is the same"
    shown = run_json("member", "show", "m-1")
    assert (shown["points"], shown["merged_ids"]) == (40, ["m-2"])
    assert run_json("member", "show", "m-2")["merged_into"] == "m-1"
    assert "merged into m-1" in " ".join(run("member", "show", "m-2").out.split())
    assert "merged into" not in run("member", "show", "m-1").out
    refused = run("member", "merge", "m-1", "m-2", "--reason", "again", "--yes", "--json")
    assert (refused.status, refused.error["code"]) == (1, "member_merged")


def test_what_is_too_much_for_one_login_waits_for_another(twins: tuple[str, str]) -> None:
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)
        run_json("ledger", "correct", "--reason", "moved", "--id", "c-1", "m-2", "501")
    run_json("ledger", "decide", "c-1", "--approve")
    asked = run_json("member", "merge", "m-1", "m-2", "--reason", "Same", "--id", "merge-1", "--yes")
    assert (asked["state"], asked["points"]) == ("pending", 501)
    assert [each["merge_id"] for each in run_json("member", "merges")] == ["merge-1"]
    assert "merge-1" in run("member", "merges").out
    own = run("member", "decide-merge", "merge-1", "--approve", "--json")
    assert own.error["code"] == "second_person_needed"
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)
        shown = run("member", "decide-merge", "merge-1", "--approve")
    assert "done" in shown.out
    assert run_json("member", "show", "m-1")["points"] == 501
    assert run_json("member", "merges") == []


def test_nothing_is_merged_without_a_yes(twins: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    outcome = run("member", "merge", "m-1", "m-2", "--reason", "Same")
    assert outcome.status != 0
    assert run_json("member", "show", "m-2")["merged_into"] is None
