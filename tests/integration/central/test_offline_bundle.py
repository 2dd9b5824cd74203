"""Bundles, the hot-list and late tickets over central's API (P-15, P-29, P-37)."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from loyalty.limits.offline import BUNDLE_KEPT_DAYS, BUNDLE_LOOK_S
from loyalty.limits.tickets import TICKET_AGE_MAX_DAYS
from tests.central_fixture import (
    BLOCKED_CARD,
    CARD,
    MEMBER,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_central,
    a_sale,
)
from tests.integration.central.publishing import publish
from wire import api_catalogue, offline

DAY_MS = 86_400_000
OFF_SUN = {
    "id": "off-sun",
    "version": 1,
    "kind": "promotion",
    "when": {"fact": "member.is_known"},
    "lines": {"eq": [{"fact": "line.article_id"}, "sun-cream"]},
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "half_up"}],
}
DOUBLE_FOR_GOLD = {
    "id": "gold",
    "version": 1,
    "kind": "campaign",
    "when": {"eq": [{"fact": "member.grade"}, "gold"]},
    "effects": [{"effect": "points_multiplier", "times_bp": 20_000, "rounding": "floor"}],
}


async def fetch(central: CentralUnderTest, have: str = "", **more: Any) -> tuple[offline.BundleHead, Any]:
    """The shop's bundle, its signature checked; the head, and the content or None."""
    keys = (await central.get("offline/keys")).body
    query = f"?have={have}" if have else ""
    reply = await central.get(f"offline/bundle{query}", **more)
    assert reply.status == 200, reply.body
    offline.check(keys["signing_key"], offline.BUNDLE, reply.body["head"], reply.body["signature"])
    head = msgspec.json.decode(reply.body["head"], type=offline.BundleHead)
    if not reply.body["content"]:
        return head, None
    return head, offline.unpack(offline.from_text(reply.body["content"]), head.content_hash)


async def hot_list(central: CentralUnderTest, after: int = 0) -> offline.HotDelta:
    """A delta, its signature checked."""
    keys = (await central.get("offline/keys")).body
    reply = await central.get(f"offline/hot-list?after={after}")
    offline.check(keys["signing_key"], offline.HOT_LIST, reply.body["delta"], reply.body["signature"])
    return msgspec.json.decode(reply.body["delta"], type=offline.HotDelta)


async def put_programme(central: CentralUnderTest, *rules: dict[str, Any]) -> None:
    await publish(central, *rules)


def told(head: offline.BundleHead, total_minor: int, points: int) -> dict[str, Any]:
    return {"bundle_id": head.bundle_id, "total_minor": total_minor, "points": points}


async def late(central: CentralUnderTest, *, differing: bool = False) -> list[dict[str, Any]]:
    reply = await central.get(f"offline/tickets?differing={str(differing).lower()}", token="office")
    assert reply.status == 200, reply.body
    return list(reply.body["tickets"])


@pytest.fixture
def now_ms() -> list[int]:
    return [1_764_000_000_000]


@pytest.fixture
async def central(tmp_path: Path, now_ms: list[int]) -> Any:
    async with a_central(tmp_path, clock=lambda: now_ms[0]) as running:
        yield running


async def test_a_bundle_keeps_its_number_until_something_in_it_changes(
    central: CentralUnderTest, now_ms: list[int]
) -> None:
    first, content = await fetch(central)
    again, nothing = await fetch(central, have=first.bundle_id)
    price = api_catalogue.PriceBody(price_minor=2090, valid_from_ms=now_ms[0])
    await central.services.articles.put_price(central.operator, "sun-cream", price)
    changed, _ = await fetch(central, have=first.bundle_id)

    assert (first.number, again.number, changed.number) == (1, 1, 2)
    assert nothing is None
    assert {row.article_id for row in content.articles} >= {"sun-cream", "shampoo"}
    assert first.shop_id == "lac-1"


async def test_a_price_that_becomes_due_makes_a_new_bundle(
    central: CentralUnderTest, now_ms: list[int]
) -> None:
    due_ms = now_ms[0] + DAY_MS
    await central.services.articles.put_price(
        central.operator, "sun-cream", api_catalogue.PriceBody(price_minor=2090, valid_from_ms=due_ms)
    )
    first, _ = await fetch(central)
    now_ms[0] = due_ms + BUNDLE_LOOK_S * 1000
    second, content = await fetch(central)

    assert (first.number, second.number) == (1, 2)
    assert [row.price_minor for row in content.articles if row.article_id == "sun-cream"] == [2090]


async def test_no_rule_that_needs_members_or_bounds_leaves_central(central: CentralUnderTest) -> None:
    bounded = OFF_SUN | {"id": "bounded", "budget": 1000}
    await put_programme(central, OFF_SUN, DOUBLE_FOR_GOLD, bounded)

    _, content = await fetch(central)

    document = msgspec.json.decode(content.programme)
    assert [rule["id"] for rule in document["rules"]] == ["base", "off-sun"]
    assert b"Rochat" not in msgspec.json.encode(content)


async def test_a_late_ticket_keeps_the_price_of_its_bundle_whatever_changed_since(
    central: CentralUnderTest, now_ms: list[int]
) -> None:
    await put_programme(central, OFF_SUN)
    head, _ = await fetch(central)
    sold_ms = now_ms[0]
    now_ms[0] += DAY_MS
    await put_programme(central)
    sale = a_sale(central, [(SUN_CREAM, 2, 3980)], occurred_ms=sold_ms, told=told(head, 3582, 35))

    reply = await central.post("sales", sale)

    assert reply.status == 200, reply.body
    assert (reply.body["total_minor"], reply.body["points"]) == (3582, 35)
    (row,) = await late(central)
    assert (row["bundle_total_minor"], row["told_points"], row["member_total_minor"]) == (3582, 35, 3582)
    assert await late(central, differing=True) == []


