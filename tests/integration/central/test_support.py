"""Looks at a kiosk's screen: asked with a permission of their own, granted by staff, over by themselves."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import operator_of
from central.services.group.support import SupportOver
from central.workers.upkeep import Upkeep
from loyalty.limits.support import SUPPORT_ASK_MAX_S, SUPPORT_FRAME_BYTES_MAX, SUPPORT_SILENT_MAX_S
from tests.central_fixture import CentralUnderTest, Reply, a_central
from tests.movable_clock import MovableClock
from wire.api_support import AnswerSupportBody

PNG = "iVBORw0KGgo="
"""A PNG's first bytes, in base64."""
NOW_MS = 1_784_271_600_000


async def watcher(central: CentralUnderTest) -> str:
    issued = await central.services.access.issue_token(
        central.operator, role="office", label="support", also=frozenset({"kiosks.watch"})
    )
    return issued.token


def asked(terminal_id: str, support_id: str = "look-1", **more: Any) -> dict[str, Any]:
    return {"support_id": support_id, "terminal_id": terminal_id, "reason": "Printer silent"} | more


async def terminal_of(central: CentralUnderTest) -> str:
    return str((await central.get("group")).body["terminal_id"])


async def grant(central: CentralUnderTest, support_id: str = "look-1", *, is_granted: bool = True) -> Reply:
    return await central.post(f"support/{support_id}/answer", {"is_granted": is_granted, "staff_id": "s-7"})


async def frame(central: CentralUnderTest, number: int, **more: Any) -> Reply:
    return await central.post("support/look-1/frame", {"number": number, "picture": PNG} | more)


async def kinds(central: CentralUnderTest) -> list[str]:
    rows = await central.services.visits.support._store.list_events(central.operator.group_id, 0, 1000)
    return [row.kind for row in rows if row.kind.startswith("support.")]


async def test_a_look_is_asked_granted_seen_and_ended_and_all_of_it_is_on_record(
    central: CentralUnderTest,
) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    assert (await central.post("support", asked(terminal_id), token="office")).code == "permission_missing"
    first = await central.post("support", asked(terminal_id), token=token)
    assert (first.status, first.body["state"]) == (200, "asked")
    again = await central.post("support", asked(terminal_id), token=token)
    assert again.body["state"] == "asked"
    other = await central.post("support", asked(terminal_id, "look-2"), token=token)
    assert (other.status, other.code) == (409, "support_busy")
    told = (await central.get("group")).body["support"]
    assert (told["state"], told["reason"], told["minutes"]) == ("asked", "Printer silent", 10)
    assert (await central.get("group", token="terminal_2")).body["support"] is None
    assert (await frame(central, 1)).code == "support_not_granted"
    assert (await grant(central)).body["state"] == "granted"
    assert (await central.get("support/look-1/picture", token=token)).code == "support_no_picture"
    assert (await frame(central, 1)).status == 200
    assert (await frame(central, 2, is_private=True)).status == 200
    view = (await central.get("support/look-1", token=token)).body
    assert (view["frame_number"], view["is_private"], view["staff_id"]) == (2, True, "s-7")
    assert (await central.get("support/look-1/picture", token=token)).status == 200
    assert (await central.post("support/look-1/end", {}, token=token)).body["state"] == "over"
    assert (await frame(central, 3)).code == "support_over"
    assert (await central.get("support/look-1/picture", token=token)).code == "support_over"
    assert (await central.get("group")).body["support"] is None
    assert await kinds(central) == ["support.asked", "support.granted", "support.ended"]


async def test_another_terminal_and_another_group_have_nothing_to_do_with_it(
    central: CentralUnderTest,
) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    await central.post("support", asked(terminal_id), token=token)
    answer = {"is_granted": True, "staff_id": "s-7"}
    theirs = await central.post("support/look-1/answer", answer, token="terminal_2")
    assert (theirs.status, theirs.code) == (404, "support_not_found")
    foreign = await central.services.access.issue_token(
        operator_of("mont"), role="office", label="x", also=frozenset({"kiosks.watch"})
    )
    assert (await central.get("support/look-1", token=foreign.token)).code == "support_not_found"


