"""A card put into its member's phone from the command line, and the link written to the member."""

from pathlib import Path

import pytest

from tests.integration.officine.cli import run, run_json

AT = ("--at", "https://loy.example")


def test_a_link_is_made_sent_and_ended(group: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert group
    monkeypatch.setenv("OFFICINE_MESSAGES_FOLDER", str(place / "out"))
    run_json("member", "enrol", "--id", "m-2", "--family-name", "Blanc", "--email", "b@example.org")
    run_json("card", "issue", "2990000000019", "--member", "m-2")
    made = run_json("card", "phone", "2990000000019", *AT, "--id", "p-1")
    assert made["link"].startswith(f"https://loy.example/m/{group}/")
    assert run_json("card", "phone", "2990000000019", *AT, "--id", "p-1")["link"] == made["link"]
    refused = run("card", "phone", "2990000000019", *AT, "--send", "email", "--json")
    assert refused.error["code"] == "consent_missing"
    run_json("member", "consents", "m-2", "--give", "email")
    sent = run_json("card", "phone", "2990000000019", *AT, "--id", "p-3", "--send", "email")
    assert sent["message"] == "waiting"
    [message] = run_json("message", "list", "--member", "m-2")["messages"]
    assert sent["link"] in message["text"]
    assert run("card", "phone", "2990000000019", "--end").status == 0
    assert run("card", "phone", "2990000000019", "--end", "--json").error["code"] == "no_phone_card"
    assert run("card", "phone", "2990000000019", "--at", "http://loy.example", "--json").status != 0
