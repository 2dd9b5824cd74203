"""Today's offers for a member, and why: theirs first, never what ended or is used up (C-30, P-18)."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.central_fixture import CARD, GROUP, MEMBER, CentralUnderTest, a_central, by_number, by_uid
from tests.helpers import shops_day
from tests.integration.central.claim_rules import publish
from tests.integration.central.test_vouchers import earn
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000
KNOWN = {"fact": "member.is_known"}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


def offer(name: str, when: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A tenth off."""
    effects = [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}]
    return {"id": name, "version": 1, "kind": "promotion", "when": when, "effects": effects} | options


def day(central: CentralUnderTest, away: int) -> str:
    return (shops_day(central.clock()) + timedelta(days=away)).isoformat()


async def offered(central: CentralUnderTest, *rules: dict[str, Any], unnamed: str = "") -> list[Any]:
    """These rules, each with its id as its name, as the member is told of them."""
    await publish(central, *rules, segments=["diabetics"])
    group = await central.services.groups.get(GROUP)
    names = {each["id"]: {"en": each["id"]} for each in rules if each["id"] != unnamed}
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=msgspec.structs.replace(group.settings, rule_names=names),
    )
    return await told(central)


async def told(central: CentralUnderTest) -> list[Any]:
    reply = await central.post("holders/promotions", {"holder": by_uid()})
    assert reply.status == 200, reply.body
    return list(reply.body["promotions"])


def ids(promotions: list[Any]) -> list[str]:
    return [each["rule_id"] for each in promotions]


async def test_a_members_own_offers_come_first_with_the_reason_and_the_last_day(
    central: CentralUnderTest,
) -> None:
    assert (
        await central.call(
            "PATCH",
            f"members/{MEMBER}/traits",
            {"tier": "gold", "join_segments": ["diabetics"]},
            token="office",
        )
    ).status == 200
    offers = await offered(
        central,
        offer("all", KNOWN),
        offer(
            "gold",
            {"and": [KNOWN, {"eq": [{"fact": "member.tier"}, "gold"]}]},
            period={"from": day(central, -3), "to": day(central, 4)},
        ),
        offer("silver", {"eq": [{"fact": "member.tier"}, "silver"]}),
        offer("theirs", {"has": [{"fact": "member.segments"}, "diabetics"]}),
        offer("much", {"and": [KNOWN, {"ge": [{"fact": "basket.total_minor"}, 5000]}]}),
        unnamed="much",
    )
    assert [(each["rule_id"], each["is_mine"], each["because"]) for each in offers] == [
        ("gold", True, ["tier"]),
        ("theirs", True, ["chosen"]),
        ("all", False, []),
    ]
    assert offers[0]["last_day"] == day(central, 4)
    assert "diabetics" not in str(offers), "what somebody was put into is never said"


async def test_what_has_ended_has_not_begun_or_is_used_up_is_not_there(central: CentralUnderTest) -> None:
    once = {"limits": [{"per": "member", "window": "ever", "times": 1}]}
    offers = await offered(
        central,
        offer("ended", KNOWN, period={"from": day(central, -9), "to": day(central, -1)}),
        offer("coming", KNOWN, period={"from": day(central, 1), "to": day(central, 9)}),
        offer("elsewhere", KNOWN, shops=["lac-2"]),
        offer("last-day", KNOWN, period={"from": day(central, -9), "to": day(central, 0)}),
        offer("once", KNOWN, **once),
    )
    assert ids(offers) == ["last-day", "once"]
    await earn(central)
    assert ids(await told(central)) == ["last-day"], "the member has had it"
    central.clock.now_ms += DAY_MS  # type: ignore[attr-defined]
    assert ids(await told(central)) == ["coming"], "and tomorrow what begins tomorrow"


async def test_a_fact_that_is_not_known_promises_nothing_and_an_alternative_that_is_met_is_the_reason(
    central: CentralUnderTest,
) -> None:
    birthday = {"le": [{"fact": "member.spouse_birthday_days"}, 400]}
    first = {"fact": "member.is_first_purchase"}
    offers = await offered(
        central,
        offer("spouse", birthday),
        offer("either", {"or": [birthday, first]}),
        offer("not-first", {"not": first}),
    )
    assert [(each["rule_id"], each["because"]) for each in offers] == [("either", ["new"])]
    await earn(central)
    assert [(each["rule_id"], each["because"]) for each in await told(central)] == [("not-first", ["chosen"])]


async def test_a_rule_for_medicines_is_not_told_and_one_for_cosmetics_is(central: CentralUnderTest) -> None:
    def of(kind: str) -> dict[str, Any]:
        return {"lines": {"eq": [{"fact": "line.article_class"}, kind]}}

    offers = await offered(
        central, offer("cream", KNOWN, **of("cosmetic")), offer("rx", KNOWN, **of("medicine_ch_b"))
    )
    assert ids(offers) == ["cream"]


async def test_a_rule_that_names_articles_is_told_where_all_of_them_may_be_advertised(
    central: CentralUnderTest,
) -> None:
    row = await central.services.store.find_article(GROUP, "sun-cream", central.clock())
    assert row is not None
    assert row.article_class == "cosmetic"
    drops = replace(row, article_id="drops", article_class="medicine_ch_b", codes=("7680000000000",))
    await central.services.store.put_articles([drops], central.clock())

    def of(*ids: str) -> dict[str, Any]:
        return {"lines": {"in": [{"fact": "line.article_id"}, list(ids)]}}

    buys = {"and": [KNOWN, {"any_line": {"eq": [{"fact": "line.article_id"}, "drops"]}}]}
    offers = await offered(
        central,
        offer("cream", KNOWN, **of("sun-cream")),
        offer("both", KNOWN, **of("sun-cream", "drops")),
        offer("nobodys", KNOWN, **of("nobodys")),
        offer("buys", buys),
    )
    assert ids(offers) == ["cream"]


async def test_a_brand_is_told_with_a_class_beside_it_and_what_is_left_out_is_not_named(
    central: CentralUnderTest,
) -> None:
    brand = {"eq": [{"fact": "line.brand"}, "Sol"]}
    cosmetic = {"eq": [{"fact": "line.article_class"}, "cosmetic"]}
    medicines = {"in": [{"fact": "line.article_class"}, ["medicine_ch_b", "medicine_ch_d"]]}
    offers = await offered(
        central,
        offer("brand", KNOWN, lines=brand),
        offer("range", KNOWN, lines={"in": [{"fact": "line.range"}, ["Kids"]]}),
        offer("either", KNOWN, lines={"or": [brand, cosmetic]}),
        offer("both", KNOWN, lines={"and": [brand, cosmetic]}),
        offer("no-medicines", KNOWN, lines={"not": medicines}),
        offer("no-rx", KNOWN, lines={"ne": [{"fact": "line.article_class"}, "medicine_ch_b"]}),
        offer("not-no-rx", KNOWN, lines={"not": {"not": medicines}}),
    )
    assert ids(offers) == ["both", "no-medicines", "no-rx"]


async def test_a_number_alone_is_told_of_no_offers(central: CentralUnderTest) -> None:
    reply = await central.post("holders/promotions", {"holder": by_number(CARD)})
    assert reply.code == "strength_too_low"