async def test_what_staff_refuse_or_end_is_over(central: CentralUnderTest) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    await central.post("support", asked(terminal_id), token=token)
    assert (await grant(central, is_granted=False)).body["state"] == "refused"
    assert (await grant(central)).code == "support_over"
    await central.post("support", asked(terminal_id, "look-2"), token=token)
    await grant(central, "look-2")
    assert (await grant(central, "look-2", is_granted=False)).body["state"] == "over"
    assert await kinds(central) == [
        "support.asked",
        "support.refused",
        "support.asked",
        "support.granted",
        "support.ended",
    ]


async def test_time_and_a_silent_terminal_end_it_and_take_its_picture(tmp_path: Path) -> None:
    clock = MovableClock(NOW_MS)
    async with a_central(tmp_path, clock) as central:
        await time_passes(central, clock)


async def time_passes(central: CentralUnderTest, clock: MovableClock) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    await central.post("support", asked(terminal_id), token=token)
    clock.now_ms += SUPPORT_ASK_MAX_S * 1000
    assert (await central.get("support/look-1", token=token)).body["state"] == "over"
    await central.post("support", asked(terminal_id, "look-2"), token=token)
    await grant(central, "look-2")
    clock.now_ms += SUPPORT_SILENT_MAX_S * 1000 + 1
    assert (await central.get("support/look-2", token=token)).body["state"] == "over"
    await central.post("support", asked(terminal_id, "look-3", minutes=1), token=token)
    await grant(central, "look-3")
    for _ in range(6):
        clock.now_ms += 10_000
        last = await central.post("support/look-3/frame", {"number": 1, "picture": PNG})
    assert last.code == "support_over"


async def test_head_office_that_ends_it_while_staff_agree_has_ended_it(central: CentralUnderTest) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    await central.post("support", asked(terminal_id), token=token)
    support = central.services.visits.support
    clerks = await central.services.access.authenticate(central.tokens["terminal"])
    office = await central.services.access.authenticate(token)
    agreed = asyncio.create_task(
        support.answer(clerks, "look-1", AnswerSupportBody(is_granted=True, staff_id="s-7"))
    )
    await asyncio.sleep(0)  # it has begun: that staff agreed is being written
    assert not agreed.done()
    await support.end(office, "look-1")
    with pytest.raises(SupportOver):
        await agreed
    assert (await frame(central, 1)).code == "support_over"
    assert (await central.get("support/look-1", token=token)).body["state"] == "over"


async def test_a_picture_that_nobody_asks_for_goes_with_its_look(tmp_path: Path) -> None:
    clock = MovableClock(NOW_MS)
    async with a_central(tmp_path, clock) as central:
        token, terminal_id = await watcher(central), await terminal_of(central)
        await central.post("support", asked(terminal_id), token=token)
        await grant(central)
        assert (await frame(central, 1)).status == 200
        looks = central.services.visits.support._looks
        clock.now_ms += SUPPORT_SILENT_MAX_S * 1000
        await Upkeep(central.services).run_once()
        assert [look.picture for look in looks.values()] == [base64.b64decode(PNG)]
        clock.now_ms += 1
        await Upkeep(central.services).run_once()
        assert [(look.state, look.picture) for look in looks.values()] == [("over", b"")]


async def test_what_is_no_picture_or_too_large_is_refused(central: CentralUnderTest) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    await central.post("support", asked(terminal_id), token=token)
    await grant(central)
    assert (await frame(central, 1, picture="AAAA")).code == "support_picture_invalid"
    large = "A" * (4 * (SUPPORT_FRAME_BYTES_MAX // 3 + 2))
    assert (await frame(central, 1, picture=large)).code == "schema_mismatch"


async def test_a_terminal_that_is_not_there_is_not_asked_and_those_that_are_there_are_named(
    central: CentralUnderTest,
) -> None:
    token, terminal_id = await watcher(central), await terminal_of(central)
    refused = await central.post("support", asked("nyon-42"), token=token)
    assert (refused.status, refused.code) == (404, "terminal_unknown")
    assert terminal_id in refused.body["detail"]
    assert await kinds(central) == []
