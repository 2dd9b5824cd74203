"""`officine rules` and `officine ledger` on a real SQLite file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.conftest import CARD


def double(place: Path) -> str:
    """A file with the group's programme and one more rule."""
    document: dict[str, Any] = run_json("group", "programme", "show")["programme"]
    document["rules"] = [*document["rules"], document["rules"][0] | {"id": "double"}]
    (place / "spring.json").write_text(json.dumps(document), encoding="utf-8")
    return "spring.json"


@pytest.fixture
def member(group: str) -> str:
    run_json("member", "enrol", "--id", "m-1", "--family-name", "Rochat")
    return "m-1"


def test_a_draft_is_not_reviewed_by_the_login_that_wrote_it(group: str, place: Path) -> None:
    saved = run_json("rules", "draft", "spring", double(place), "--note", "more sun")
    assert (saved["state"], saved["revision"], saved["note"]) == ("drafted", 1, "more sun")
    assert saved["author"].startswith("operator:")
    own = run("rules", "review", "spring", "--revision", "1", "--approve", "--json")
    assert (own.status, own.error["code"]) == (1, "second_person_needed")
    early = run("rules", "schedule", "spring", "--revision", "1", "--json")
    assert early.error["code"] == "draft_not_reviewed"
    assert [each["draft_id"] for each in run_json("rules", "list")] == ["spring"]
    assert run_json("rules", "withdraw", "spring", "--revision", "1")["state"] == "withdrawn"


def test_a_draft_that_another_login_approves_is_scheduled_and_rolled_back(group: str, place: Path) -> None:
    run_json("rules", "draft", "spring", double(place))
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)  # another person's login on this machine
        assert run_json("rules", "review", "spring", "--revision", "1", "--approve")["state"] == "reviewed"
    active = run_json("rules", "schedule", "spring", "--revision", "1")
    assert (active["state"], active["ruleset_version"]) == ("active", 2)
    drafted = run_json("rules", "rollback", "1", "--from", "2")
    assert (drafted["draft_id"], drafted["state"]) == ("rollback-1-from-2", "drafted")
    assert run_json("rules", "rollback", "1", "--from", "2") == drafted, "the same again is the same"
    back = ("rollback-1-from-2", "--revision", "1")
    own = run("rules", "review", *back, "--approve", "--json")
    assert own.error["code"] == "second_person_needed", "nobody takes the programme back alone"
    assert run("rules", "schedule", *back, "--json").error["code"] == "draft_not_reviewed"
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)
        run_json("rules", "review", *back, "--approve")
    assert run_json("rules", "schedule", *back)["ruleset_version"] == 3
    versions = run_json("rules", "versions")
    assert [(each["ruleset_version"], each["is_active"]) for each in versions] == [
        (3, True),
        (2, False),
        (1, False),
    ]


def test_a_draft_begins_by_the_clock_of_the_group_and_never_in_the_past(group: str, place: Path) -> None:
    run_json("rules", "draft", "spring", double(place))
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)
        run_json("rules", "review", "spring", "--revision", "1", "--approve")
    asked = ("rules", "schedule", "spring", "--revision", "1")
    past = run(*asked, "--at", "2020-03-01", "--json")
    assert past.error["code"] == "moment_past"
    assert "2020-02-29 23:00:00 UTC is past" in past.error["detail"]
    assert run_json("rules", "list")[0]["state"] == "reviewed", "nothing began"
    shown = run(*asked, "--at", "2099-03-01T08:00")
    assert "2099-03-01 08:00 Europe/Zurich (2099-03-01 07:00 UTC)" in shown.out
    assert run_json("rules", "list")[0]["activate_ms"] == 4_076_031_600_000
    for clock, said in (
        (("--time-zone", "Asia/Shanghai"), "2099-03-01 08:00 Asia/Shanghai (2099-03-01 00:00 UTC)"),
        (("--shop", "nyon"), "2099-03-01 08:00 Europe/Zurich (2099-03-01 07:00 UTC)"),
    ):
        assert said in run(*asked, "--at", "2099-03-01T08:00", *clock).out
    assert "no moment" in run(*asked, "--at", "soon", "--json").error["detail"]


def test_the_list_says_at_once_and_what_is_no_longer_the_programme(group: str, place: Path) -> None:
    run_json("rules", "draft", "spring", double(place))
    with pytest.MonkeyPatch.context() as other:
        other.setattr("os.getuid", lambda: 1)
        run_json("rules", "review", "spring", "--revision", "1", "--approve")
    run_json("rules", "schedule", "spring", "--revision", "1")
    shown = run("rules", "list").out
    assert "at once" in shown
    assert "1970" not in shown
    wrong = run("rules", "simulate", "spring", "--from", "2026-10-02", "--to", "2026-10-01")
    assert wrong.status == 2
    assert "--to is a day before --from" in wrong.err


