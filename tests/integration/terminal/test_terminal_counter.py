"""What clerks do for members, said by a till in nexo's Admin: the same acts as by the counter's API."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.members.messages import Channel
from tests.central_fixture import (
    CARD,
    MEMBER,
    OTHER_CARD,
    OTHER_MEMBER,
    OTHER_UID,
    STOCK_CARD,
    SUN_CREAM,
    UID,
)
from tests.helpers import eventually
from tests.integration.central.clerks import CODE, sign_in
from tests.integration.terminal.test_insured_card import NUMBER, a_key_file
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill, read_additional, requests
from wire.nexo.admin import AdminRequest, AdminResponse

HEALTH_CARD = "80756000000000000001"


async def ask(shop: Shop, service: str, **pairs: str) -> tuple[str, dict[str, str]]:
    """See `ask_by`: by the shop's first till."""
    return await ask_by(shop.till, service, **pairs)


async def ask_by(till: SimulatedTill, service: str, **pairs: str) -> tuple[str, dict[str, str]]:
    """The result or the condition of a failure, and what was told."""
    answer = await till.ask(requests.admin(service, **pairs), AdminResponse)
    response = answer.response
    return response.error_condition or response.result, read_additional(response.additional_response)


async def signed_in(shop: Shop) -> str:
    await sign_in(shop.central, "s-7")
    done, told = await ask(shop, "sign-in", staff="s-7", code=CODE)
    assert (done, told["staff"], told["role"]) == ("Success", "s-7", "assistant")
    return told["clerk"]


async def a_ticket(shop: Shop, card: str) -> str:
    answer = await shop.till.award([CREAM], card=card)
    assert answer.response.result == "Success", answer.response
    assert answer.poi_data is not None
    return answer.poi_data.poi_transaction_id.transaction_id


async def test_a_till_finds_a_member_without_a_card_and_sells_to_them(shop: Shop) -> None:
    clerk = await signed_in(shop)
    person = {"family_name": "Rochat", "given_name": "Carla", "home_shop_id": "lac-1", "member_id": "m-carla"}
    assert (await shop.central.post("members", person, token="office")).status == 200
    asked = {"id": "find-1", "clerk": clerk, "name": "carla rochat"}

    done, told = await ask(shop, "find", **asked)
    again = await ask(shop, "find", **asked)
    sold = await shop.till.award([CREAM], card=told["found.1"])

    assert (done, told["strength"], told["count"]) == ("Success", "name", "1")
    assert again[0] == "Success", "the same search again"
    assert sold.response.result == "Success"
    assert await shop.central.points_of("m-carla") == 39
    assert (await ask(shop, "find", **asked | {"id": "find-2", "name": "Nobody Here"}))[1][
        "code"
    ] == "name_not_alone"


async def test_one_till_parks_a_ticket_and_another_takes_it_up_once(shop: Shop) -> None:
    clerk = await signed_in(shop)
    second = await shop.second_till()
    lines = f"{SUN_CREAM}*2=39.80;2000000000022=8.90"
    put = {"id": "p-1", "clerk": clerk, "label": "blue coat", "lines": lines, "card": CARD}

    assert await ask(shop, "park", **put) == await ask(shop, "park", **put), "the same again is parked once"
    changed, why = await ask(shop, "park", **put | {"lines": f"{SUN_CREAM}=1.00"})
    _, waiting = await ask_by(second, "parked", clerk=clerk)
    done, taken = await ask_by(second, "take-up", id="t-1", clerk=clerk, parked="p-1")
    late, _ = await ask(shop, "take-up", id="t-2", clerk=clerk, parked="p-1")

    assert (changed, why["code"]) == ("NotAllowed", "idempotency_conflict")
    assert (waiting["count"], waiting["parked.1"], waiting["label.1"]) == ("1", "p-1", "blue coat")
    assert done == "Success"
    assert taken["lines"] == f"{SUN_CREAM}*2=39.80;2000000000022*1=8.90"
    assert (taken["card"], taken["currency"]) == (CARD, "CHF")
    assert late != "Success"
    assert (await ask(shop, "parked", clerk=clerk))[1]["count"] == "0"
    assert await shop.sales_booked() == 0, "nothing was booked by it"


