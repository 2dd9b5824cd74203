"""The group's news: scheduled by days, refused where no screen could show them."""

import pytest

from central.services.core.days import DaysInvalid
from central.services.core.group import GroupSettings
from tests.central_fixture import GROUP, CentralUnderTest
from wire.api_catalogue import NoticeView


def news(title: str = "Soldes", from_day: str = "", to_day: str = "") -> NoticeView:
    return NoticeView(title={"fr": title}, text={"fr": "partout"}, from_day=from_day, to_day=to_day)


async def put(central: CentralUnderTest, *notices: NoticeView) -> None:
    group = await central.services.groups.get(GROUP)
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=GroupSettings(notices=notices),
    )


async def test_terminals_are_told_from_when_until_when(central: CentralUnderTest) -> None:
    await put(central, news(from_day="2026-11-20", to_day="2026-11-28"), news("Toujours"))
    told = (await central.get("group")).body["notices"]
    assert [(one["from_day"], one["to_day"]) for one in told] == [("2026-11-20", "2026-11-28"), ("", "")]


@pytest.mark.parametrize(
    "wrong", [news(from_day="2026-11-28", to_day="2026-11-20"), news(to_day="2026-02-30")]
)
async def test_news_that_no_screen_could_show_are_refused(
    central: CentralUnderTest, wrong: NoticeView
) -> None:
    await put(central, news("Avant"))
    with pytest.raises(DaysInvalid):
        await put(central, news(), wrong)
    assert [one["title"]["fr"] for one in (await central.get("group")).body["notices"]] == ["Avant"]
