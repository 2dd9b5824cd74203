"""Why, told to the member who shows a card: lines and points, no article, class or law (R-23, K-05)."""

import msgspec
import pytest

from central.services.core.access import LINES_READ, SALES_TELL
from central.services.core.group import GroupSettings
from tests.central_fixture import (
    FIRST_MILK,
    GROUP,
    MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    UNCLASSIFIED,
    CentralUnderTest,
    a_sale,
    by_number,
    by_uid,
)

SUN_OFF = {
    "id": "sun",
    "version": 1,
    "kind": "promotion",
    "when": True,
    "lines": {"eq": [{"fact": "line.article_id"}, "sun-cream"]},
    "effects": [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}],
}
DOUBLE = {
    "id": "double",
    "version": 1,
    "kind": "campaign",
    "when": True,
    "lines": {"eq": [{"fact": "line.article_id"}, "sun-cream"]},
    "effects": [{"effect": "points_multiplier", "times_bp": 20_000, "rounding": "floor"}],
}
LINES = [(SHAMPOO, 1, 1240), (SUN_CREAM, 1, 2590), (FIRST_MILK, 1, 990), (UNCLASSIFIED, 1, 500)]


@pytest.fixture
async def sale_id(central: CentralUnderTest) -> str:
    """A ticket with a discount, doubled points, and two lines the law keeps from earning."""
    group = await central.services.groups.get(GROUP)
    rules = [*PROGRAMME["rules"], SUN_OFF, DOUBLE]  # type: ignore[misc]
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(PROGRAMME | {"rules": rules}).decode(),
        settings=GroupSettings(rule_names={"sun": {"fr": "Soins solaires"}}),
    )
    sold = await central.post("sales", a_sale(central, LINES))
    assert (sold.status, sold.body["points"]) == (200, 58)
    return str(sold.body["sale_id"])


async def test_the_order_of_the_rules_is_told_from_the_price_asked_to_the_points(
    central: CentralUnderTest, sale_id: str
) -> None:
    why = (await central.get(f"sales/{sale_id}/why")).body
    assert (why["sent_minor"], why["currency"]) == (5320, "CHF")
    told = [
        (each["stage"], each["rule_id"], each["amount_minor"], each["points"], each["times_bp"])
        for each in why["steps"]
    ]
    assert told == [
        ("promotion", "sun", -259, 0, 0),
        ("accrual", "base", 0, 35, 0),
        ("accrual", "double", 0, 23, 20_000),
    ]
    assert [(each["amount_after_minor"], each["points_after"]) for each in why["steps"]] == [
        (5061, 0),
        (5061, 35),
        (5061, 58),
    ]


async def test_a_step_that_changed_nothing_needs_the_permission_to_read_lines(
    central: CentralUnderTest, sale_id: str
) -> None:
    care = (await central.get(f"sales/{sale_id}/why", token="reader")).body
    laws = [step for step in care["steps"] if step["rule_id"] == "law.CH" and step["act"] == "earn"]
    assert [(step["code"], step["lines"]) for step in laws] == [("unsourced", 1), ("unknown_article", 1)]
    sun = care["lines"][1]
    assert (sun["sent_minor"], sun["amount_minor"], sun["points"]) == (2590, 2331, 46)
    assert [each["rule_id"] for each in sun["reasons"]] == ["sun", "base", "double"]
    assert care["lines"][2]["reasons"][0]["article_class"] == "infant_milk_first_age"


