"""Sales over HTTP: what is earned, what is answered, and that each ticket has one effect."""

import asyncio

import aiohttp
import msgspec
import pytest

from central.services.ledger.check import check_ledger
from tests.central_fixture import (
    BLOCKED_CARD,
    FIRST_MILK,
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    STOCK_CARD,
    SUN_CREAM,
    UNCLASSIFIED,
    UNPRICED,
    CentralUnderTest,
    Reply,
    a_basket,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.helpers import eventually

DAY_MS = 86_400_000


async def test_a_sale_answers_with_prices_points_balance_and_profile(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)]))

    assert reply.status == 200
    assert [line["points"] for line in reply.body["lines"]] == [39, 0]
    assert [line["price_minor"] for line in reply.body["lines"]] == [1990, 2500]
    assert (reply.body["total_minor"], reply.body["points"], reply.body["balance_points"]) == (6480, 39, 39)
    assert reply.body["profile"]["points"] == 39
    assert reply.body["profile"]["points_today"] == 39
    assert reply.body["profile"]["display_name"] == "Mme R."
    assert reply.body["profile"]["milestone"] == {"points": 500, "worth_minor": 1000}
    assert reply.body["profile"]["tickets"][0]["shop_name"] == "Pharmacie du Lac 1"
    assert reply.body["lines"][1]["reasons"][0]["rule_id"] == "law.CH"
    assert await central.points_of() == 39


async def test_central_prices_a_line_without_amount(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 3, None)]))

    assert reply.body["total_minor"] == 5970
    assert reply.body["points"] == 59


async def test_a_line_nobody_can_price_is_refused_and_nothing_is_recorded(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 1, 1990), (UNPRICED, 1, None)])
    reply = await central.post("sales", sale)

    assert (reply.status, reply.code) == (422, "article_not_priced")
    assert reply.body["params"]["line_no"] == 2
    assert (await central.get(f"sales/{sale['sale_id']}")).status == 404
    assert await central.points_of() == 0


@pytest.mark.parametrize(
    ("code", "warning"), [("4000000000009", "unknown_article"), (UNCLASSIFIED, "unclassified_article")]
)
async def test_an_article_without_a_class_is_warned_about_and_earns_nothing(
    central: CentralUnderTest, code: str, warning: str
) -> None:
    reply = await central.post("sales", a_sale(central, [(code, 1, 5000), (SUN_CREAM, 1, 1990)]))

    assert [each["code"] for each in reply.body["warnings"]] == [warning]
    assert [line["points"] for line in reply.body["lines"]] == [0, 19]


async def test_an_unknown_article_without_amount_is_refused(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [("4000000000009", 1, None)]))

    assert (reply.status, reply.code) == (422, "article_not_priced")


async def test_an_anonymous_ticket_is_recorded_and_earns_nothing(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, holder={}))

    assert (reply.status, reply.body["points"], reply.body["profile"]) == (200, 0, None)
    assert reply.body["transaction_id"] is None


async def test_a_typed_number_earns_but_shows_a_range_only(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 6, 12000)], holder=by_number()))

    assert reply.body["points"] == 120
    assert reply.body["balance_points"] is None
    profile = reply.body["profile"]
    assert (profile["points"], profile["points_from"], profile["points_to"]) == (None, 100, 250)
    assert profile["tickets"] == []


@pytest.mark.parametrize(
    ("holder", "status", "code"),
    [
        (by_number("2999999999999"), 404, "unknown_card"),
        (by_uid("04000000000000"), 404, "unknown_card"),
        (by_number(BLOCKED_CARD), 422, "blocked_card"),
        (by_number(STOCK_CARD), 422, "card_not_active"),
        ({"medium": "chip", "value": "00AA"}, 422, "unreadable_card"),
        ({"medium": "ntag424", "value": "00AA"}, 422, "card_message_invalid"),
    ],
)
async def test_a_card_that_may_not_earn_refuses_the_ticket_with_its_code(
    central: CentralUnderTest, holder: dict[str, str], status: int, code: str
) -> None:
    sale = a_sale(central, holder=holder)
    reply = await central.post("sales", sale)

    assert (reply.status, reply.code) == (status, code)
    assert (await central.get(f"sales/{sale['sale_id']}")).status == 404


async def test_the_same_ticket_again_gives_the_first_answer(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)])
    first = await central.post("sales", sale)
    again = await central.post("sales", sale | {"sent_ms": sale["sent_ms"] + 5000})

    assert again.status == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert again.body == first.body
    assert await central.points_of() == 39


