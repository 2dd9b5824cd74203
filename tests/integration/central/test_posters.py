"""Posters and the logo over the API: put whole, refused with the reason, fetched by their hash."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from loyalty.limits.pictures import POSTERS_MAX
from tests.central_fixture import CentralUnderTest
from tests.picture_files import a_picture, a_poster, in_base64


async def _file(central: CentralUnderTest, sha256: str) -> bytes:
    reply = await central.get(f"pictures/{sha256}")
    assert reply.status == 200
    content: bytes = reply.body
    return content


async def test_a_poster_is_told_to_the_terminals_of_its_shops_and_fetched_by_its_hash(
    central: CentralUnderTest,
) -> None:
    put = await central.put("posters/sun", a_poster(hours="Mo-Fr 08:00-12:00"))
    assert put.status == 200
    assert put.body["week"][0] == {"weekday": 0, "from_min": 480, "to_min": 720}
    told = (await central.get("posters")).body["posters"]
    assert told == [put.body]
    for one in told[0]["pictures"]:
        content = await _file(central, one["sha256"])
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert len(content) == one["bytes"]
        assert Image.open(io.BytesIO(content)).size == (one["width"], one["height"])
    assert (await central.put("posters/sun", a_poster(shops=["lac-2"]))).status == 200
    assert (await central.get("posters")).body["posters"] == []  # the terminal stands in lac-1
    everything = (await central.get("posters", token="office")).body["posters"]
    assert [one["poster_id"] for one in everything] == ["sun"]


async def test_words_change_while_the_picture_stays(central: CentralUnderTest) -> None:
    before = (await central.put("posters/sun", a_poster())).body
    changed = a_poster(texts={"fr": "Jusqu’à samedi"}, has_picture=False)
    after = (await central.put("posters/sun", changed)).body
    assert (after["texts"], after["pictures"]) == ({"fr": "Jusqu’à samedi"}, before["pictures"])


async def test_a_poster_that_is_over_is_told_to_no_terminal(central: CentralUnderTest) -> None:
    await central.put("posters/old", a_poster(from_day="2020-01-01", to_day="2020-02-01"))
    assert (await central.get("posters")).body["posters"] == []
    assert len((await central.get("posters", token="office")).body["posters"]) == 1


async def test_a_poster_taken_down_is_gone_with_its_picture(central: CentralUnderTest) -> None:
    put = (await central.put("posters/sun", a_poster())).body
    assert (await central.call("DELETE", "posters/sun", token="office")).status == 200
    assert (await central.get("posters")).body["posters"] == []
    gone = await central.get(f"pictures/{put['pictures'][0]['sha256']}")
    assert (gone.status, gone.code) == (404, "picture_not_found")
    again = await central.call("DELETE", "posters/sun", token="office")
    assert (again.status, again.code) == (404, "poster_not_found")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"aloud": {"fr": "Un soleil"}}, "poster_incomplete"),
        ({"texts": {"de": "Sonne"}}, "poster_incomplete"),
        ({"to_day": "2025-12-31"}, "days_invalid"),
        ({"from_day": "2026-02-30"}, "days_invalid"),
        ({"to_day": "2027-12-31"}, "poster_incomplete"),
        ({"hours": "whenever"}, "hours_invalid"),
        ({"shops": ["nowhere"]}, "shop_not_found"),
        ({"picture": b"GIF89a"}, "picture_unusable"),
        ({"has_picture": False}, "poster_incomplete"),
        ({"titles": {"rm": "Sulegl"}}, "schema_mismatch"),
    ],
)
async def test_a_poster_that_cannot_hang_is_refused_and_nothing_is_kept(
    central: CentralUnderTest, changed: dict[str, Any], code: str
) -> None:
    reply = await central.put("posters/sun", a_poster(**changed))
    assert (reply.status >= 400, reply.code) == (True, code)
    assert (await central.get("posters", token="office")).body["posters"] == []


async def test_a_group_has_so_many_posters_and_no_more(central: CentralUnderTest) -> None:
    small = a_picture(size=(960, 640))
    for number in range(POSTERS_MAX):
        assert (await central.put(f"posters/p{number}", a_poster(picture=small))).status == 200
    reply = await central.put("posters/one-more", a_poster(picture=small))
    assert reply.code == "too_many_posters"
    assert (await central.put("posters/p0", a_poster(picture=small, shops=["lac-1"]))).status == 200


@pytest.mark.parametrize("token", ["terminal", "importer"])
async def test_only_head_office_hangs_posters(central: CentralUnderTest, token: str) -> None:
    assert (await central.put("posters/sun", a_poster(), token=token)).code == "permission_missing"
    assert (await central.put("group/logo", {"picture": None}, token=token)).code == "permission_missing"


async def test_a_logo_is_told_with_the_group_and_taken_away_again(central: CentralUnderTest) -> None:
    logo = a_picture((11, 107, 79), (600, 200))
    put = await central.put("group/logo", {"picture": in_base64(logo)})
    assert put.status == 200
    assert (await central.get("group")).body["logo"] == put.body["logo"]["sha256"]
    assert (await _file(central, put.body["logo"]["sha256"])).startswith(b"\x89PNG")
    assert (await central.put("group/theme", {"name": "Lac", "brand": "#5B2A86"})).status == 200
    assert (await central.get("group")).body["logo"] == put.body["logo"]["sha256"]
    pale = await central.put("group/logo", {"picture": in_base64(a_picture((255, 255, 250), (600, 200)))})
    assert pale.code == "picture_unusable"
    assert (await central.get("group")).body["logo"] == put.body["logo"]["sha256"]
    assert (await central.put("group/logo", {"picture": None})).body == {"logo": None}
    assert (await central.get("group")).body["logo"] == ""
    assert (await central.get(f"pictures/{put.body['logo']['sha256']}")).code == "picture_not_found"