async def test_the_member_who_shows_the_card_is_told_line_by_line_and_it_is_logged(
    central: CentralUnderTest, sale_id: str
) -> None:
    told = await central.post(f"sales/{sale_id}/why", {"holder": by_uid()})

    assert told.status == 200
    lines = [
        (line["line_no"], line["points"], [(rule["rule_id"], rule["points"]) for rule in line["rules"]])
        for line in told.body["lines"]
    ]
    assert lines == [
        (1, 12, [("base", 12)]),
        (2, 46, [("base", 23), ("double", 23)]),
        (3, 0, []),
        (4, 0, []),
    ]
    assert sum(points for _, points, _ in lines) == told.body["points"] == 58
    assert {line["nothing"] for line in told.body["lines"][2:]} == {"law"}
    reads = await central.services.store.list_reads(GROUP, MEMBER, 10)
    assert [(read.purpose, read.actor) for read in reads] == [("why_told", central.token_ids["terminal"])]
    shown = await central.get(f"members/{MEMBER}/reads", token="office")
    assert [(read["purpose"], read["actor"]) for read in shown.body["reads"]] == [
        ("why_told", central.token_ids["terminal"])
    ]
    assert (await central.get(f"members/{MEMBER}/reads")).status == 403
    assert (await central.get("members/none/reads", token="office")).status == 404


async def test_what_a_screen_is_told_names_no_article_class_law_or_amount(
    central: CentralUnderTest, sale_id: str
) -> None:
    told = await central.post(f"sales/{sale_id}/why", {"holder": by_uid()})
    text = msgspec.json.encode(told.body).decode().lower()
    for word in ("milk", "sun-cream", "medicine", "unsourced", "unknown_article", "law.ch", "minor"):
        assert word not in text


async def test_any_shop_of_the_group_tells_the_member(central: CentralUnderTest, sale_id: str) -> None:
    told = await central.post(f"sales/{sale_id}/why", {"holder": by_uid()}, token="terminal_2")
    assert (told.status, told.body["points"]) == (200, 58)


async def test_nobody_else_is_told(central: CentralUnderTest, sale_id: str) -> None:
    other = await central.post(f"sales/{sale_id}/why", {"holder": by_uid(OTHER_UID)})
    assert (other.status, other.body["code"]) == (404, "sale_not_found")
    number = await central.post(f"sales/{sale_id}/why", {"holder": by_number()})
    assert (number.status, number.body["code"]) == (403, "strength_too_low")
    for token in ("office", "reader", "importer"):
        refused = await central.post(f"sales/{sale_id}/why", {"holder": by_uid()}, token=token)
        assert (refused.status, refused.body["code"]) == (403, "permission_missing")
    assert (await central.post("sales/none/why", {"holder": by_uid()})).status == 404
    assert await central.services.store.list_reads(GROUP, MEMBER, 10) == []
    terminal = await central.services.access.authenticate(central.tokens["terminal"])
    assert (terminal.may(SALES_TELL), terminal.may(LINES_READ)) == (True, False)


async def test_a_discount_that_the_law_keeps_from_a_line_is_told_to_staff_on_paper_and_coarsely_on_a_screen(
    central: CentralUnderTest,
) -> None:
    group = await central.services.groups.get(GROUP)
    for_all = {key: value for key, value in SUN_OFF.items() if key != "lines"} | {"id": "all"}
    document = PROGRAMME | {"rules": [*PROGRAMME["rules"], for_all]}  # type: ignore[misc]
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(document).decode(),
        settings=group.settings,
    )
    lines = [(SHAMPOO, 1, 1240), (FIRST_MILK, 1, 990)]
    sold = await central.post("sales", a_sale(central, lines, receipt_columns=42))
    assert sold.body["lines"][1]["amount_minor"] == 990
    paper = " ".join(" ".join(sold.body["receipt"]).split())
    assert "pas de points, pas de remise, aucune règle de droit connue ne le permet" in paper

    care = (await central.get(f"sales/{sold.body['sale_id']}/why", token="reader")).body
    kept = [(each["code"], each["act"], each["kept_off"]) for each in care["lines"][1]["reasons"]]
    assert kept == [("unsourced", "be_discounted", ["all"]), ("unsourced", "earn", ["base"])]
    assert [step["kept_off"] for step in care["steps"] if step["act"] == "be_discounted"] == [["all"]]

    told = (await central.post(f"sales/{sold.body['sale_id']}/why", {"holder": by_uid()})).body
    assert [(line["nothing"], line["left_out"]) for line in told["lines"]] == [("", ""), ("law", "law")]
    text = msgspec.json.encode(told).decode()
    assert "discount" not in text
    assert "unsourced" not in text