async def test_a_replay_after_other_sales_still_gives_the_first_balance(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    await central.post("sales", a_sale(central))
    again = await central.post("sales", sale)

    assert (again.body["points"], again.body["balance_points"]) == (39, 39)
    assert again.body["profile"]["points"] == 78


async def test_a_replay_whose_card_was_blocked_since_is_still_answered(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    await central.post("cards/block", {"card_number": "2900000000017", "reason": "lost"})
    again = await central.post("sales", sale)

    assert (again.status, again.body["points"], again.body["profile"]) == (200, 39, None)


async def test_a_ticket_known_by_its_business_key_is_answered_under_its_first_id(
    central: CentralUnderTest,
) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    again = await central.post("sales", sale | {"sale_id": "another-id"})

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body["sale_id"] == sale["sale_id"]
    assert await central.points_of() == 39


@pytest.mark.parametrize(
    "changed",
    [
        {"basket": a_basket([(SUN_CREAM, 2, 3981)])},
        {"holder": by_uid(OTHER_UID)},
        {"business_key": "other"},
        {"operator": "anna"},
    ],
)
async def test_the_same_ticket_with_other_content_is_a_conflict(
    central: CentralUnderTest, changed: dict[str, object]
) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    reply = await central.post("sales", sale | changed)

    assert (reply.status, reply.code) == (409, "idempotency_conflict")
    assert await central.points_of() == 39
    assert await central.points_of(OTHER_MEMBER) == 0


async def test_fifty_parallel_sends_of_one_ticket_have_one_effect(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    replies = await in_parallel([central.post("sales", sale) for _ in range(50)])

    assert {reply.status for reply in replies} == {200}
    assert {reply.body["points"] for reply in replies} == {39}
    assert sum("Idempotent-Replayed" not in reply.headers for reply in replies) == 1
    assert await central.points_of() == 39
    report = await check_ledger(central.services.store, central.operator)
    assert (report.transactions, report.findings) == (1, ())


async def test_many_tickets_of_one_member_at_once_all_count(central: CentralUnderTest) -> None:
    replies = await in_parallel([central.post("sales", a_sale(central)) for _ in range(30)])

    assert {reply.status for reply in replies} == {200}
    assert await central.points_of() == 30 * 39
    assert (await check_ledger(central.services.store, central.operator)).is_sound


async def test_a_till_that_hangs_up_after_sending_is_recorded_once(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    body = msgspec.json.encode(sale)
    host, port = central.base_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/v1/sales HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {central.tokens['terminal']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    async def is_recorded() -> Reply | None:
        found = await central.get(f"sales/{sale['sale_id']}")
        return found if found.status == 200 else None

    await eventually(is_recorded)
    again = await central.post("sales", sale)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await central.points_of() == 39


@pytest.mark.parametrize("days", [2, -2])
async def test_a_clock_two_days_off_is_refused_and_may_send_again(
    central: CentralUnderTest, days: int
) -> None:
    sale = a_sale(central)
    wrong_ms = sale["sent_ms"] + days * DAY_MS
    reply = await central.post("sales", sale | {"sent_ms": wrong_ms, "occurred_ms": wrong_ms})

    assert (reply.status, reply.code) == (422, "clock_skew")
    assert abs(reply.body["params"]["central_now_ms"] - sale["sent_ms"]) < 60_000
    assert await central.points_of() == 0
    assert (await central.post("sales", sale)).body["points"] == 39


async def test_a_ticket_from_after_its_sending_is_refused(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    reply = await central.post("sales", sale | {"occurred_ms": sale["sent_ms"] + 3_600_000})

    assert (reply.status, reply.code) == (422, "occurred_ahead")


async def test_history_needs_its_own_permission(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    old = sale | {"occurred_ms": sale["sent_ms"] - 40 * DAY_MS}
    refused = await central.post("sales", old)
    taken = await central.post("sales", old | {"shop_id": "lac-2"}, token="importer")

    assert (refused.status, refused.code) == (403, "ticket_too_old")
    assert taken.status == 200
    assert await central.points_of() == 39


async def test_another_currency_is_refused(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, basket=a_basket() | {"currency": "EUR"}))

    assert (reply.status, reply.code) == (422, "currency_mismatch")


async def test_a_line_number_used_twice_is_refused(central: CentralUnderTest) -> None:
    basket = a_basket([(SUN_CREAM, 1, 1990), (SUN_CREAM, 1, 1990)])
    basket["lines"][1]["line_no"] = 1
    reply = await central.post("sales", a_sale(central, basket=basket))

    assert (reply.status, reply.code) == (422, "line_number_twice")


async def test_a_terminal_cannot_sell_for_another_shop(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, shop_id="lac-2"))

    assert (reply.status, reply.code) == (403, "shop_not_yours")


async def test_a_token_without_a_shop_must_name_one(central: CentralUnderTest) -> None:
    missing = await central.post("sales", a_sale(central), token="importer")
    unknown = await central.post("sales", a_sale(central, shop_id="nowhere"), token="importer")

    assert (missing.status, missing.code) == (422, "shop_missing")
    assert (unknown.status, unknown.code) == (404, "shop_not_found")


async def test_a_return_takes_back_exactly_the_points_of_its_units(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)])
    await central.post("sales", sale)
    back = a_return(central, [(1, 1)], holder=by_uid())
    first = await central.post(f"sales/{sale['sale_id']}/returns", back)
    again = await central.post(f"sales/{sale['sale_id']}/returns", back)
    rest = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1), (2, 1)]))

    assert (first.status, first.body["points"], first.body["balance_points"]) == (200, 19, 20)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body == first.body
    assert (rest.body["points"], rest.body["total_minor"]) == (20, 1990 + 2500)
    assert (rest.body["balance_points"], rest.body["profile"]) == (None, None)
    assert await central.points_of() == 0
    assert (await check_ledger(central.services.store, central.operator)).is_sound


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([(1, 3)], 409, "return_exceeds_sale"),
        ([(9, 1)], 422, "sale_line_not_found"),
        ([(1, 1), (1, 1)], 422, "line_number_twice"),
    ],
)
async def test_a_return_that_does_not_fit_its_sale_is_refused(
    central: CentralUnderTest, lines: list[tuple[int, int]], status: int, code: str
) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    reply = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, lines))

    assert (reply.status, reply.code) == (status, code)
    assert await central.points_of() == 39


