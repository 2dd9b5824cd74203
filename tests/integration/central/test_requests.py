"""The boundary: who may ask, what a request must look like, what every answer carries."""

import asyncio
import json
from pathlib import Path
from typing import Any

import apsw
import pytest

from central.web.api.routes import PREFIX, ROUTES
from loyalty.limits.cards import IDENTIFY_TRIES_PER_TERMINAL
from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tests.central_fixture import (
    CARD,
    MEMBER,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
)

IDS = {
    "batch_id": "b-1",
    "shop_id": "lac-1",
    "kind": "supplier",
    "party_id": "sol",
    "month": "2026-10",
    "article_id": "sun-cream",
    "code": SUN_CREAM,
    "country": "FR",
    "member_id": MEMBER,
    "carer_id": "c-1",
    "sale_id": "s-1",
    "lease_id": "l-1",
    "game_id": "wheel",
    "play_id": "play-1",
    "correction_id": "c-1",
    "merge_id": "merge-1",
    "reservation_id": "res-1",
    "draft_id": "d-1",
    "segment": "parents",
    "staff_id": "s-7",
    "tier": "gold",
    "purpose": "sms",
    "household_id": "h-1",
    "form_number": "F-1",
    "parked_id": "p-1",
    "incident_id": "i-1",
    "message_id": "msg-1",
    "poster_id": "sun",
    "support_id": "support-1",
    "sha256": "00",
}
PLAIN_PATHS = ("/metrics", "/openapi.json", f"{PREFIX}/stream", "/nothing")
PATHS = sorted(
    {(route.method, route.path.format(**IDS)) for route in ROUTES if route.permission}
    | {("GET", path) for path in PLAIN_PATHS}
)


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_without_a_token_nothing_answers(central: CentralUnderTest, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer ofc_wrong"}, {"Authorization": "Basic YTpi"}):
        reply = await central.call(method, path, token=None, headers=headers)

        assert (reply.status, reply.code) == (401, "unauthenticated")
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_answers_without_a_token(central: CentralUnderTest, path: str) -> None:
    reply = await central.get(path, token=None)

    assert (reply.status, reply.body["status"]) == (200, "ok")


async def test_a_revoked_token_is_refused_at_once(central: CentralUnderTest) -> None:
    assert (await central.get("group")).status == 200
    assert await central.services.access.revoke_token(central.operator, central.token_ids["terminal"])

    assert (await central.get("group")).code == "unauthenticated"
    assert (await central.get("group", token="terminal_2")).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "shops/lac-1"),
        ("PUT", "articles/sun-cream"),
        ("GET", f"members/{MEMBER}"),
        ("POST", "members"),
        ("POST", "cards"),
        ("POST", "cards/find"),
        ("POST", "cards/replace"),
        ("GET", "/metrics"),
    ],
)
async def test_a_terminal_may_not_do_what_the_office_does(
    central: CentralUnderTest, method: str, path: str
) -> None:
    reply = await central.call(method, path, {} if method != "GET" else None)

    assert (reply.status, reply.code) == (403, "permission_missing")


async def test_another_group_sees_nothing(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    for path in (
        f"sales/{sale['sale_id']}",
        f"members/{MEMBER}",
        f"members/{MEMBER}/tickets",
        "shops/lac-1",
        "articles/sun-cream",
        f"articles/by-code/{SUN_CREAM}",
        "articles/sun-cream/prices",
    ):
        assert (await central.get(path, token="foreign")).status == 404, path
    for path, body in (
        ("identify", {"evidence": by_uid()}),
        ("cards/find", {"card_number": CARD}),
        ("cards/block", {"card_number": CARD, "reason": "lost"}),
        (f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)])),
        ("quotes", {"basket": a_basket(), "shop_id": "lac-1"}),
    ):
        assert (await central.post(path, body, token="foreign")).status == 404, path
    assert (await central.get("shops", token="foreign")).body == {"shops": []}
    assert (await central.get("articles", token="foreign")).body["articles"] == []
    assert await central.points_of() == 39


