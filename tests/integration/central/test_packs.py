"""A scanned pack: what it is, its price here and for whoever asks, the group's text, the shop's stock."""

from typing import Any

from tests.central_fixture import (
    CARD,
    FIRST_MILK,
    PRESCRIPTION,
    SUN_CREAM,
    UID,
    UNCLASSIFIED,
    UNPRICED,
    CentralUnderTest,
)
from tests.integration.central.publishing import publish

IRON = "2000000000060"
HOLDER = {"medium": "nfc_uid", "value": UID}
SUN_OFFER = {
    "id": "sun",
    "version": 1,
    "kind": "promotion",
    "when": {"fact": "member.is_known"},
    "lines": {"eq": [{"fact": "line.article_id"}, "sun-cream"]},
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}],
}


async def ask(central: CentralUnderTest, code: str, **more: Any) -> dict[str, Any]:
    reply = await central.post("packs", {"code": code, **more})
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def test_a_member_hears_the_own_price_and_why_and_a_visitor_the_one_on_the_shelf(
    central: CentralUnderTest,
) -> None:
    await publish(central, SUN_OFFER)
    told = await ask(central, SUN_CREAM, holder=HOLDER)
    assert (told["name"], told["price_minor"], told["total_minor"]) == ("sun-cream", 1990, 1791)
    assert told["points"] == 17
    assert [(each["rule_id"], each["amount_minor"], each["points"]) for each in told["reasons"]] == [
        ("sun", -199, 0),
        ("base", 0, 17),
    ]
    anybody = await ask(central, SUN_CREAM)
    assert (anybody["total_minor"], anybody["points"], anybody["reasons"]) == (1990, 0, [])


async def test_the_price_is_the_one_a_ticket_then_has(central: CentralUnderTest) -> None:
    await publish(central, SUN_OFFER)
    told = await ask(central, SUN_CREAM, holder=HOLDER)
    basket = {"currency": "CHF", "lines": [{"line_no": 1, "code": SUN_CREAM, "quantity": 1}]}
    quoted = await central.post("quotes", {"basket": basket, "holder": HOLDER})
    assert (quoted.body["total_minor"], quoted.body["points"]) == (told["total_minor"], told["points"])


async def test_what_may_tell_of_health_has_no_name_beside_a_card_without_its_pin(
    central: CentralUnderTest,
) -> None:
    for code in (PRESCRIPTION, FIRST_MILK, UNCLASSIFIED):
        beside = await ask(central, code, holder=HOLDER)
        assert (beside["name"], beside["is_named"], beside["texts"]) == ("", False, {})
        assert beside["nothing"] == ("" if code == PRESCRIPTION else "law")
        assert (await ask(central, code))["name"], "nobody stands there whom it could tell of"
    assert (await ask(central, SUN_CREAM, holder=HOLDER))["is_named"]


async def test_where_a_pack_is_not_named_no_rule_is_either_and_the_sum_is_told(
    central: CentralUnderTest,
) -> None:
    of_all = SUN_OFFER | {"id": "iron-weeks", "lines": {"fact": "member.is_known"}}
    await publish(central, of_all)
    iron = {"name": "iron", "article_class": "food_supplement", "codes": [IRON], "price_minor": 4000}
    assert (await central.put("articles/iron", iron)).status == 200
    named = await ask(central, SUN_CREAM, holder=HOLDER)
    assert [each["rule_id"] for each in named["reasons"]] == ["iron-weeks", "base"]
    hidden = await ask(central, IRON, holder=HOLDER)
    assert (hidden["is_named"], hidden["total_minor"], hidden["points"] > 0) == (False, 3600, True)
    assert hidden["reasons"] == [
        {"rule_id": "", "code": "all", "amount_minor": -400, "points": hidden["points"]}
    ]


async def test_the_group_s_words_stand_where_the_law_lets_them(central: CentralUnderTest) -> None:
    texts = {"fr": "Bien agiter.", "de": "Gut schütteln."}
    for article in ("sun-cream", "prescription", "unclassified"):
        assert (await central.put(f"articles/{article}/text", {"texts": texts})).status == 200
    assert (await ask(central, SUN_CREAM))["texts"] == texts
    assert (await ask(central, PRESCRIPTION))["texts"] == {}, "no advertising of prescription medicines"
    assert (await ask(central, UNCLASSIFIED))["texts"] == {}
    assert (await central.put("articles/sun-cream/text", {"texts": {}})).body["texts"] == {}
    assert (await ask(central, SUN_CREAM))["texts"] == {}
    refused = await central.put("articles/nothing/text", {"texts": {}})
    assert (refused.status, refused.code) == (404, "article_not_found")
    assert (await central.put("articles/sun-cream/text", {"texts": {}}, token="terminal")).status == 403


async def test_the_stock_is_of_this_shop_and_of_the_latest_word(central: CentralUnderTest) -> None:
    now_ms = central.clock()
    assert (await ask(central, SUN_CREAM))["stock"] is None

    async def put(units: int, as_of_ms: int, code: str = SUN_CREAM) -> dict[str, Any]:
        levels = [{"code": code, "units": units}]
        return dict((await central.put("shops/lac-1/stock", {"as_of_ms": as_of_ms, "levels": levels})).body)

    assert await put(6, now_ms - 1_000) == {"taken": 1, "older": 0, "unknown": []}
    assert await put(9, now_ms - 2_000) == {"taken": 0, "older": 1, "unknown": []}
    assert await put(9, now_ms, "7612345678900") == {"taken": 0, "older": 0, "unknown": ["7612345678900"]}
    assert (await ask(central, SUN_CREAM))["stock"] == {"units": 6, "as_of_ms": now_ms - 1_000}
    elsewhere = await central.post("packs", {"code": SUN_CREAM}, token="terminal_2")
    assert elsewhere.body["stock"] is None
    await put(1, now_ms + 10**9)
    stock = (await ask(central, SUN_CREAM))["stock"]
    assert stock["units"] == 1
    assert stock["as_of_ms"] <= central.clock(), "a clock that runs ahead hides no later word"


async def test_a_pack_without_a_price_says_so_and_an_unknown_one_too(central: CentralUnderTest) -> None:
    told = await ask(central, UNPRICED, holder=HOLDER)
    assert (told["name"], told["price_minor"], told["total_minor"]) == ("unpriced", None, None)
    unknown = await central.post("packs", {"code": "7612345678900"})
    assert (unknown.status, unknown.code) == (404, "article_not_found")
    assert (await central.post("packs", {"code": SUN_CREAM}, token="office")).status == 403
    typed = await ask(central, SUN_CREAM, holder={"medium": "typed", "value": CARD})
    assert typed["total_minor"] == 1990


async def test_a_question_leaves_nothing_behind(central: CentralUnderTest) -> None:
    async def kept() -> tuple[object, object]:
        reads = await central.get("members/m-anne/reads", token="office")
        events = await central.services.store.list_events("lac", 0, 1_000)
        return reads.body, [(each.seq, each.kind) for each in events]

    before = await kept()
    await ask(central, PRESCRIPTION, holder=HOLDER)
    assert await kept() == before
