"""Messages at the command line, on a real SQLite file, with a folder in the place of the mail server."""

from pathlib import Path

import pytest

from tests.integration.officine.cli import run, run_json


def test_a_message_is_kept_listed_and_only_where_it_may_be(
    group: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert group
    member = "m-2"
    run_json("member", "enrol", "--id", member, "--family-name", "Blanc", "--email", "b@example.org")
    send = ("message", "send", member, "--by", "email", "--subject", "Votre commande", "Elle est prête.")
    assert run(*send, "--json").error["code"] == "channel_not_set_up"
    monkeypatch.setenv("OFFICINE_MESSAGES_FOLDER", str(place / "out"))
    refused = run(*send, "--json")
    assert (refused.status, refused.error["code"]) == (1, "consent_missing")
    run_json("member", "consents", member, "--give", "email")
    kept = run_json(*send, "--id", "x-1")
    assert (kept["state"], kept["subject"], kept["parts"]) == ("waiting", "Votre commande", 0)
    assert run_json(*send, "--id", "x-1") == kept
    assert "Elle est prête." in run("message", "list", "--member", member).out
    [head] = run_json("message", "list", "--state", "waiting")["messages"]
    assert head["message_id"] == "x-1"
    assert "Elle est prête." not in run("message", "list", "--state", "waiting").out
    assert run("message", "list").out.startswith("Failed (0)")
    assert run("message", "retry", "none", "--json").error["code"] == "message_not_found"
    assert run_json("message", "retry", "x-1")["state"] == "waiting"