async def test_a_terminal_does_not_see_another_shops_sale(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)

    assert (await central.get(f"sales/{sale['sale_id']}", token="terminal_2")).code == "sale_not_found"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"evidence": nope}', "malformed_json"),
        (b'{"evidence": {"medium": "nfc_uid", "value": "\xff"}}', "malformed_json"),
        (b'{"evidence": {"medium": "nfc_uid", "value": "\\ud800"}}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"[]", "schema_mismatch"),
        (rb'{"evidence": {"medium": "nfc_uid", "value": "04\u0000"}}', "schema_mismatch"),
        (b"null", "schema_mismatch"),
        (b"{}", "schema_mismatch"),
        (b'{"evidence": {"medium": "nfc_uid", "value": "04"}, "points": 5}', "schema_mismatch"),
        (b'{"evidence": {"medium": "telepathy", "value": "04"}}', "schema_mismatch"),
    ],
)
async def test_a_body_that_is_no_request_is_refused_with_a_reason(
    central: CentralUnderTest, raw: bytes, code: str
) -> None:
    reply = await central.post("identify", raw)

    assert (reply.status, reply.code) == (400, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.body["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", 100_001),
        ("quantity", 10**30),
        ("quantity", 1.0),
        ("quantity", "1"),
        ("quantity", True),
        ("amount_minor", 39.80),
        ("amount_minor", 19.900000000000002),
        ("amount_minor", -1),
        ("amount_minor", 10**12),
        ("code", ""),
        ("code", "x" * 65),
        ("line_no", -1),
    ],
)
async def test_a_line_no_till_can_mean_is_refused(central: CentralUnderTest, field: str, value: Any) -> None:
    sale = a_sale(central)
    sale["basket"]["lines"][0][field] = value
    reply = await central.post("sales", json.dumps(sale).encode())

    assert (reply.status, reply.code) == (400, "schema_mismatch")
    assert field in reply.body["detail"]
    assert await central.points_of() == 0


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("members", {"member_id": "m-1\n", "family_name": "Keller"}),
        ("cards", {"card_number": "29", "uid": "04A1B2C3D4E580\n", "state": "stock"}),
    ],
)
async def test_an_id_with_a_line_feed_is_refused(
    central: CentralUnderTest, path: str, changed: dict[str, str]
) -> None:
    assert (await central.post(path, changed, token="office")).code == "schema_mismatch"


async def test_points_claimed_by_a_till_are_refused(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, points=1_000_000))

    assert (reply.status, reply.code) == (400, "schema_mismatch")


async def test_a_basket_with_too_many_lines_is_refused(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100)] * 1501))

    assert (reply.status, reply.code) == (400, "schema_mismatch")


async def test_the_largest_basket_is_taken(central: CentralUnderTest) -> None:
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100)] * 1500))

    assert (reply.status, reply.body["points"]) == (200, 1500)


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_two_megabyte_body_is_refused(central: CentralUnderTest, is_chunked: bool) -> None:
    large = b'{"evidence": "' + b"x" * (2 * HTTP_BODY_BYTES_MAX) + b'"}'

    async def chunks() -> Any:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    headers = {"Content-Type": "application/json"}
    if not is_chunked:
        headers["Content-Length"] = str(len(large))
    reply = await central.call("POST", "identify", headers=headers, data=chunks())

    assert (reply.status, reply.code) == (413, "body_too_large")
    assert (await central.get("group")).status == 200