async def test_the_bundle_decides_and_not_the_clock_of_the_ticket(
    central: CentralUnderTest, now_ms: list[int]
) -> None:
    before, _ = await fetch(central)
    now_ms[0] += DAY_MS
    await put_programme(central, OFF_SUN)
    sold_ms = now_ms[0] + 3_600_000
    now_ms[0] += 2 * DAY_MS

    reply = await central.post("sales", a_sale(central, occurred_ms=sold_ms, told=told(before, 3980, 39)))

    assert (reply.body["total_minor"], reply.body["points"]) == (3980, 39)


async def test_what_central_knows_beside_is_added_and_never_taken(central: CentralUnderTest) -> None:
    await put_programme(central, OFF_SUN, DOUBLE_FOR_GOLD)
    head, _ = await fetch(central)
    reply = await central.call("PATCH", f"members/{MEMBER}/traits", {"grade": "gold"}, token="office")
    assert reply.status == 200, reply.body

    reply = await central.post("sales", a_sale(central, told=told(head, 3582, 35)))

    assert (reply.body["total_minor"], reply.body["points"]) == (3582, 70)
    (row,) = await late(central, differing=True)
    assert (row["told_points"], row["bundle_points"], row["points"]) == (35, 35, 70)


async def test_what_a_terminal_says_it_told_counts_for_nothing_and_is_seen(central: CentralUnderTest) -> None:
    head, _ = await fetch(central)

    reply = await central.post("sales", a_sale(central, told=told(head, 100, 9_999)))

    assert (reply.body["total_minor"], reply.body["points"]) == (3980, 39)
    (row,) = await late(central, differing=True)
    assert (row["told_total_minor"], row["told_points"], row["bundle_points"]) == (100, 9_999, 39)


async def test_a_ticket_whose_bundle_is_gone_is_priced_at_its_moment_and_told(
    central: CentralUnderTest, now_ms: list[int]
) -> None:
    head, _ = await fetch(central)
    sold_ms = now_ms[0]
    await put_programme(central, OFF_SUN)
    await fetch(central)
    assert BUNDLE_KEPT_DAYS > TICKET_AGE_MAX_DAYS, "no ticket that is taken has lost its bundle"
    now_ms[0] += (BUNDLE_KEPT_DAYS + 1) * DAY_MS
    await put_programme(central)
    await fetch(central)
    sale = a_sale(central, occurred_ms=sold_ms, told=told(head, 3980, 39))

    reply = await central.post("sales", sale | {"shop_id": "lac-1"}, token="importer")

    assert reply.status == 200, reply.body
    (row,) = await late(central, differing=True)
    assert (row["bundle_total_minor"], row["bundle_id"]) == (None, head.bundle_id)


async def test_the_same_late_ticket_again_gives_the_first_answer_told_or_not(
    central: CentralUnderTest,
) -> None:
    head, _ = await fetch(central)
    sale = a_sale(central, told=told(head, 3980, 39))
    first = await central.post("sales", sale)
    again = await central.post("sales", sale)
    untold = await central.post("sales", {name: value for name, value in sale.items() if name != "told"})

    assert again.headers["Idempotent-Replayed"] == "true"
    assert untold.body["transaction_id"] == again.body["transaction_id"] == first.body["transaction_id"]
    assert len(await late(central)) == 1
    assert await central.points_of() == 39


async def test_told_stands_beside_no_quote(central: CentralUnderTest) -> None:
    head, _ = await fetch(central)

    reply = await central.post("sales", a_sale(central, told=told(head, 3980, 39), reservation_id="r-1"))

    assert (reply.status, reply.code) == (422, "bundle_not_alone")


async def test_blocked_cards_come_as_deltas_and_good_ones_leave_the_list(central: CentralUnderTest) -> None:
    salt = (await central.get("offline/keys")).body["salt"]
    whole = await hot_list(central)
    assert (
        await central.post("cards/block", {"card_number": CARD, "reason": "lost"}, token="office")
    ).status == 200
    blocked = await hot_list(central, whole.to_seq)
    reply = await central.post("cards/validate", {"card_number": CARD}, token="office")
    assert reply.status == 200, reply.body
    unblocked = await hot_list(central, blocked.to_seq)
    from_before = await hot_list(central, whole.to_seq)

    assert offline.card_mark(salt, BLOCKED_CARD) in {entry.mark for entry in whole.entries if entry.is_hot}
    marks = {offline.card_mark(salt, CARD), offline.card_mark(salt, UID)}
    assert {(entry.mark, entry.is_hot) for entry in blocked.entries} == {(mark, True) for mark in marks}
    assert {(entry.mark, entry.is_hot) for entry in unblocked.entries} == {(mark, False) for mark in marks}
    assert from_before.entries == unblocked.entries, "who missed both hears the last alone"
    assert (blocked.from_seq, unblocked.from_seq) == (whole.to_seq, blocked.to_seq)


async def test_a_number_that_was_never_given_begins_the_list_anew(central: CentralUnderTest) -> None:
    delta = await hot_list(central, 1_000)

    assert delta.from_seq == 0
    assert delta.entries


async def test_another_groups_keys_are_others(central: CentralUnderTest) -> None:
    own = (await central.get("offline/keys")).body
    foreign = (await central.get("offline/keys", token="foreign")).body

    assert not set(own.values()) & set(foreign.values())


async def test_a_terminal_gets_no_other_shops_bundle(central: CentralUnderTest) -> None:
    reply = await central.get("offline/bundle?shop_id=lac-2")

    assert (reply.status, reply.code) == (403, "shop_not_yours")
