"""Incidents: one press at the counter with the ticket attached, a queue, answers, a history (C-34)."""

from typing import Any

from loyalty.programme.incident import IncidentKind
from tests.central_fixture import (
    GROUP,
    MEMBER,
    CentralUnderTest,
    Reply,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.clerks import sign_in

TEXT = "Madame Rochat: 39.80 typed for 3.98"


async def hand_over(central: CentralUnderTest, clerk: str, **changed: Any) -> Reply:
    body = {"incident_id": "i-1", "clerk": clerk, "kind": "amount_error", "sale_id": "s-1", "text": TEXT}
    body |= changed
    return await central.post(
        "counter/incidents", {name: each for name, each in body.items() if each is not None}
    )


async def step(
    central: CentralUnderTest, act: str, notes: int, text: str | None = None, token: str = "office"
) -> Reply:
    body: dict[str, Any] = {"act": act, "notes": notes} | ({"text": text} if text else {})
    return await central.post("incidents/i-1/acts", body, token=token)


async def test_an_incident_goes_its_way_from_the_till_to_its_end(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await central.post("sales", a_sale(central, sale_id="s-1"))
    opened = await hand_over(central, clerk)
    assert (opened.status, opened.body["member_id"], opened.body["state"]) == (200, MEMBER, "open")
    again = await hand_over(central, clerk)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await hand_over(central, clerk, text="other")).code == "idempotency_conflict"

    (waiting,) = (await central.get("incidents", token="office")).body["incidents"]
    assert (waiting["kind"], waiting["sale_id"], waiting["staff_id"]) == ("amount_error", "s-1", "s-7")
    assert (await step(central, "take", 1)).body["taken_by"] == central.token_ids["office"]
    answered = await step(central, "answer", 2, "Corrected: 36 points taken back.")
    assert answered.body["state"] == "answered"
    assert (await step(central, "answer", 2, "Corrected: 36 points taken back.")).headers[
        "Idempotent-Replayed"
    ] == "true"
    seen = await central.post("counter/incidents/i-1/look", {"clerk": clerk})
    assert [(each["act"], each["text"]) for each in seen.body["history"]] == [
        ("open", TEXT),
        ("take", None),
        ("answer", "Corrected: 36 points taken back."),
    ]
    assert (await step(central, "close", 3)).body["state"] == "closed"
    assert (await step(central, "answer", 4)).code == "incident_moved"
    assert (await step(central, "reopen", 4, "Not yet")).body["state"] == "open"
    events = await central.services.store.list_events(GROUP, 0, 1000)
    assert [each.kind for each in events if each.kind.startswith("incident.")] == [
        "incident.opened",
        "incident.taken",
        "incident.answered",
        "incident.closed",
        "incident.opened",
    ]
    assert not any("Rochat" in each.body for each in events)


async def test_of_many_who_take_it_at_once_one_does(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await hand_over(central, clerk, kind="name_change", sale_id=None, holder=by_uid())
    tokens = ["office", "reader"] * 4
    replies = await in_parallel([step(central, "take", 1, token=token) for token in tokens])
    takers = {each.body["taken_by"] for each in replies if each.status == 200}
    assert len(takers) == 1
    assert {each.code for each in replies if each.status != 200} == {"incident_moved"}
    history = (await central.get("incidents/i-1", token="office")).body["history"]
    assert [each["act"] for each in history] == ["open", "take"]


async def test_what_lacks_its_ticket_or_is_of_elsewhere_is_refused(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    assert (await hand_over(central, clerk, sale_id=None)).code == "ticket_needed"
    await central.post("sales", a_sale(central, sale_id="s-1"), token="terminal_2")
    assert (await hand_over(central, clerk)).code == "sale_not_found"
    assert (await hand_over(central, clerk, kind="gossip")).code == "schema_mismatch"
    assert (await hand_over(central, "nobody")).code == "sign_in_over"
    assert (await central.get("incidents")).status == 403
    elsewhere = await sign_in(central, "s-9", token="terminal_2")
    await hand_over(central, clerk, kind="other", sale_id=None)
    look = await central.post("counter/incidents/i-1/look", {"clerk": elsewhere}, token="terminal_2")
    assert look.code == "incident_not_found"


async def test_what_was_written_of_a_member_ends_with_the_member(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await hand_over(central, clerk, kind="name_change", sale_id=None, holder=by_uid())
    assert (await central.get("incidents/i-1", token="office")).body["history"][0]["text"] == TEXT
    erased = await central.post(f"members/{MEMBER}/erasure", {}, token="office")
    assert erased.status == 200, erased.body
    history = (await central.get("incidents/i-1", token="office")).body["history"]
    assert [each["text"] for each in history] == [None]


def test_the_kinds_of_the_catalogue_are_there() -> None:
    assert {"amount_error", "address_error", "withdrawal_error", "sale_cancellation", "name_change"} <= set(
        IncidentKind
    )
