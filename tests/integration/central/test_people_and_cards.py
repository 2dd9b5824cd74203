"""Members, cards, quotes and reservations over HTTP."""

import asyncio
import json
from pathlib import Path

import apsw
import pytest

from central.services.core.group import GroupSettings
from tests.central_fixture import (
    BLOCKED_CARD,
    CARD,
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    STOCK_CARD,
    SUN_CREAM,
    UNCLASSIFIED,
    CentralUnderTest,
    a_basket,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.helpers import eventually


async def test_a_tap_shows_the_balance_and_what_it_may(central: CentralUnderTest) -> None:
    await central.post("sales", a_sale(central))
    reply = await central.post("identify", {"evidence": by_uid()})

    assert (reply.status, reply.body["card_number"], reply.body["strength"]) == (200, CARD, "nfc_uid")
    assert reply.body["profile"]["points"] == 39
    assert "block_card" in reply.body["profile"]["may"]
    assert "redeem" not in reply.body["profile"]["may"]


async def test_a_typed_number_shows_a_range_only(central: CentralUnderTest) -> None:
    await central.post("sales", a_sale(central))
    profile = (await central.post("identify", {"evidence": by_number()})).body["profile"]

    assert (profile["points"], profile["points_from"], profile["points_to"]) == (None, 0, 100)
    assert (profile["tickets"], profile["points_today"], profile["milestone"]) == ([], 0, None)


async def test_a_blocked_card_is_refused_and_its_replacement_keeps_the_balance(
    central: CentralUnderTest,
) -> None:
    await central.post("sales", a_sale(central))
    blocked = await central.post("cards/block", {"card_number": CARD, "reason": "lost"})
    again = await central.post("cards/block", {"card_number": CARD, "reason": "stolen"})
    refused = await central.post("identify", {"evidence": by_uid()})
    swap = {"card_number": CARD, "new_card_number": STOCK_CARD, "new_uid": ""}
    new = await central.post("cards/replace", swap, token="office")
    repeated = await central.post("cards/replace", swap, token="office")
    old = await central.post("identify", {"evidence": by_uid()})

    assert (blocked.body["state"], again.body["reason"]) == ("blocked", "lost")
    assert (refused.status, refused.code) == (422, "blocked_card")
    assert (new.body["card_number"], new.body["state"], new.body["member_id"]) == (
        STOCK_CARD,
        "active",
        MEMBER,
    )
    assert repeated.body == new.body
    assert old.code == "replaced_card"
    assert await central.points_of() == 39


async def test_a_stock_card_becomes_active_for_a_member(central: CentralUnderTest) -> None:
    body = {"card_number": STOCK_CARD, "member_id": OTHER_MEMBER}
    refused = await central.post("cards/validate", {"card_number": STOCK_CARD}, token="office")
    done = await central.post("cards/validate", body, token="office")
    stolen = await central.post("cards/validate", body | {"member_id": MEMBER}, token="office")

    assert refused.code == "card_member_mismatch"
    assert (done.body["state"], done.body["member_id"]) == ("active", OTHER_MEMBER)
    assert (stolen.status, stolen.code) == (409, "card_taken")


async def test_an_expired_card_is_refused(central: CentralUnderTest) -> None:
    body = {"card_number": "29000001", "member_id": MEMBER, "valid_until_ms": central.clock() - 1}
    await central.post("cards", body, token="office")

    assert (await central.post("identify", {"evidence": by_number("29000001")})).code == "expired_card"


async def test_enrolment_is_repeatable_and_a_used_id_is_a_conflict(central: CentralUnderTest) -> None:
    body = {"member_id": "m-new", "family_name": "Keller", "given_name": "Urs", "email": "urs@example.ch"}
    first = await central.post("members", body, token="office")
    again = await central.post("members", body, token="office")
    other = await central.post("members", body | {"family_name": "Meier"}, token="office")

    assert (first.status, first.body["family_name"], first.body["email"]) == (200, "Keller", "urs@example.ch")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body == first.body
    assert (other.status, other.code) == (409, "idempotency_conflict")


async def test_enrolment_names_members_who_may_be_the_same_person(central: CentralUnderTest) -> None:
    for member_id, contact in (
        ("m-1", {"email": "Eva.Keller@example.ch"}),
        ("m-2", {"phone": "0041 79 555 12 12"}),
        ("m-3", {"email": "somebody@example.ch"}),
    ):
        alone = await central.post(
            "members", {"member_id": member_id, "family_name": "Keller", **contact}, token="office"
        )
        assert alone.body["possible_duplicates"] == []
    contact = {"email": "eva.keller@example.ch", "phone": "+41 79 555 12 12"}
    reply = await central.post("members", {"member_id": "m-4", "family_name": "K", **contact}, token="office")

    assert (reply.status, reply.body["possible_duplicates"]) == (200, ["m-1", "m-2"])
    assert (await central.get("members/m-4", token="office")).body["possible_duplicates"] == []


async def test_enrolment_with_a_card_that_is_taken_writes_nothing(central: CentralUnderTest) -> None:
    body = {"member_id": "m-new", "family_name": "Keller", "card_number": CARD}
    reply = await central.post("members", body, token="office")

    assert (reply.status, reply.code) == (409, "idempotency_conflict")
    assert CARD not in json.dumps(reply.body)
    assert (await central.get("members/m-new", token="office")).code == "member_not_found"


async def test_enrolment_refuses_what_is_not_well_formed(central: CentralUnderTest) -> None:
    body = {"member_id": "m-new", "family_name": "Keller", "email": "nowhere"}
    reply = await central.post("members", body, token="office")

    assert (reply.status, reply.code) == (422, "enrolment_invalid")
    assert "nowhere" not in json.dumps(reply.body)


async def test_nothing_personal_stands_readable_in_the_database(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await central.post(
        "members",
        {"member_id": "m-canary", "family_name": "Canarienvogel", "phone": "+41 79 555 12 12"},
        token="office",
    )
    await central.post("cards", {"card_number": "290077", "member_id": "m-canary"}, token="office")
    await central.post("sales", a_sale(central, holder=by_number("290077")))
    await central.services.store.copy_into(tmp_path / "copy.db")

    stored = await asyncio.to_thread(_read_all, tmp_path)
    assert b"m-canary" in stored
    for personal in (b"Canarienvogel", b"79 555", b"795551212"):
        assert personal not in stored


def _read_all(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.glob("*.db*"))


async def test_no_column_leads_from_a_ticket_to_its_lines(central: CentralUnderTest, tmp_path: Path) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    await central.services.store.copy_into(tmp_path / "copy.db")

    def _values(table: str) -> set[object]:
        connection = apsw.Connection(str(tmp_path / "copy.db"))
        rows = list(connection.execute(f"SELECT * FROM {table}"))
        connection.close()
        return {value for row in rows for value in row if isinstance(value, bytes) or len(str(value)) > 6}

    lines = await asyncio.to_thread(_values, "line_store_line")
    sales = await asyncio.to_thread(_values, "sale")
    members = await asyncio.to_thread(_values, "member")
    assert SUN_CREAM in lines
    assert not lines & (sales | members)


async def test_warnings_beside_a_member_name_no_article_and_are_whole_on_replay(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    sale = a_sale(central, [(UNCLASSIFIED, 1, 500), ("4000000000009", 1, 700), (SUN_CREAM, 1, 1990)])
    first = await central.post("sales", sale)
    again = await central.post("sales", sale)

    def stored() -> tuple[object, ...]:
        connection = apsw.Connection(str(tmp_path / "central.db"))
        (row,) = connection.execute("SELECT * FROM sale").fetchall()
        connection.close()
        return row

    beside_the_member = repr(await asyncio.to_thread(stored))
    assert MEMBER in beside_the_member
    assert UNCLASSIFIED not in beside_the_member
    assert "4000000000009" not in beside_the_member
    assert [each["code"] for each in first.body["warnings"]] == ["unclassified_article", "unknown_article"]
    assert UNCLASSIFIED in first.body["warnings"][0]["detail"]
    assert again.body["warnings"] == first.body["warnings"]


async def test_a_quote_promises_what_the_sale_then_gives(central: CentralUnderTest) -> None:
    basket = a_basket([(SUN_CREAM, 2, None)])
    quote = await central.post("quotes", {"basket": basket, "holder": by_uid()})
    await central.post(
        "articles/sun-cream/prices", {"price_minor": 9990, "valid_from_ms": central.clock()}, token="office"
    )
    body = a_sale(central, basket=basket, quote_id=quote.body["quote_id"])
    sale = await central.post("sales", body)
    replay = await central.post("sales", body)
    without = await central.post("sales", a_sale(central, basket=basket))

    assert (quote.body["total_minor"], quote.body["points"]) == (3980, 39)
    assert (sale.body["total_minor"], sale.body["points"]) == (3980, 39)
    assert replay.body == sale.body
    assert (without.body["total_minor"], without.body["points"]) == (19980, 199)


async def test_a_quote_writes_nothing(central: CentralUnderTest) -> None:
    before = await central.services.store.list_events("lac", 0, 200)
    for _ in range(3):
        assert (await central.post("quotes", {"basket": a_basket(), "holder": by_uid()})).status == 200

    assert list(await central.services.store.list_events("lac", 0, 200)) == list(before)
    assert await central.points_of() == 0


@pytest.mark.parametrize("changed", [{"basket": a_basket([(SUN_CREAM, 9, 1)])}, {"holder": by_number()}])
async def test_a_quote_is_for_what_was_quoted(central: CentralUnderTest, changed: dict[str, object]) -> None:
    quote_id = (await central.post("quotes", {"basket": a_basket(), "holder": by_uid()})).body["quote_id"]
    reply = await central.post("sales", a_sale(central, quote_id=quote_id, **changed))

    assert (reply.status, reply.code) == (409, "quote_mismatch")


async def test_a_quote_nobody_signed_is_refused(central: CentralUnderTest) -> None:
    quote_id = (await central.post("quotes", {"basket": a_basket(), "holder": by_uid()})).body["quote_id"]
    for forged in ("x", "é", quote_id[:-8] + "AAAAAAAA", "A" * 400):
        reply = await central.post("sales", a_sale(central, quote_id=forged))
        assert (reply.status, reply.code) == (422, "quote_invalid")


async def test_a_reservation_serves_one_sale(central: CentralUnderTest) -> None:
    quoted = {"basket": a_basket(), "holder": by_uid()}
    quote_id = (await central.post("quotes", quoted)).body["quote_id"]
    body = {"reservation_id": "r-1", "quote_id": quote_id, "quote": quoted}
    first = await central.post("reservations", body)
    again = await central.post("reservations", body)
    sale = a_sale(central, reservation_id="r-1")
    done = await central.post("sales", sale)
    replay = await central.post("sales", sale)
    other = await central.post("sales", a_sale(central, reservation_id="r-1"))
    unknown = await central.post("sales", a_sale(central, reservation_id="r-2"))

    assert (first.status, first.body["points"]) == (200, 39)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert (done.body["points"], replay.headers["Idempotent-Replayed"]) == (39, "true")
    assert (other.status, other.code) == (409, "reservation_used")
    assert (unknown.status, unknown.code) == (404, "reservation_not_found")
    assert await central.points_of() == 39


async def test_a_quoted_ticket_keeps_the_class_it_was_quoted_with(central: CentralUnderTest) -> None:
    quoted = {"basket": a_basket(), "holder": by_uid()}
    quote_id = (await central.post("quotes", quoted)).body["quote_id"]
    await central.post("reservations", {"reservation_id": "r-1", "quote_id": quote_id, "quote": quoted})
    article = {"name": "sun-cream", "article_class": "unknown", "codes": [SUN_CREAM], "price_minor": 1990}
    await central.put("articles/sun-cream", article)
    now = await central.post("sales", a_sale(central))
    sales = [a_sale(central, quote_id=quote_id), a_sale(central, reservation_id="r-1")]
    first = [await central.post("sales", sale) for sale in sales]
    again = [await central.post("sales", sale) for sale in sales]

    assert (now.body["points"], [each["code"] for each in now.body["warnings"]]) == (
        0,
        ["unclassified_article"],
    )
    assert [(each.body["points"], each.body["warnings"]) for each in first] == [(39, [])] * 2
    assert [each.body["lines"] for each in again] == [each.body["lines"] for each in first]


async def test_a_late_ticket_is_judged_by_the_class_of_its_moment(central: CentralUnderTest) -> None:
    early = a_sale(central)
    await eventually(lambda: central.clock() > early["occurred_ms"])
    article = {
        "name": "sun-cream",
        "article_class": "infant_milk_first_age",
        "codes": [SUN_CREAM],
        "price_minor": 1990,
    }
    await central.put("articles/sun-cream", article)
    now = await central.post("sales", a_sale(central))
    late = await central.post("sales", early)
    after = await central.post("sales", a_sale(central))

    assert [each.body["points"] for each in (now, late, after)] == [0, 39, 0]
    assert now.body["lines"][0]["reasons"][0]["article_class"] == "infant_milk_first_age"


async def test_articles_keep_their_price_history(central: CentralUnderTest) -> None:
    now_ms = central.clock()
    for price_minor, from_ms in ((2090, now_ms), (2190, now_ms + 86_400_000)):
        body = {"price_minor": price_minor, "valid_from_ms": from_ms}
        history = await central.post("articles/sun-cream/prices", body, token="office")

    assert [price["price_minor"] for price in history.body["prices"]] == [2190, 2090, 1990]
    assert (await central.get(f"articles/by-code/{SUN_CREAM}")).body["price_minor"] == 2090


async def test_a_code_belongs_to_one_article(central: CentralUnderTest) -> None:
    body = {"name": "impostor", "article_class": "cosmetic", "codes": [SUN_CREAM]}
    reply = await central.put("articles/impostor", body)

    assert (reply.status, reply.code) == (409, "idempotency_conflict")


async def test_an_unknown_class_or_time_zone_is_refused(central: CentralUnderTest) -> None:
    article = {"name": "a", "article_class": "toys", "codes": ["1"]}
    shop = {"name": "s", "country": "CH", "time_zone": "Mars/Olympus"}

    assert (await central.put("articles/a", article)).code == "unknown_article_class"
    assert (await central.put("shops/s", shop)).code == "unknown_time_zone"


async def test_the_group_says_whose_token_asks(central: CentralUnderTest) -> None:
    of_terminal = (await central.get("group")).body
    of_office = (await central.get("group", token="office")).body

    assert (of_terminal["shop"]["shop_id"], of_terminal["terminal_id"]) == ("lac-1", "t-1")
    assert (of_office["shop"], of_office["terminal_id"]) == (None, None)
    assert (of_terminal["currency"], of_terminal["currency_scale"]) == ("CHF", 2)


async def test_changed_settings_of_a_group_show_at_once(central: CentralUnderTest) -> None:
    before = (await central.get("group")).body
    group = await central.services.groups.get(GROUP)
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=GroupSettings(names={"de": "Apotheken vom See"}),
    )
    after = (await central.get("group")).body

    assert (before["names"], after["names"]) == ({"de": "See-Apotheken"}, {"de": "Apotheken vom See"})
    assert before["ruleset_version"] == after["ruleset_version"]


async def test_pages_of_articles_cover_all(central: CentralUnderTest) -> None:
    seen: list[str] = []
    following = ""
    while following is not None:
        page = (await central.get(f"articles?limit=4&after={following}")).body
        seen += [article["article_id"] for article in page["articles"]]
        following = page["next"]

    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 6


async def test_a_blocked_card_can_be_found(central: CentralUnderTest) -> None:
    reply = await central.post("cards/find", {"card_number": BLOCKED_CARD}, token="office")

    assert (reply.body["state"], reply.body["reason"]) == ("blocked", "lost")


async def test_blocking_a_card_many_times_at_once_blocks_it_once(central: CentralUnderTest) -> None:
    block = {"card_number": CARD, "reason": "lost"}
    replies = await in_parallel([central.post("cards/block", block) for _ in range(12)])
    events = [event.kind for event in await central.services.store.list_events(GROUP, 0, 200)]

    assert {(reply.status, reply.body["state"]) for reply in replies} == {(200, "blocked")}
    assert events.count("card.blocked") == 2  # one when the small group was made


async def test_validating_a_stock_card_many_times_at_once_gives_it_to_one_member(
    central: CentralUnderTest,
) -> None:
    replies = await in_parallel(
        [
            central.post("cards/validate", {"card_number": STOCK_CARD, "member_id": member}, token="office")
            for member in (MEMBER, OTHER_MEMBER) * 6
        ]
    )
    owner = (await central.post("cards/find", {"card_number": STOCK_CARD}, token="office")).body["member_id"]

    assert {reply.body["member_id"] for reply in replies if reply.status == 200} == {owner}
    assert {reply.code for reply in replies if reply.status != 200} == {"card_taken"}
    assert sum(reply.status == 200 for reply in replies) == 6


async def test_replacing_a_card_many_times_at_once_replaces_it_once(central: CentralUnderTest) -> None:
    swap = {"card_number": CARD, "new_card_number": STOCK_CARD, "new_uid": ""}
    replies = await in_parallel([central.post("cards/replace", swap, token="office") for _ in range(12)])

    assert {(reply.status, reply.body["card_number"]) for reply in replies} == {(200, STOCK_CARD)}
