"""Why these points? From a touch on the screen to the explanation stored with the ticket (R-23)."""

import dataclasses

import pytest

from tests.acceptance.first_tap.conftest import Group
from tools.till import Item, read_additional
from wire.live_screen import FrameHead

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = "1 point par franc entier"
"""The demo programme's rule, as its group named it."""


def touch(group: Group, frame: FrameHead, action: str) -> None:
    left, top, width, height = frame.targets[action]
    group.viewer.touch(left + width // 2, top + height // 2)


async def test_the_chip_of_todays_points_tells_the_rule_and_forgets_with_the_card(
    group: Group,
) -> None:
    tap_id = await group.tap(group.card("ms_card"))
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    answer = await group.till.award([group.item()])
    earned = read_additional(answer.response.additional_response)["earned"]
    assert earned == "21", "one point per whole franc of a CHF 21.90 sun cream"
    frame = await group.viewer.wait_for(lambda head: "why_today" in head.targets)

    touch(group, frame, "why_today")

    frame = await group.viewer.wait_for(lambda head: head.screen == "why" and RULE in head.texts)
    assert f"+{earned}" in frame.texts, "what the rule gave"
    assert earned in frame.texts, "what the ticket earned"
    assert "Ligne 1" in frame.texts
    assert any("21.90" in text for text in frame.texts), "what was paid"
    await group.remove()
    assert group.viewer.head is not None
    assert RULE not in group.viewer.head.texts


async def test_a_row_of_the_last_tickets_tells_why_too(group: Group) -> None:
    tap_id = await group.tap(group.card("ms_card"))
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    await group.till.award([group.item()])
    frame = await group.viewer.wait_for(lambda head: "why_today" in head.targets)
    touch(group, frame, "tickets")
    frame = await group.viewer.wait_for(lambda head: head.screen == "tickets")

    touch(group, frame, "why_1")

    frame = await group.viewer.wait_for(lambda head: head.screen == "why" and RULE in head.texts)
    assert {"+21"} <= set(frame.texts)
    touch(group, frame, "back")
    await group.viewer.wait_for(lambda head: head.screen == "tickets")
    await group.remove()


async def test_paper_and_screen_tell_every_line_and_their_points_sum_to_the_tickets(group: Group) -> None:
    tap_id = await group.tap(group.card("ms_card"))
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    unknown = Item(line_no=0, code="4006381333931", quantity=1, amount_minor=750)
    bought = [group.item(), unknown, group.item(quantity=2), group.item()]
    lines = [dataclasses.replace(item, line_no=no) for no, item in enumerate(bought, start=1)]
    answer = await group.till.award(lines)
    told = read_additional(answer.response.additional_response)
    assert [told[f"points.{no}"] for no in (1, 2, 3, 4)] == ["22", "0", "43", "22"]
    assert told["earned"] == "87"

    assert answer.payment_receipt is not None
    rows = [row.text for row in answer.payment_receipt[0].output_content.output_text or []]
    assert all(len(row) <= 42 for row in rows)
    assert rows[:12] == [
        "Vos points, ligne par ligne",
        "Ligne 1                          22 points",
        "  1 point par franc entier             +22",
        "Ligne 2                            0 point",
        "  Article : pas de points, tant que sa",
        "  catégorie n'est pas connue",
        "Ligne 3                          43 points",
        "  1 point par franc entier             +43",
        "Ligne 4                          22 points",
        "  1 point par franc entier             +22",
        "-" * 42,
        "Points gagnés                    87 points",
    ]

    frame = await group.viewer.wait_for(lambda head: "tickets" in head.targets and "+87" in head.texts)
    touch(group, frame, "tickets")
    frame = await group.viewer.wait_for(lambda head: head.screen == "tickets")
    touch(group, frame, "why_1")
    frame = await group.viewer.wait_for(lambda head: head.screen == "why" and RULE in head.texts)
    assert {"87", "+87", "Lignes 1, 4", "+44", "Ligne 3", "+43", "Ligne 2", "0"} <= set(frame.texts)
    assert any("exclu par la loi" in text for text in frame.texts)
    assert not any("catégorie" in text for text in frame.texts), "which law or class is for the paper"
    await group.remove()


async def test_without_central_the_screen_says_so_in_words(group: Group) -> None:
    tap_id = await group.tap(group.card("ms_card"))
    frame = await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    touch(group, frame, "tickets")
    frame = await group.viewer.wait_for(lambda head: head.screen == "tickets")
    await group.stack.cable.cut()

    touch(group, frame, "why_1")

    # How fast the agent notices the cut does not matter: until it does, its call fails by itself.
    frame = await group.viewer.wait_for(
        lambda head: head.screen == "why" and any("connexion" in text.lower() for text in head.texts),
        deadline_s=20,
    )
    assert RULE not in frame.texts
    await group.stack.cable.mend()
    await group.remove()