async def test_a_body_of_another_type_is_refused(central: CentralUnderTest) -> None:
    reply = await central.post("identify", b"{}", headers={"Content-Type": "text/plain"})

    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_a_body_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    async with a_central(tmp_path, body_deadline_s=0.05) as central:
        host, port = central.base_url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /api/v1/sales HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {central.tokens['terminal']}\r\nContent-Length: 100\r\n\r\n{{"
        )
        writer.write(head.encode())
        answer = await reader.readline()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 408")


async def test_an_unknown_address_and_a_wrong_method_are_problems(central: CentralUnderTest) -> None:
    nothing = await central.get("nothing")
    wrong = await central.call("DELETE", "group")
    no_id = await central.get("sales/%2e%2e%2fetc%20x")

    assert (nothing.status, nothing.code) == (404, "no_such_path")
    assert (wrong.status, wrong.code, wrong.headers["Allow"]) == (405, "method_not_allowed", "GET")
    assert (no_id.status, no_id.code) == (404, "no_such_path")


async def test_a_query_that_is_not_known_is_refused(central: CentralUnderTest) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "limt=5", "limit=1&limit=2"):
        assert (await central.get(f"articles?{query}")).code == "schema_mismatch", query


async def test_every_answer_carries_its_headers(central: CentralUnderTest) -> None:
    for reply in (
        await central.get("group"),
        await central.get("nothing"),
        await central.get("group", token=None),
        await central.post("identify", b"{"),
        await central.get("/healthz", token=None),
    ):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Request-Id"]
        assert "aiohttp" not in reply.headers["Server"]


async def test_a_problem_names_its_request(central: CentralUnderTest) -> None:
    reply = await central.get("nothing", headers={"X-Request-Id": "tap-42"})
    hostile = await central.get("nothing", headers={"X-Request-Id": "a b\tc"})

    assert reply.body["request_id"] == reply.headers["X-Request-Id"] == "tap-42"
    assert hostile.body["request_id"] != "a b\tc"


async def test_trouble_inside_shows_no_internals(central: CentralUnderTest, tmp_path: Path) -> None:
    def lose_a_table() -> None:
        connection = apsw.Connection(str(tmp_path / "central.db"))
        connection.setbusytimeout(5000)
        connection.execute("ALTER TABLE shop RENAME TO secret_inside")
        connection.close()

    await asyncio.to_thread(lose_a_table)
    reply = await central.get("shops")

    assert (reply.status, reply.code) == (500, "internal_error")
    for internal in ("secret", "table", "SELECT", "SQL"):
        assert internal not in json.dumps(reply.body)


async def test_guessing_card_numbers_is_slowed_down_and_a_tap_still_works(central: CentralUnderTest) -> None:
    for number in range(IDENTIFY_TRIES_PER_TERMINAL):
        guess = {"evidence": by_number(f"28{number:011}")}
        assert (await central.post("identify", guess)).code == "unknown_card"
    refused = await central.post("identify", {"evidence": by_number(CARD)})
    quoted = await central.post("quotes", {"basket": a_basket(), "holder": by_number("2912345678901")})

    assert (refused.status, refused.code) == (429, "too_many_tries")
    assert int(refused.headers["Retry-After"]) >= 1
    assert quoted.code == "too_many_tries"
    assert (await central.post("identify", {"evidence": by_uid()})).status == 200
    assert (await central.post("identify", {"evidence": by_number()}, token="terminal_2")).status == 200


async def test_logs_hold_no_card_number_and_no_name(
    central: CentralUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    await central.post("identify", {"evidence": by_number()})
    await central.post("identify", {"evidence": by_number("2999999999999")})
    await central.post("cards/block", {"card_number": CARD, "reason": "lost"})
    await central.get(f"members/{MEMBER}", token="office")
    logged = capsys.readouterr().out

    assert "/api/v1/identify" in logged
    for private in (CARD, "2999999999999", "Rochat", MEMBER, central.tokens["terminal"]):
        assert private not in logged


async def test_metrics_count_by_route_and_carry_no_ids(central: CentralUnderTest) -> None:
    sale = a_sale(central)
    await central.post("sales", sale)
    await central.post("sales", sale)
    await central.get(f"members/{MEMBER}", token="office")
    text = (await central.get("/metrics", token="office")).body.decode()

    assert "officine_sales_committed_total 1.0" in text
    assert "officine_points_accrued_total 39.0" in text
    assert 'officine_replays_total{route="/api/v1/sales"} 1.0' in text
    assert 'route="/api/v1/members/{member_id}"' in text
    assert "officine_store_queue_depth 0.0" in text
    assert MEMBER not in text
