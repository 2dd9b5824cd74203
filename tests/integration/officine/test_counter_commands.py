"""The counter at the command line: a clerk signs in, sets a PIN, and is found in the list of acts."""

from tests.integration.officine.cli import run, run_json

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
