"""The counter at the command line: a clerk signs in, sets a PIN, and is found in the list of acts."""

from tests.integration.officine.cli import run, run_json
from tests.integration.officine.sales import sell

CARD = ("--uid", "04A1B2C3D4E5F6")
WHO = ("--shop", "nyon", "--staff", "s-7", "--code", "4071")


def test_an_clerk_sets_a_pin_and_head_office_sees_it(group: str) -> None:
    put = run_json("staff", "put", "s-7", "--role", "assistant", "--shop", "nyon", "--code", "4071")
    assert (put["has_code"], put["is_locked"]) == (True, False)
    run_json("member", "enrol", "--id", "m-9", "--family-name", "Meier")
    run_json("card", "issue", "2990000000088", *CARD, "--member", "m-9")

    identity = ("--identity", "passport")
    wrong = run("counter", "pin", "set", *CARD, *identity, "--pin", "2486", *WHO[:-1], "9517", "--json")
    assert (wrong.status, wrong.error["code"]) == (1, "pin_wrong")
    done = run_json("counter", "pin", "set", *CARD, *identity, "--pin", "2486", *WHO)
    assert done["member_id"] == "m-9"
    unlocked = run_json("counter", "pin", "unlock", *CARD, *identity, *WHO)
    assert unlocked["tries_left"] == done["tries_left"]

    acts = run_json("counter", "acts")["acts"]
    assert [(each["kind"], each["staff_id"], each["reason"]) for each in acts] == [
        ("pin_unlock", "s-7", "passport"),
        ("pin_set", "s-7", "passport"),
    ]
    run_json("staff", "put", "s-7", "--role", "assistant", "--ended")
    gone = run("counter", "pin", "unlock", *CARD, *identity, *WHO, "--json")
    assert gone.error["code"] == "staff_unknown"
    assert run_json("staff", "list")["staff"][0]["ended_ms"] is not None


def test_tickets_are_given_moved_and_undone_and_the_report_counts_them(member: str) -> None:
    run_json("staff", "put", "s-7", "--role", "assistant", "--code", "4071")
    for number, uid in (("8", "04A1B2C3D4E5F6"), ("9", "04A1B2C3D4E5F7")):
        run_json("member", "enrol", "--id", f"m-{number}", "--family-name", "Meier")
        run_json("card", "issue", f"29900000001{number}8", "--uid", uid, "--member", f"m-{number}")
    sell(("s-1", 2_000), card=None)
    given = run_json("counter", "late-card", "s-1", *CARD, *WHO, "--id", "late-1")
    assert given == run_json("counter", "late-card", "s-1", *CARD, *WHO, "--id", "late-1")
    assert given["member_id"] == "m-8"
    moved = run_json("counter", "move", given["new_sale_id"], "--uid", "04A1B2C3D4E5F7", *WHO)
    assert (moved["member_id"], moved["points"]) == ("m-9", given["points"])
    sell(("s-2", 3_000))
    undone = run_json("counter", "undo", "s-2", "--reason", "test", *WHO)
    assert undone["total_minor"] < 0
    assert "came back already" in run("counter", "undo", "s-2", "--reason", "test", *WHO).err
    report = run_json("counter", "report")
    assert report["clerks"][0]["acts"] == {"late_card": 1, "move_ticket": 1, "undo": 1}
    assert report["noticed"] == []
    assert run_json("check", "ledger")["groups"][0]["is_sound"] is True


def test_a_person_is_enrolled_found_and_given_a_card_and_a_problem_is_handed_over(group: str) -> None:
    run_json("staff", "put", "s-7", "--role", "assistant", "--code", "4071")
    who = ("--member", "m-77", "--email", "eva@example.org")
    assert run("counter", "enrol", *who, *WHO, "--json").error["code"] == "agreement_needed"
    enrolled = run_json("counter", "enrol", *who, "--agreed", "--number", "2990000000019", *WHO)
    assert enrolled["card_state"] == "to_validate"
    assert run("counter", "find", "--name", "Aubert", *WHO, "--json").error["code"] == "find_needs_more"
    (found,) = run_json("counter", "find", "--email", "Eva@example.org", *WHO)["members"]
    assert found["has_card"] is True
    given = run_json(
        "counter", "give-card", found["found"], "--identity", "passport", "--number", "2990000000026", *WHO
    )
    assert (given["member_id"], given["state"]) == ("m-77", "active")

    handed = run_json(
        "counter", "incident", "name_change", "--number", "2990000000026", "--text", "Married", *WHO
    )
    assert (handed["member_id"], handed["state"]) == ("m-77", "open")
    assert "name_change" in run("incident", "list").out
    run_json("incident", "act", "take", handed["incident_id"])
    run_json("incident", "act", "answer", handed["incident_id"], "--text", "Done")
    shown = run_json("incident", "show", handed["incident_id"])
    assert [(each["act"], each["text"]) for each in shown["history"]] == [
        ("open", "Married"),
        ("take", None),
        ("answer", "Done"),
    ]


def test_data_are_keyed_in_by_form_or_id_and_an_insured_person_card_is_known_while_agreed(group: str) -> None:
    run_json("staff", "put", "s-7", "--role", "assistant", "--code", "4071")
    form = ("--member", "m-5", "--form", "F-0417", "--agreed", "--number", "2990000000019")
    run_json("counter", "enrol", *form, *WHO)
    assert run_json("card", "show", "2990000000019")["state"] == "to_validate"
    data = ("--family-name", "Aubert", "--birth-date", "1984-05-06", "--consent", "email")
    assert run("member", "complete", *data, "--json").status != 0
    done = run_json("member", "complete", "--form", "F-0417", *data)
    assert (done["member_id"], done["possible_duplicates"]) == ("m-5", [])
    assert run_json("member", "complete", "m-5", *data) == done
    assert run_json("card", "show", "2990000000019")["state"] == "active"

    run_json("card", "issue", "2990000000026", *CARD, "--member", "m-5")
    read = "insured:" + "7B2F" * 10
    refused = run("counter", "insured-card", read, *CARD, *WHO, "--json")
    assert refused.error["code"] == "agreement_needed"
    assert run_json("counter", "insured-card", read, "--agreed", *CARD, *WHO)["member_id"] == "m-5"
    run_json("member", "consents", "m-5", "--withdraw", "insured_card")
    kinds = [each["kind"] for each in run_json("counter", "acts")["acts"]]
    assert kinds == ["insured_card", "enrol"]


def test_what_waits_is_shown_and_an_assistant_hands_nothing_out(group: str) -> None:
    run_json("staff", "put", "s-7", "--role", "assistant", "--code", "4071")
    waits = run_json("counter", "forward", *WHO)
    assert (waits["shop_id"], waits["waiting_minor"]) == ("nyon", 0)
    assert run("counter", "hand-out", "500", *WHO, "--json").error["code"] == "role_may_not"
    run_json("staff", "put", "s-7", "--role", "pharmacist")
    assert run("counter", "hand-out", "500", *WHO, "--json").error["code"] == "forward_too_much"
