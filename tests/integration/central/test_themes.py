"""The group's names and colours over the API: all else of the group stays as it is."""

import pytest

from central.services.core.group import GroupSettings
from central.services.group.themes import ThemeIllegible
from tests.central_fixture import GROUP, CentralUnderTest


async def test_a_theme_is_changed_and_all_else_of_the_group_stays(central: CentralUnderTest) -> None:
    before, row = (await central.get("group")).body, (await central.services.groups.get(GROUP)).row
    reply = await central.put("group/theme", {"name": "Lac", "names": {"zh": "药房"}, "brand": "#5b2a86"})
    assert (reply.status, reply.body["brand"]) == (200, "#5B2A86")
    after, row_after = (await central.get("group")).body, (await central.services.groups.get(GROUP)).row
    told = {name: after[name] for name in ("name", "names", "brand", "brand_tint")}
    assert told == {name: reply.body[name] for name in told}
    assert {**after, "now_ms": 0} == {**before, **told, "now_ms": 0}
    assert (row_after.programme, row_after.ruleset_version) == (row.programme, row.ruleset_version)


async def test_colours_that_cannot_be_read_are_refused_and_change_nothing(central: CentralUnderTest) -> None:
    before = (await central.get("group")).body
    reply = await central.put("group/theme", {"name": "Lac", "brand": "#F2C200"})
    assert (reply.status, reply.code) == (422, "theme_illegible")
    assert "White text on the brand #F2C200" in reply.body["detail"]
    assert "the nearest darker brand that passes" in reply.body["detail"]
    assert (await central.get("group")).body["brand"] == before["brand"]


@pytest.mark.parametrize("token", ["terminal", "importer"])
async def test_only_head_office_changes_the_theme(central: CentralUnderTest, token: str) -> None:
    reply = await central.put("group/theme", {"name": "Lac", "brand": "#5B2A86"}, token=token)
    assert reply.status == 403


async def test_settings_are_held_to_the_same_colours_when_these_change(central: CentralUnderTest) -> None:
    group = await central.services.groups.get(GROUP)
    with pytest.raises(ThemeIllegible):
        await central.services.groups.put_group(
            central.operator,
            name=group.row.name,
            country="CH",
            currency="CHF",
            programme=group.row.programme,
            settings=GroupSettings(brand="#F2C200"),
        )