async def test_tickets_are_moved_undone_and_handed_over_with_a_problem(shop: Shop) -> None:
    clerk = await signed_in(shop)
    wrong = await a_ticket(shop, OTHER_CARD)

    moved = await ask(shop, "move", id="a-1", clerk=clerk, ticket=wrong, card=CARD, reason="wrong_card")
    mine = await a_ticket(shop, CARD)
    told, incident = await ask(
        shop, "incident", id="i-1", clerk=clerk, kind="amount_error", ticket=mine, text="Charged twice."
    )
    undone = await ask(shop, "undo", id="a-2", clerk=clerk, ticket=mine, reason="wrong_amount")

    assert (moved[0], moved[1]["member"], moved[1]["points"]) == ("Success", MEMBER, "39")
    assert await shop.central.points_of(OTHER_MEMBER) == 0
    assert (told, incident["state"]) == ("Success", "open")
    assert (undone[0], undone[1]["points"]) == ("Success", "-39")
    assert await shop.central.points_of(MEMBER) == 39, "the moved ticket's alone"
    look = await shop.central.post("counter/incidents/i-1/look", {"clerk": clerk})
    assert (look.body["member_id"], look.body["history"][0]["text"]) == (MEMBER, "Charged twice.")


async def test_a_member_is_enrolled_by_one_field_where_they_agreed(shop: Shop) -> None:
    clerk = await signed_in(shop)
    asked = {"id": "e-1", "clerk": clerk, "member": "m-new", "email": "new@example.org", "card": STOCK_CARD}

    unasked, _ = await ask(shop, "enrol", **asked, agreed="false")
    done, told = await ask(shop, "enrol", **asked, agreed="true", consents="email,health", language="de")
    nobody = await ask(shop, "enrol", **asked | {"id": "e-2", "card": "reader"}, agreed="true")

    assert unasked != "Success"
    assert (done, told["cardNumber"], told["cardState"]) == ("Success", STOCK_CARD, "to_validate")
    assert told["isInvited"] == "false", "central has no way to mail"
    assert (nobody[0], nobody[1]["code"]) == ("NotFound", "card_missing"), "no card lies there"


async def test_a_till_is_told_that_an_enrolled_member_was_mailed_the_link(
    tmp_path: Path, socket_dir: Path
) -> None:
    outlets = {Channel.EMAIL: SimulatedOutlet(tmp_path / "out", "email")}
    address = "https://members.example.org"
    async with a_terminal(tmp_path, socket_dir, outlets=outlets, public_url=address) as shop:
        clerk = await signed_in(shop)
        asked = {"id": "e-1", "clerk": clerk, "member": "m-new", "email": "new@example.org", "agreed": "true"}
        paper = {"id": "e-2", "clerk": clerk, "member": "m-form", "form": "F-7", "agreed": "true"}

        done = [await ask(shop, "enrol", **asked) for _ in range(2)]
        by_form = await ask(shop, "enrol", **paper)

        assert [(result, told["isInvited"]) for result, told in done] == [("Success", "true")] * 2
        assert (by_form[0], by_form[1]["isInvited"]) == ("Success", "false"), "there is no address"
        await eventually(lambda: list((tmp_path / "out").glob("*")))
        [letter] = (tmp_path / "out").glob("*")
        assert address in await asyncio.to_thread(letter.read_text), "one mail, with the link"


async def test_who_agreed_is_written_to_and_who_did_not_is_not(tmp_path: Path, socket_dir: Path) -> None:
    outlets = {Channel.EMAIL: SimulatedOutlet(tmp_path / "out", "email")}
    async with a_terminal(tmp_path, socket_dir, outlets=outlets) as shop:
        clerk = await signed_in(shop)
        asked = {"id": "e-1", "clerk": clerk, "member": "m-new", "email": "new@example.org", "agreed": "true"}
        assert (await ask(shop, "enrol", **asked, card=STOCK_CARD, consents="email"))[0] == "Success"
        words = {
            "id": "msg-1",
            "clerk": clerk,
            "channel": "email",
            "subject": "Ready",
            "text": "Your cream is here.",
        }

        nobody, missing = await ask(shop, "message", **words | {"clerk": ""}, card=STOCK_CARD)
        made_up, over = await ask(shop, "message", **words | {"clerk": "made-up"}, card=STOCK_CARD)
        done, told = await ask(shop, "message", **words, card=STOCK_CARD)
        again = await ask(shop, "message", **words, card=STOCK_CARD)
        await shop.tap_known(UID)
        refused, why = await ask(shop, "message", **words | {"id": "msg-2"}, card="reader")

        assert (nobody, missing["code"]) == ("MessageFormat", "admin_invalid")
        assert (made_up != "Success", over["code"]) == (True, "sign_in_over")
        assert (done, told["message"], again[0]) == ("Success", "msg-1", "Success")
        acts = (await shop.central.get("counter/acts?from_ms=0", token="office")).body["acts"]
        assert [
            (each["act_id"], each["staff_id"], each["member_id"])
            for each in acts
            if each["kind"] == "message"
        ] == [
            ("message/msg-2", "s-7", MEMBER),
            ("message/msg-1", "s-7", "m-new"),
        ]
        await eventually(lambda: list((tmp_path / "out").glob("*")))
        [letter] = (tmp_path / "out").glob("*")
        assert "Your cream is here." in await asyncio.to_thread(letter.read_text)
        assert (refused, why["code"]) == ("Refusal", "consent_missing")


