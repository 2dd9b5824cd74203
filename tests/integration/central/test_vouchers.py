"""Vouchers over HTTP: given with a ticket, presented once, held, given back, ended; gifts that are told."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.limits.rules import BASKET_VOUCHERS_MAX
from loyalty.limits.value import GUESSES_PER_TERMINAL
from loyalty.programme.voucher import voucher_code
from tests.central_fixture import (
    GROUP,
    OTHER_UID,
    PRESCRIPTION,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import MEMBERS, publish
from tests.integration.central.test_claims import pass_hold_time, patient
from tests.movable_clock import MovableClock
from wire import api_catalogue, api_members

DAY_MS = 86_400_000
NOT_PAID_WITH_ONE = {"not": {"has": [{"fact": "basket.vouchers"}, "thanks"]}}


def thanks(**effect: Any) -> dict[str, Any]:
    """A voucher over 5.00 for tickets of 20.00 and more."""
    given = {"effect": "next_purchase_voucher", "voucher": "thanks", "worth_minor": 500, "valid_days": 30}
    when = {"ge": [{"fact": "basket.total_minor"}, 2000]}
    return {"id": "thanks", "version": 1, "kind": "promotion", "when": when, "effects": [given | effect]}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def sound(central: CentralUnderTest) -> bool:
    return (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def earn(central: CentralUnderTest, holder: dict[str, str] | None = None, **changed: Any) -> Any:
    """A ticket of 20.00; its answer."""
    return await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2000)], holder, **changed))


def paid_with(
    central: CentralUnderTest,
    *codes: str,
    amount: int = 1500,
    holder: dict[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    sale = a_sale(central, [(SHAMPOO, 1, amount)], holder, **more)
    return sale | {"basket": sale["basket"] | {"vouchers": list(codes)}}


async def test_a_ticket_gives_a_voucher_that_pays_once(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    first = a_sale(central, [(SUN_CREAM, 1, 2000)])
    given = (await central.post("sales", first)).body
    (voucher,) = given["vouchers"]
    assert (voucher["definition"], voucher["worth_minor"], voucher["is_personal"]) == ("thanks", 500, True)
    assert voucher["code"] in given["receipt"]
    again = await central.post("sales", first)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.body["vouchers"], again.body["receipt"]) == (given["vouchers"], given["receipt"])

    quoted = await central.post(
        "quotes", {"basket": paid_with(central, voucher["code"])["basket"], "holder": by_uid()}
    )
    assert (quoted.body["total_minor"], quoted.body["used_vouchers"]) == (
        1000,
        [{"code": voucher["code"], "used_minor": 500}],
    )
    sale = paid_with(central, voucher["code"])
    sold = await central.post("sales", sale)
    assert (sold.body["total_minor"], sold.body["used_vouchers"][0]["used_minor"]) == (1000, 500)
    replay = await central.post("sales", sale)
    assert replay.body["used_vouchers"] == sold.body["used_vouchers"]
    refused = await central.post("sales", paid_with(central, voucher["code"]))
    assert (refused.status, refused.code) == (422, "voucher_used")
    assert await sound(central)


async def test_a_voucher_named_twice_in_a_basket_is_refused_however_it_is_written(
    central: CentralUnderTest,
) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    plain = code.replace(" ", "")
    for codes in ((code, code), (code, plain), (plain, "-".join(code.split()))):
        quote = {"basket": paid_with(central, *codes)["basket"], "holder": by_uid()}
        for refused in (
            await central.post("quotes", quote),
            await central.post("sales", paid_with(central, *codes)),
        ):
            assert (refused.status, refused.code) == (422, "voucher_twice")
            assert refused.body["params"] == {"number": f"...{plain[-4:]}"}
    sold = await central.post("sales", paid_with(central, code))
    assert sold.body["used_vouchers"] == [{"code": code, "used_minor": 500}], "it is good as before"


async def test_the_number_is_kept_nowhere(central: CentralUnderTest, tmp_path: Path) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    await central.services.store.copy_into(tmp_path / "copy.sqlite")
    everything = (tmp_path / "copy.sqlite").read_bytes()
    assert code.encode() not in everything
    assert code.replace(" ", "").encode() not in everything
    assert b"thanks" in everything


async def test_each_wrong_number_is_told_apart(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    mine = (await earn(central)).body["vouchers"][0]["code"]
    other = (await earn(central, by_uid(OTHER_UID))).body["vouchers"][0]["code"]
    slip = mine[:-1] + str((int(mine[-1]) + 1) % 10)
    never = voucher_code(b"x" * 32)
    for code, expected in (
        (slip, "voucher_code_invalid"),
        (never, "voucher_unknown"),
        (other, "voucher_of_another"),
    ):
        assert (await central.post("sales", paid_with(central, code))).code == expected
    assert (await central.post("sales", paid_with(central, mine, holder={}))).code == "voucher_of_another"
    foreign = {"basket": paid_with(central, mine)["basket"], "shop_id": "mont-1"}
    assert (await central.post("quotes", foreign, token="foreign")).status == 404
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 32 * DAY_MS
    assert (await central.post("sales", paid_with(central, mine))).code == "voucher_expired"
    await central.services.upkeep.expire(GROUP, "run-1")
    assert (await central.post("sales", paid_with(central, mine))).code == "voucher_expired"
    assert await sound(central)


async def test_guesses_are_slowed(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    codes = []
    for at in range(GUESSES_PER_TERMINAL + 1):
        answer = await central.post("sales", paid_with(central, voucher_code(bytes([at]) * 16)))
        codes.append(answer.code)
    assert codes[:-1] == ["voucher_unknown"] * GUESSES_PER_TERMINAL
    assert codes[-1] == "too_many_tries"


async def test_a_ticket_of_nobody_gives_a_voucher_to_whoever_brings_it(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    given = (await earn(central, {})).body["vouchers"][0]
    assert not given["is_personal"]
    assert (await central.post("sales", paid_with(central, given["code"]))).body["total_minor"] == 1000
    assert await sound(central)


async def test_a_voucher_reaches_only_the_classes_it_is_good_for(central: CentralUnderTest) -> None:
    await publish(central, thanks(redeem_on=["parapharmacy"]))
    code = (await earn(central)).body["vouchers"][0]["code"]
    sold = await central.post("sales", paid_with(central, code))
    assert (sold.body["total_minor"], sold.body["used_vouchers"][0]["used_minor"]) == (1500, 0)
    quoted = await central.post("quotes", {"basket": paid_with(central, code)["basket"], "holder": by_uid()})
    assert quoted.status == 200, "what was not used stays good"


async def test_the_law_keeps_vouchers_from_prescriptions(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    basket = a_basket([(PRESCRIPTION, 1, 3000)]) | {"vouchers": [code]}
    quoted = await central.post("quotes", {"basket": basket, "holder": by_uid()})
    assert (quoted.body["total_minor"], quoted.body["used_vouchers"][0]["used_minor"]) == (3000, 0)


async def test_a_return_of_the_goods_ends_the_voucher_they_earned(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    sold = (await earn(central)).body
    back = await central.post(f"sales/{sold['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["ended_vouchers"] == ["thanks"]
    refused = await central.post("sales", paid_with(central, sold["vouchers"][0]["code"]))
    assert refused.code == "voucher_taken_back"
    assert await sound(central)


async def test_a_return_of_what_a_voucher_paid_makes_it_good_again(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    sale = paid_with(central, code)
    sale["basket"]["lines"][0]["quantity"] = 2
    await central.post("sales", sale)
    path = f"sales/{sale['sale_id']}/returns"
    half = await central.post(path, a_return(central, [(1, 1)]))
    assert half.body["restored_vouchers"] == [], "a voucher comes back whole"
    body = a_return(central, [(1, 1)])
    rest = await central.post(path, body)
    assert (half.body["total_minor"] + rest.body["total_minor"], rest.body["restored_vouchers"]) == (
        1000,
        ["thanks"],
    )
    assert (await central.post(path, body)).body["restored_vouchers"] == ["thanks"]
    assert (await central.post("sales", paid_with(central, code))).body["total_minor"] == 1000
    assert await sound(central)


async def test_a_voucher_that_expired_meanwhile_comes_back_for_30_days(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    sale = paid_with(central, code)
    await central.post("sales", sale)
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 40 * DAY_MS
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["restored_vouchers"] == ["thanks"]
    central.clock.now_ms += 29 * DAY_MS
    assert (await central.post("sales", paid_with(central, code))).body["total_minor"] == 1000
    assert await sound(central)


async def test_what_earned_a_used_voucher_and_what_it_paid_both_come_back(central: CentralUnderTest) -> None:
    """Neither return leaves a voucher that nobody paid for."""
    await publish(central, thanks())
    first = (await earn(central)).body
    code = first["vouchers"][0]["code"]
    second = paid_with(central, code)
    await central.post("sales", second)
    ended = await central.post(f"sales/{first['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert ended.body["ended_vouchers"] == ["thanks"]
    back = await central.post(f"sales/{second['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["restored_vouchers"] == []
    assert (await central.post("sales", paid_with(central, code))).code == "voucher_taken_back"
    assert await sound(central)


async def reserve(central: CentralUnderTest, code: str) -> Any:
    quote = {"basket": paid_with(central, code)["basket"], "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    body = {"reservation_id": "res-1", "quote_id": quoted.body["quote_id"], "quote": quote}
    return await central.post("reservations", body)


async def test_a_reservation_holds_its_voucher(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    assert (await reserve(central, code)).body["total_minor"] == 1000
    assert (await central.post("sales", paid_with(central, code))).code == "voucher_held"
    sold = await central.post("sales", paid_with(central, code, reservation_id="res-1"))
    assert (sold.status, sold.body["total_minor"], sold.body["warnings"]) == (200, 1000, [])
    assert await sound(central)


async def test_a_late_ticket_keeps_the_price_its_voucher_made(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    await reserve(central, code)
    late = paid_with(central, code, reservation_id="res-1")
    await pass_hold_time(central)
    assert (await central.post("sales", paid_with(central, code))).body["total_minor"] == 1000
    sold = await central.post("sales", late | {"sent_ms": central.clock()})
    assert (sold.status, sold.body["total_minor"]) == (200, 1000)
    assert [warning["code"] for warning in sold.body["warnings"]] == ["voucher_short"]
    assert await sound(central)


@pytest.mark.parametrize("_round", range(4))
async def test_of_64_tills_at_once_one_uses_the_voucher(central: CentralUnderTest, _round: int) -> None:
    await publish(central, thanks())
    code = (await earn(central)).body["vouchers"][0]["code"]
    answers = await in_parallel([patient(central, paid_with(central, code)) for _ in range(64)])
    won = [answer for answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.code for answer in answers if answer.status != 200} == {"voucher_used"}
    assert await sound(central)


async def test_one_ticket_sent_at_once_by_many_uses_its_voucher_once(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    sale = paid_with(central, (await earn(central)).body["vouchers"][0]["code"])
    answers = await in_parallel([patient(central, sale) for _ in range(16)])
    assert {(answer.status, answer.body["total_minor"]) for answer in answers} == {(200, 1000)}
    assert await sound(central)


async def test_a_budget_counts_the_worth_of_vouchers(central: CentralUnderTest) -> None:
    await publish(central, thanks() | {"budget": 1200})
    given = [len((await earn(central)).body["vouchers"]) for _ in range(3)]
    assert given == [1, 1, 0], "200 left are no voucher over 500"


async def test_too_many_vouchers_are_refused_by_the_schema(central: CentralUnderTest) -> None:
    codes = [voucher_code(bytes([at]) * 16) for at in range(BASKET_VOUCHERS_MAX + 1)]
    assert (await central.post("sales", paid_with(central, *codes))).code == "schema_mismatch"


async def test_a_gift_that_is_not_in_the_basket_is_told(central: CentralUnderTest) -> None:
    body = api_catalogue.ArticleBody(name="tea", article_class="medicine_ch_e", codes=["2000000000077"])
    await central.services.articles.put_articles(central.operator, [("tea", body)])
    gift = {"effect": "free_article", "article_id": "tea", "article_class": "medicine_ch_e"}
    rule = {"id": "gift", "version": 1, "kind": "promotion", "when": MEMBERS, "effects": [gift]}
    await publish(central, rule)
    quoted = await central.post("quotes", {"basket": a_basket([(SUN_CREAM, 1, 2000)]), "holder": by_uid()})
    told = [{"rule_id": "gift", "article_id": "tea", "quantity": 1}]
    assert quoted.body["gifts"] == told
    sale = a_sale(central, [(SUN_CREAM, 1, 2000)])
    assert (await central.post("sales", sale)).body["gifts"] == told
    assert (await central.post("sales", sale)).body["gifts"] == told, "and again when it is sent again"


async def test_a_gift_handed_over_beside_the_ticket_keeps_its_limit_when_all_comes_back(
    central: CentralUnderTest,
) -> None:
    body = api_catalogue.ArticleBody(name="tea", article_class="medicine_ch_e", codes=["2000000000077"])
    await central.services.articles.put_articles(central.operator, [("tea", body)])
    gift = {"effect": "free_article", "article_id": "tea", "article_class": "medicine_ch_e"}
    once = {"limits": [{"per": "member", "window": "ever", "times": 1}], "version": 1, "when": MEMBERS}
    off = {"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}
    await publish(
        central,
        {"id": "gift", "kind": "promotion", "effects": [gift]} | once,
        {"id": "off", "kind": "promotion", "effects": [off]} | once,
    )
    for gifts in (1, 0):
        sale = a_sale(central, [(SUN_CREAM, 1, 2000)])
        sold = (await central.post("sales", sale)).body
        assert (len(sold["gifts"]), sold["total_minor"]) == (gifts, 1800), (
            "the discount came back, the tea not"
        )
        back = a_return(central, [(1, 1)])
        assert (await central.post(f"sales/{sale['sale_id']}/returns", back)).status == 200


async def test_an_article_and_a_member_condition_give_a_coupon_that_says_all_of_itself(
    central: CentralUnderTest,
) -> None:
    """P-50, P-51: what was bought and who bought it; the text in the reader's language, the code named."""
    await central.put("parties/supplier/sol", {"name": "Sol Laboratoires SA"})
    bought = {"any_line": {"eq": [{"fact": "line.article_id"}, "sun-cream"]}}
    coupon = thanks(redeem_on=["cosmetic"]) | {
        "when": {"and": [bought, {"eq": [{"fact": "member.language"}, "de"]}, NOT_PAID_WITH_ONE]},
        "funder": "supplier/sol",
    }
    await publish(central, coupon | {"kind": "campaign"})
    await central.services.members.enrol(
        central.operator,
        api_members.MemberBody(
            member_id="m-de", family_name="Huber", language="de", card_number="2900000000130"
        ),
    )
    german = {"medium": "typed", "value": "2900000000130"}
    assert (await earn(central, by_uid())).body["vouchers"] == []
    other = a_sale(central, [(SHAMPOO, 3, 2670)], german)
    assert (await central.post("sales", other)).body["vouchers"] == []

    (voucher,) = (await earn(central, german, receipt_columns=32)).body["vouchers"]

    assert (voucher["symbology"], voucher["payload"]) == ("qr", voucher["code"].replace(" ", ""))
    assert len(voucher["payload"]) == 20
    assert (voucher["funder"], voucher["offered_by"]) == ("supplier/sol", "Sol Laboratoires SA")
    year, month, day = voucher["last_day"].split("-")
    assert voucher["rows"] == [
        "-" * 32,
        "Gutschein               CHF 5.00",
        "Offeriert von Sol Laboratoires",
        "SA",
        f"Gültig bis {day}.{month}.{year}",
        "Einmal, in allen unseren",
        "Apotheken",
        "Gültig für: Kosmetik",
        "Nur mit Ihrer Karte",
        voucher["code"],
    ]
    sold = await central.post("sales", paid_with(central, voucher["payload"], holder=german))
    assert sold.body["used_vouchers"][0]["used_minor"] == 500
    assert await sound(central)


async def test_a_prescription_medicine_gives_no_coupon(central: CentralUnderTest) -> None:
    bought = {"any_line": {"eq": [{"fact": "line.article_id"}, "prescription"]}}
    await publish(central, thanks() | {"when": {"and": [bought, NOT_PAID_WITH_ONE]}})
    sale = a_sale(central, [(PRESCRIPTION, 1, 2500)])
    assert (await central.post("sales", sale)).body["vouchers"] == []
