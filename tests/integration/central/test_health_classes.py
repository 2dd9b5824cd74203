"""Automatic classes over HTTP: with consent alone, sealed, for segments alone, for whose eyes, logged."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from central.services.core.access import HEALTH_READ
from loyalty.limits.members import HEALTH_COUNT_MIN
from tests.central_fixture import GROUP, MEMBER, OTHER_MEMBER, OTHER_UID, CentralUnderTest, a_central, by_uid
from tests.central_fixture import a_return as returned
from tests.central_fixture import a_sale as sold
from tests.integration.central.publishing import ms, publish
from tests.movable_clock import MovableClock

NOW = "2026-11-22T12:00:00+01:00"
DAY_MS = 86_400_000
CODES = {"metformin": "2000000000114", "allopurinol": "2000000000121", "plaster": "2000000000138"}
CARE = {
    "id": "is-care",
    "version": 1,
    "kind": "segment",
    "when": {"has": [{"fact": "member.classes"}, "diabetes"]},
    "effects": [{"effect": "segment", "segment": "care"}],
}


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms(NOW))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        await publish(running, CARE)
        issued = await running.services.access.issue_token(
            running.operator, role="office", label="care", also=frozenset({HEALTH_READ})
        )
        running.tokens["care"] = issued.token
        for name, atc in (("metformin", "A10BA02"), ("allopurinol", "M04AA01"), ("plaster", None)):
            body = {"name": name, "article_class": "parapharmacy", "codes": [CODES[name]], "price_minor": 900}
            reply = await running.put(f"articles/{name}", body | ({} if atc is None else {"atc": atc}))
            assert reply.status == 200, reply.body
        yield running


async def buy(central: CentralUnderTest, name: str, uid: str | None = None) -> Any:
    sale = sold(central, [(CODES[name], 1, 900)], holder=by_uid(uid) if uid else None)
    assert (await central.post("sales", sale)).status == 200
    return sale


async def agree(central: CentralUnderTest, member_id: str = MEMBER, *, is_given: bool = True) -> None:
    body = {"is_given": is_given}
    assert (await central.put(f"members/{member_id}/consents/health", body)).status == 200


async def classes_of(central: CentralUnderTest, member_id: str = MEMBER) -> Any:
    await central.services.standings.keep(GROUP)
    reply = await central.get(f"members/{member_id}/classes", token="care")
    assert reply.status == 200, reply.body
    return reply.body["classes"]


async def test_classes_come_with_consent_and_go_with_it(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await buy(central, "metformin")
    assert await classes_of(central) is None, "nothing is looked at without consent"
    await agree(central)
    assert [each["segment"] for each in await classes_of(central)] == ["diabetes"]
    gout = await buy(central, "allopurinol")
    assert [each["segment"] for each in await classes_of(central)] == ["diabetes", "gout"]
    clock.now_ms += 1000
    await central.post(f"sales/{gout['sale_id']}/returns", returned(central, [(1, 1)]))
    held = {each["segment"]: each["to_ms"] for each in await classes_of(central)}
    assert held == {"diabetes": None, "gout": clock.now_ms}, "what came back makes no class"
    clock.now_ms += 366 * DAY_MS
    assert all(each["to_ms"] is not None for each in await classes_of(central)), "a year is over"
    await agree(central, is_given=False)
    assert await classes_of(central) is None
    await agree(central)
    assert await classes_of(central) == [], "its history went too"


async def test_a_segment_of_health_is_for_who_may_and_each_look_is_logged(central: CentralUnderTest) -> None:
    for uid in (None, OTHER_UID):
        await buy(central, "metformin", uid)
    await agree(central)
    await central.services.standings.keep(GROUP)
    path = "segments/care/members"
    assert (await central.get(path, token="office")).code == "permission_missing"
    assert (await central.get(path, token="care")).body["members"] == [MEMBER], "the other did not agree"
    reads = (await central.get(f"members/{MEMBER}/reads", token="office")).body["reads"]
    assert [(each["actor"], each["purpose"]) for each in reads] == [
        (await token_id(central), "segment: care")
    ]
    for member_id in (MEMBER, OTHER_MEMBER):
        refused = await central.get(f"segments/care/explanation/{member_id}", token="office")
        assert refused.code == "permission_missing"
    ask = {"when": {"has": [{"fact": "member.classes"}, "gout"]}}
    assert (await central.post("segments/ask", ask, token="office")).code == "permission_missing"
    count = "segments/care/count"
    assert (await central.get(count, token="office")).body["members"] is None, f"below {HEALTH_COUNT_MIN}"
    assert (await central.get(count, token="care")).body["members"] == 1
    history = f"members/{MEMBER}/segments"
    assert (await central.get(history, token="office")).body["segments"] == []
    assert [each["segment"] for each in (await central.get(history, token="care")).body["segments"]] == [
        "care"
    ]
    assert (await central.get(f"members/{MEMBER}/classes", token="office")).code == "permission_missing"


async def token_id(central: CentralUnderTest) -> str:
    tokens = await central.services.store.list_tokens(GROUP)
    return next(each.token_id for each in tokens if each.label == "care" and HEALTH_READ in each.permissions)


async def test_a_count_of_many_is_told_without_naming_anybody(central: CentralUnderTest) -> None:
    for number in range(HEALTH_COUNT_MIN):
        card = f"29110000{number:04}1"
        body = {"member_id": f"m-{number}", "family_name": "Rey", "card_number": card}
        assert (await central.post("members", body, token="office")).status == 200
        await agree(central, f"m-{number}")
        sale = sold(central, [(CODES["metformin"], 1, 900)], holder={"medium": "typed", "value": card})
        assert (await central.post("sales", sale)).status == 200
    await central.services.standings.keep(GROUP)
    count = await central.get("segments/care/count", token="office")
    assert count.body["members"] == HEALTH_COUNT_MIN


async def test_what_no_article_feeds_is_told_as_unfed(central: CentralUnderTest) -> None:
    listed = (await central.get("classes", token="office")).body["classes"]
    assert len(listed) == 65
    assert {each["name"] for each in listed if each["codes"]} == {"diabetes", "gout"}
    diabetes = next(each for each in listed if each["name"] == "diabetes")
    assert diabetes["groups"] == ["A10A", "A10B", "A10X"]
    assert "BMC Public Health 2013" in diabetes["source"]
    body = {"name": "metformin", "article_class": "parapharmacy", "codes": [CODES["metformin"]]}
    kept = await central.put("articles/metformin", body)
    assert kept.status == 200
    assert (await central.get("articles/metformin", token="office")).body["atc"] == "A10BA02", "it stays"


async def test_nothing_in_the_open_tells_a_class(central: CentralUnderTest, tmp_path: Path) -> None:
    await agree(central)
    await buy(central, "metformin")
    assert await classes_of(central)
    connection = apsw.Connection(str(tmp_path / "central.db"), flags=apsw.SQLITE_OPEN_READONLY)
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if table in ("pharmacy_group", "programme_version"):
            continue
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            told = b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in row)
            assert b"diabetes" not in told, table
            assert b"|care|" not in told, table
    assert connection.execute("SELECT count(*) FROM segment_member").get == 0
    connection.close()