def test_a_file_is_checked_and_simulated_without_being_saved(group: str, place: Path) -> None:
    file = double(place)
    assert run_json("rules", "check", file) == {"is_publishable": True, "findings": []}
    view = run_json("rules", "simulate", file, "--from", "2026-10-01", "--to", "2026-10-31")
    assert (view["draft_id"], view["tickets"], view["changed_tickets"]) == ("spring.json", 0, 0)
    assert run_json("rules", "list") == []
    shown = run("rules", "simulate", file, "--from", "2026-10-01", "--to", "2026-10-31")
    assert shown.status == 0
    assert "Simulation of spring.json" in shown.out


def test_a_file_that_is_no_programme_says_where(group: str, place: Path) -> None:
    (place / "bad.json").write_text('{"rules": [], "expirry": {}}', encoding="utf-8")
    outcome = run("rules", "check", "bad.json", "--json")
    assert (outcome.status, outcome.error["code"]) == (1, "programme_invalid")
    assert "expirry" in outcome.error["detail"]
    slip = {"id": "slip", "version": 1, "kind": "promotion", "when": True, "effects": [{"effect": "percent"}]}
    (place / "bad.json").write_text(json.dumps({"rules": [slip]}, indent=1), encoding="utf-8")
    for asked in (("rules", "check"), ("rules", "draft", "bad"), ("group", "programme", "set")):
        assert "bad.json, line 10." in run(*asked, "bad.json", "--json").error["detail"]


def test_what_the_law_says_of_several_rules_is_shown_once_with_lines_and_whole_addresses(
    group: str, place: Path
) -> None:
    rule = {
        "version": 1,
        "kind": "campaign",
        "when": {"fact": "member.is_known"},
        "lines": {"eq": [{"fact": "line.article_class"}, "medicine_ch_b"]},
        "effects": [{"effect": "points_fixed", "points": 5, "per": "ticket"}],
    }
    rules = [rule | {"id": "one"}, rule | {"id": "two"}]
    (place / "law.json").write_text(json.dumps({"rules": rules}, indent=1), encoding="utf-8")
    shown = run("rules", "check", "law.json")
    assert shown.status == 0, "the till denies it line by line"
    assert "1 finding\n" in shown.out
    assert "programme.rules.one (line 3), programme.rules.two (line 26)" in shown.out
    checked = run_json("rules", "check", "law.json")["findings"]
    assert [each["line"] for each in checked] == [3, 26]
    addresses = [word for word in checked[0]["detail"].split() if word.startswith("http")]
    assert addresses
    assert set(addresses) <= set(shown.out.split()), "no address is folded"


def test_points_are_corrected_alone_up_to_a_limit(member: str) -> None:
    small = run_json("ledger", "correct", "--reason", "late", "--id", "c-1", member, "50")
    assert small["state"] == "posted"
    assert run_json("ledger", "correct", "--reason", "late", "--id", "c-1", member, "50") == small
    large = run_json("ledger", "correct", "--reason", "moved", "--id", "c-2", member, "501")
    assert large["state"] == "pending"
    assert [each["correction_id"] for each in run_json("ledger", "waiting")] == ["c-2"]
    own = run("ledger", "decide", "c-2", "--approve", "--json")
    assert own.error["code"] == "second_person_needed"
    assert run_json("member", "balance", member)["points"] == 50
    assert run_json("check", "ledger")["is_sound"] is True


def test_expiry_by_hand_is_safe_to_repeat(member: str) -> None:
    run_json("ledger", "correct", "--reason", "late", member, "50")
    first = run_json("ledger", "expire", "--run", "r-1")
    assert (first["run_id"], first["lots_expired"], first["expired"]) == ("r-1", 0, {})
    assert run_json("ledger", "expire", "--run", "r-1") == first


def test_a_file_that_promises_what_no_sale_books_is_not_publishable(group: str, place: Path) -> None:
    entry = {"effect": "contest_entry", "contest": "spring", "entries": 1}
    rule = {
        "id": "draw",
        "version": 1,
        "kind": "campaign",
        "when": {"fact": "member.is_known"},
        "effects": [entry],
    }
    (place / "draw.json").write_text(json.dumps({"rules": [rule]}), encoding="utf-8")
    outcome = run("rules", "check", "draw.json", "--json")
    checked = json.loads(outcome.out)
    assert (outcome.status, checked["is_publishable"]) == (1, False)
    assert ("promise_not_kept", True) in {(each["code"], each["is_blocking"]) for each in checked["findings"]}
    assert run("group", "programme", "set", "draw.json", "--json").error["code"] == "promise_not_kept"