async def test_the_insured_person_card_on_the_reader_is_linked_to_the_card_that_was_acquired(
    tmp_path: Path, socket_dir: Path
) -> None:
    reader = {"insured_card_key_file": await asyncio.to_thread(a_key_file, tmp_path)}
    async with a_terminal(tmp_path, socket_dir, reader=reader) as shop:
        clerk = await signed_in(shop)
        await shop.tap_known(OTHER_UID)
        acquired = await shop.till.acquire()
        assert acquired.poi_data is not None
        asked = {
            "id": "i-1",
            "clerk": clerk,
            "card": acquired.poi_data.poi_transaction_id.transaction_id,
            "insured": "reader",
        }
        early = await ask(shop, "insured-card", **asked, agreed="true")
        await shop.tap(f"iccsn:{NUMBER}", "chip")
        await eventually(lambda: shop.kiosk.session.refusal == "health_card")

        unasked, _ = await ask(shop, "insured-card", **asked, agreed="false")
        done, told = await ask(shop, "insured-card", **asked, agreed="true")

        assert (early[0], early[1]["code"]) == ("NotFound", "insured_card_missing")
        assert unasked != "Success"
        assert (done, told["member"]) == ("Success", OTHER_MEMBER)
        await shop.remove()
        await shop.tap(f"iccsn:{NUMBER}", "chip")
        await eventually(lambda: shop.kiosk.session.state == "open")


async def test_wrong_words_are_refused_by_name_and_reach_nobody(shop: Shop) -> None:
    clerk = await signed_in(shop)
    for text, code in (
        ("", "admin_service_unknown"),
        ("service=reboot", "admin_service_unknown"),
        ("service=find&id=f&id=g", "admin_invalid"),
        ("service=find&id=f&shoe=44", "admin_invalid"),
        ("service=find&name=%ff", "admin_invalid"),
        ("service=sign-in&staff=s-7", "admin_invalid"),
        ("&".join(f"a{number}=1" for number in range(40)), "admin_invalid"),
        (f"service=park&id=p&clerk={quote(clerk)}&lines=now", "line_invalid"),
        (f"service=park&id=p&clerk={quote(clerk)}&lines=1%3D1.001", "amount_does_not_fit"),
        (f"service=incident&id=i&clerk={quote(clerk)}&kind=other&card={HEALTH_CARD}", "health_card"),
        (f"service=take-up&id=t&clerk={quote(clerk)}", "admin_invalid"),
        ("service=sign-in&staff=s-7&code=0000", "pin_wrong"),
        ("service=find&id=f&clerk=made-up&phone=%2B41791234567", "sign_in_over"),
    ):
        answer = await shop.till.ask(AdminRequest(service_identification=text), AdminResponse)
        told = read_additional(answer.response.additional_response)
        assert (answer.response.result, told["code"]) == ("Failure", code), text


async def test_in_training_and_in_a_cut_nothing_is_done(shop: Shop) -> None:
    clerk = await signed_in(shop)
    await shop.till.login(is_training=True)
    practised = await ask(shop, "parked", clerk=clerk)
    await shop.till.login(is_training=False)
    await shop.cut()
    away = await ask(shop, "parked", clerk=clerk)

    assert (practised[0], practised[1]["code"]) == ("NotAllowed", "not_in_training")
    assert away[0] == "UnreachableHost"


async def test_passes_and_codes_lie_in_no_file_of_the_terminal(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        clerk = await signed_in(shop)
        await ask(shop, "find", id="f-1", clerk=clerk, phone="+41791234567")
        files = [path for path in shop.settings.state_dir.rglob("*") if path.is_file()]
        assert files
        held = [await asyncio.to_thread(path.read_bytes) for path in files]
        for secret in (clerk, "+41791234567", f"code={CODE}"):
            assert not [True for data in held if secret.encode() in data]


@pytest.mark.parametrize("text", ["service=sign-in", "x" * 70_000])
async def test_the_answer_is_an_admin_response_even_to_what_cannot_be_read(shop: Shop, text: str) -> None:
    answer = await shop.till.ask(AdminRequest(service_identification=text), AdminResponse)

    assert answer.response.error_condition == "MessageFormat"