async def test_parallel_returns_never_take_back_more_than_was_sold(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 5, 10000)])
    await central.post("sales", sale)
    replies = await in_parallel(
        [central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)])) for _ in range(12)]
    )
    # Some lose the race every time they try: they are told to send again, and then get a definite answer.
    for reply in [reply for reply in replies if reply.status == 503]:
        replies.remove(reply)
        back = a_return(central, [(1, 1)])
        replies.append(await central.post(f"sales/{sale['sale_id']}/returns", back))

    assert sum(reply.status == 200 for reply in replies) == 5
    assert {reply.code for reply in replies if reply.status != 200} <= {"return_exceeds_sale"}
    assert await central.points_of() == 0
    assert (await check_ledger(central.services.store, central.operator)).is_sound


async def test_a_return_with_another_members_card_shows_nothing_of_either(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    back = a_return(central, [(1, 2)], holder=by_uid(OTHER_UID))
    reply = await central.post(f"sales/{sale['sale_id']}/returns", back)

    assert (reply.body["points"], reply.body["profile"], reply.body["balance_points"]) == (39, None, None)
    assert await central.points_of() == 0
    assert await central.points_of(OTHER_MEMBER) == 0


async def test_a_return_of_an_anonymous_sale_moves_no_points(central: CentralUnderTest) -> None:
    sale = a_sale(central, holder={})
    await central.post("sales", sale)
    reply = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 2)]))

    assert (reply.status, reply.body["points"], reply.body["total_minor"]) == (200, 0, 3980)


async def test_tickets_of_a_member_come_in_pages_newest_first(central: CentralUnderTest) -> None:
    start_ms = central.clock()
    for number in range(5):
        sale = a_sale(central, sale_id=f"s-{number}", occurred_ms=start_ms - (5 - number) * 1000)
        await central.post("sales", sale)
    first = await central.get(f"members/{MEMBER}/tickets?limit=3", token="office")
    second = await central.get(
        f"members/{MEMBER}/tickets?limit=3&before={first.body['next']}", token="office"
    )

    assert [ticket["sale_id"] for ticket in first.body["tickets"]] == ["s-4", "s-3", "s-2"]
    assert [ticket["sale_id"] for ticket in second.body["tickets"]] == ["s-1", "s-0"]
    assert second.body["next"] is None


async def test_purchase_lines_need_their_permission_and_each_read_is_logged(
    central: CentralUnderTest,
) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    plain = await central.get(f"sales/{sale['sale_id']}", token="office")
    before = await central.services.store.list_reads(GROUP, MEMBER, 10)
    read = await central.get(f"sales/{sale['sale_id']}", token="reader")
    after = await central.services.store.list_reads(GROUP, MEMBER, 10)

    assert plain.body["lines"] == []
    assert [line["code"] for line in read.body["lines"]] == [SUN_CREAM]
    assert (len(before), len(after)) == (0, 1)
    assert after[0].actor == central.token_ids["reader"]


async def test_events_are_streamed_and_a_terminal_sees_ids_alone(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    bodies = {}
    for token in ("terminal", "office"):
        headers = {"Authorization": f"Bearer {central.tokens[token]}"}
        url = f"{central.base_url}/api/v1/stream?after=0"
        async with central.http.get(url, headers=headers) as response:
            bodies[token] = await _read_until(response, "sale.committed")

    assert bodies["terminal"]["sale_id"] == bodies["office"]["sale_id"] == sale["sale_id"]
    assert bodies["office"]["points"] == 39
    assert "points" not in bodies["terminal"]


async def _read_until(response: aiohttp.ClientResponse, kind: str) -> dict[str, object]:
    is_it = False
    async for raw in response.content:
        line = raw.decode().strip()
        if line == f"event: {kind}":
            is_it = True
        elif is_it and line.startswith("data: "):
            body: dict[str, object] = msgspec.json.decode(line.removeprefix("data: "))["body"]
            return body
    raise AssertionError("the stream ended")