def test_a_file_in_which_a_name_stands_twice_is_refused_with_the_name(group: str, place: Path) -> None:
    twice = '{"rules": [], "cash_rounding_minor": 1, "cash_rounding_minor": 5}'
    (place / "twice.json").write_text(twice, encoding="utf-8")
    for asked in (("group", "programme", "set"), ("rules", "check"), ("rules", "draft", "twice")):
        error = run(*asked, "twice.json", "--json").error
        assert error["code"] == "input_invalid"
        assert "cash_rounding_minor twice" in str(error)


def test_goodwill_is_given_within_what_a_role_may_give(group: str, place: Path) -> None:
    document: dict[str, Any] = run_json("group", "programme", "show")["programme"]
    document["latitude"] = {"clerk": {"goodwill_points": 20, "goodwill_points_per_day": 30}}
    (place / "lenient.json").write_text(json.dumps(document), encoding="utf-8")
    run_json("group", "programme", "set", "lenient.json")
    run_json("member", "enrol", "--id", "m-1", "--family-name", "Rochat", "--card", "2990000000019")
    asked = ("ledger", "goodwill", "--role", "clerk", "--shop", "nyon", "--reason", "late")
    given = run_json(*asked, "--id", "gw-1", "2990000000019", "20")
    assert (given["points"], given["balance_points"]) == (20, 20)
    assert run_json(*asked, "--id", "gw-1", "2990000000019", "20") == given
    assert run(*asked, "2990000000019", "20", "--json").error["code"] == "latitude_exceeded"
    assert run_json("check", "ledger")["is_sound"] is True


@pytest.fixture
def lenient(group: str, place: Path) -> str:
    """A group whose clerks may give 30 points a day, and take off 10 % and 5.00 a day."""
    document: dict[str, Any] = run_json("group", "programme", "show")["programme"]
    document["latitude"] = {
        "clerk": {
            "goodwill_points": 20,
            "goodwill_points_per_day": 30,
            "discount_rate_bp": 1000,
            "discount_minor_per_day": 500,
        }
    }
    (place / "lenient.json").write_text(json.dumps(document), encoding="utf-8")
    run_json("group", "programme", "set", "lenient.json")
    (place / "a.csv").write_text(
        "code;name;class;price\n2100000000012;Cream;cosmetic;19.90\n", encoding="utf-8"
    )
    run_json("import", "articles", "a.csv")
    run_json("member", "enrol", "--id", "m-1", "--family-name", "Rochat", "--card", CARD)
    return group


DISCOUNT = ("ledger", "discount", "--role", "clerk", "--shop", "nyon", "--reason", "Box dented")


def test_a_manual_discount_is_booked_within_what_a_role_may_take_off(lenient: str) -> None:
    sold = run_json(*DISCOUNT, "--card", CARD, "--id", "s-1", "1.50", "2100000000012")
    assert (sold["sale_id"], sold["total_minor"], sold["points"]) == ("s-1", 1840, 18)
    assert sold["warnings"] == []
    assert run(*DISCOUNT, "9.00", "2100000000012", "--json").error["code"] == "latitude_exceeded"
    assert run(*DISCOUNT, "1.00", "not*a*code", "--json").error["code"] == "input_invalid"
    nobody = run_json(*DISCOUNT, "2.00", "2100000000012*2=39.80")
    assert (nobody["total_minor"], nobody["points"]) == (3780, 0)


def test_head_office_lists_what_the_counters_gave_with_the_reasons(lenient: str) -> None:
    run_json(*DISCOUNT, "--card", CARD, "--id", "s-1", "1.50", "2100000000012")
    given = ("ledger", "goodwill", "--role", "clerk", "--shop", "nyon", "--reason", "Late delivery")
    run_json(*given, "--id", "gw-1", CARD, "20")
    told = run_json("ledger", "latitude")
    acts = {
        (each["kind"], each["act_id"], each["points"], each["off_minor"], each["reason"])
        for each in told["acts"]
    }
    assert acts == {
        ("discount", "s-1", 0, 150, "Box dented"),
        ("goodwill", "gw-1", 20, 0, "Late delivery"),
    }
    (summed,) = told["sums"]
    assert (summed["shop_id"], summed["role"]) == ("nyon", "clerk")
    assert (summed["acts"], summed["points"], summed["off_minor"]) == (2, 20, 150)
    shown = run("ledger", "latitude").out
    for said in ("Box dented", "Late delivery", "1.50 CHF"):
        assert said in shown
    for nothing in (("--shop", "none"), ("--role", "cook"), ("--from", "2020-01-01", "--to", "2020-01-31")):
        assert run_json("ledger", "latitude", *nothing)["acts"] == []
    backwards = ("ledger", "latitude", "--from", "2026-02-01", "--to", "2026-01-01", "--json")
    assert run(*backwards).error["code"] == "days_invalid"
