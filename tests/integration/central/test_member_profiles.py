"""Profiles as data over HTTP: own fields with purpose, retention and eyes, at enrolment and for rules."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from central.services.core.access import HEALTH_READ
from loyalty.rules.reading import ProgrammeInvalid
from tests.central_fixture import GROUP, MEMBER, SUN_CREAM, CentralUnderTest, Reply, a_central, a_sale
from tests.integration.central.publishing import ms, publish
from tests.movable_clock import MovableClock

NOW = "2026-11-22T12:00:00+01:00"
DAY_MS = 86_400_000


def a_field(name: str, kind: str, **changed: Any) -> dict[str, Any]:
    field = {
        "field": name,
        "kind": kind,
        "purpose": f"why {name}",
        "basis": "contract",
        "retention_months": 12,
        "see": ["office"],
    }
    return field | changed


FIELDS = [
    a_field("insurance", "choice", choices=["railway", "city"]),
    a_field("children", "number"),
    a_field("wedding", "date", retention_months=1),
    a_field("nickname", "text", see=["counter"]),
    a_field("allergy", "text", basis="health_consent", see=["care"]),
]
PROFILES = [{"profile": "family", "fields": FIELDS}, {"profile": "single"}]
GIFT = {"effect": "points_fixed", "points": 100, "per": "ticket"}
RAILWAY = {
    "id": "railway",
    "version": 1,
    "kind": "campaign",
    "when": {
        "and": [
            {"eq": [{"fact": "member.profile"}, "family"]},
            {"has": [{"fact": "member.choices"}, "insurance=railway"]},
        ]
    },
    "effects": [GIFT],
}


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms(NOW))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        await publish(running, RAILWAY, profiles=PROFILES)
        issued = await running.services.access.issue_token(
            running.operator, role="office", label="care", also=frozenset({HEALTH_READ})
        )
        running.tokens["care"] = issued.token
        yield running


async def change(central: CentralUnderTest, body: dict[str, Any], member_id: str = MEMBER) -> Reply:
    return await central.call("PATCH", f"members/{member_id}/profile", body, token="office")


async def get(central: CentralUnderTest, token: str = "office", member_id: str = MEMBER) -> Any:
    reply = await central.get(f"members/{member_id}/profile", token=token)
    assert reply.status == 200, reply.body
    return reply.body


def values(view: Any) -> dict[str, Any]:
    return {each["field"]: each["value"] for each in view["fields"]}


async def test_a_profile_is_chosen_at_enrolment_and_drives_a_benefit(central: CentralUnderTest) -> None:
    card = "2900000000116"
    body = {
        "member_id": "m-new",
        "family_name": "Li",
        "card_number": card,
        "profile": "family",
        "profile_fields": {"insurance": "railway", "children": 2},
        "preferred_channel": "sms",
        "preferred_payment": "cash",
    }
    for _ in range(2):
        assert (await central.post("members", body, token="office")).status == 200
    view = await get(central, member_id="m-new")
    assert (view["profile"], view["preferred_channel"], view["preferred_payment"]) == (
        "family",
        "sms",
        "cash",
    )
    assert view["fields"] == [
        {
            "field": "children",
            "value": 2,
            "purpose": "why children",
            "basis": "contract",
            "until": "2027-11-22",
        },
        {
            "field": "insurance",
            "value": "railway",
            "purpose": "why insurance",
            "basis": "contract",
            "until": "2027-11-22",
        },
    ]
    holder = {"medium": "typed", "value": card}
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)], holder=holder))
    assert sold.body["points"] == 110
    await change(central, {"fields": {"insurance": "city"}}, "m-new")
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)], holder=holder))
    assert sold.body["points"] == 10
    asked = {"when": {"eq": [{"fact": "member.profile"}, "family"]}}
    await central.services.standings.keep(GROUP)
    found = (await central.post("segments/ask", asked, token="office")).body
    assert (found["members"], found["is_sealed"]) == (["m-new"], True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"profile": "familly"}, "profile_unknown"),
        ({"profile": "family", "fields": {"shoe_size": 42}}, "field_without_purpose"),
        ({"profile": "single", "fields": {"children": 1}}, "field_without_purpose"),
        ({"profile": "family", "fields": {"children": "two"}}, "profile_value_invalid"),
        ({"profile": "family", "fields": {"insurance": "boat"}}, "profile_value_invalid"),
        ({"profile": "family", "fields": {"wedding": "2026-02-30"}}, "profile_value_invalid"),
        ({"profile": "family", "fields": {"allergy": "nuts"}}, "field_needs_consent"),
    ],
)
async def test_what_the_profile_has_no_purpose_for_is_refused_and_nothing_changes(
    central: CentralUnderTest, body: dict[str, Any], code: str
) -> None:
    assert (await change(central, body | {"preferred_channel": "sms"})).code == code
    assert (await get(central))["preferred_channel"] == ""


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "   "}, "purpose"),
        ({"basis": "curiosity"}, "basis"),
        ({"retention_months": 0}, "retention_months"),
        ({"see": []}, "see"),
        ({"kind": "choice"}, "choices"),
        ({"basis": "health_consent"}, "care alone"),
    ],
)
async def test_a_field_without_purpose_ground_retention_or_eyes_is_not_published(
    central: CentralUnderTest, changed: dict[str, Any], place: str
) -> None:
    wrong = [{"profile": "p", "fields": [a_field("x", "text") | changed]}]
    with pytest.raises(ProgrammeInvalid, match=place):
        await publish(central, profiles=wrong)


async def test_each_field_is_for_the_eyes_it_names_and_health_needs_the_members_word(
    central: CentralUnderTest,
) -> None:
    await central.put(f"members/{MEMBER}/consents/health", {"is_given": True})
    fields = {"children": 3, "nickname": "Annie", "allergy": "nuts"}
    assert (await change(central, {"profile": "family", "fields": fields})).status == 200
    assert values(await get(central)) == {"children": 3, "nickname": "Annie"}, "an office identifies too"
    assert values(await get(central, "care")) == fields
    await central.put(f"members/{MEMBER}/consents/health", {"is_given": False})
    assert "allergy" not in values(await get(central, "care"))


async def test_a_field_is_forgotten_when_its_time_is_over_or_its_profile_gone(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    fields = {"wedding": "2010-05-01", "children": 3}
    await change(central, {"profile": "family", "fields": fields})
    clock.now_ms = ms("2026-12-22T23:00:00+01:00")
    assert values(await get(central)) == fields
    store = central.services.store
    before = await store.find_member(GROUP, MEMBER)
    clock.now_ms = ms("2026-12-23T12:00:00+01:00")
    assert values(await get(central)) == {"children": 3}
    await central.services.standings.keep(GROUP)
    after = await store.find_member(GROUP, MEMBER)
    assert before is not None
    assert after is not None
    assert before.person_sealed != after.person_sealed, "taken out of the sealed record itself"
    await change(central, {"profile": "single"})
    assert values(await get(central)) == {}
    await change(central, {"profile": "family"})
    assert values(await get(central)) == {}, "what was dropped does not come back"


async def test_values_stand_nowhere_in_the_open(central: CentralUnderTest, tmp_path: Path) -> None:
    await change(central, {"profile": "family", "fields": {"nickname": "Zwirbeli", "insurance": "railway"}})
    await central.services.standings.keep(GROUP)
    connection = apsw.Connection(str(tmp_path / "central.db"), flags=apsw.SQLITE_OPEN_READONLY)
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if table in ("pharmacy_group", "programme_version"):
            continue  # where the fields are defined
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            told = b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in row)
            assert b"Zwirbeli" not in told, table
            assert b"railway" not in told, table
    connection.close()
