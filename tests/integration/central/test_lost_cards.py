"""A card is blocked without the card: nobody learns who is a member, who has the last word (P-37)."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.members.messages import Channel
from central.services.visits.lost_card_words import WORDS, notice_of
from loyalty.limits.lost_cards import (
    LOST_CARD_ANSWER_MS,
    LOST_CARD_BLOCK_HOURS,
    LOST_CARD_TRIES_PER_KIOSK,
    LOST_CARD_TRIES_PER_MEMBER,
    LOST_CARD_TRIES_PER_NUMBER,
)
from loyalty.limits.messages import SMS_PARTS_MAX
from loyalty.programme.sms import sms_size
from tests.central_fixture import GROUP, CentralUnderTest, Reply, a_central
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
CLARA, CLARAS, CLARAS_UID = "10041", "2900000000116", "04A1B2C3D4E5A0"
BORN = "1961-04-12"


@dataclass
class Desk:
    """A central with a member who has a telephone, and the folder where her messages arrive."""

    central: CentralUnderTest
    clock: MovableClock
    folder: Path

    async def report(
        self, number: str = CLARAS, born: str = BORN, report_id: str = "r-1", token: str = "terminal"
    ) -> Reply:
        body = {"report_id": report_id, "number": number, "birth_date": born}
        return await self.central.post("lost-cards", body, token=token)

    async def end(self, code: str, wish: str = "keep", number: str = CLARAS) -> Reply:
        body = {"number": number, "birth_date": BORN, "code": code, "wish": wish}
        return await self.central.post("lost-cards/code", body)

    async def state(self) -> tuple[str, str]:
        card = await self.central.post("cards/find", {"card_number": CLARAS}, token="office")
        return card.body["state"], card.body["reason"]

    async def reports(self) -> list[tuple[str, str | None]]:
        told = await self.central.get("lost-cards", token="office")
        return [(each["state"], each["member_id"]) for each in told.body["reports"]]

    async def said(self) -> list[str]:
        """What was said, the latest last, once anything was."""
        files = await self.central.handed_on(lambda: list(self.folder.glob("*.json")))
        files.sort(key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(each.read_text())["text"] for each in files]

    async def code(self) -> str:
        (code,) = re.findall(r"\b\d{6}\b", (await self.said())[-1])
        return str(code)


@asynccontextmanager
async def a_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock, folder = MovableClock(NOW_MS), tmp_path / "sms"
    outlets = {Channel.SMS: SimulatedOutlet(folder, "sms")}
    async with a_central(tmp_path, clock, outlets=outlets) as central:
        member = {
            "member_id": CLARA, "family_name": "Keller", "birth_date": BORN, "phone": "+41 79 555 01 23",
            "language": "de",
        }  # fmt: skip
        assert (await central.post("members", member, token="office")).status == 200
        card = {"card_number": CLARAS, "uid": CLARAS_UID, "member_id": CLARA}
        assert (await central.post("cards", card, token="office")).status == 200
        yield Desk(central, clock, folder)


async def test_right_and_wrong_data_get_the_same_answer_and_only_right_ones_block(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        loop = asyncio.get_running_loop()
        answers, times = [], []
        for number, (typed, born) in enumerate(
            ((CLARAS, "1961-04-13"), ("2900000000999", BORN), ("80756012345678901234", BORN), (CLARAS, BORN))
        ):
            begun = loop.time()
            answers.append(await desk.report(typed, born, f"r-{number}"))
            times.append(int((loop.time() - begun) * 1000) // LOST_CARD_ANSWER_MS)
            if number < 3:
                assert await desk.state() == ("active", "")
        assert len({(each.status, json.dumps(each.body)) for each in answers}) == 1
        assert min(times) >= 1
        assert await desk.state() == ("blocked", "provisional")
        assert Counter(await desk.reports()) == {("open", CLARA): 1, ("unknown", None): 3}
        (text,) = await desk.said()
        assert "gesperrt" in text
        assert CLARAS not in text


async def test_the_code_keeps_it_blocked_and_nothing_unblocks_it_later(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await desk.report(number=CLARA)  # her own number, not a card's
        code = await desk.code()
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert (await desk.end(wrong)).code == "lost_code_wrong"
        assert (await desk.end(code, number="2900000000999")).code == "lost_code_wrong"
        assert (await desk.end(code)).body == {"state": "kept"}
        assert (await desk.end(code)).headers["Idempotent-Replayed"] == "true"
        assert (await desk.end(code, "undo")).code == "lost_code_wrong"
        desk.clock.now_ms += (LOST_CARD_BLOCK_HOURS + 1) * 3_600_000
        assert await desk.central.services.visits.lost_cards.lapse(GROUP) == 0
        assert await desk.state() == ("blocked", "lost")


async def test_the_code_undoes_it_and_a_block_without_a_word_ends_by_itself(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await desk.report()
        again = await desk.report(report_id="r-2", token="terminal_2")
        assert again.body == {"hours": LOST_CARD_BLOCK_HOURS}
        assert len(await desk.said()) == 1, "one block, one message"
        assert (await desk.end(await desk.code(), "undo")).body == {"state": "undone"}
        assert await desk.state() == ("active", "")
        await desk.report(report_id="r-3")
        desk.clock.now_ms += LOST_CARD_BLOCK_HOURS * 3_600_000 - 1
        assert await desk.central.services.visits.lost_cards.lapse(GROUP) == 0
        desk.clock.now_ms += 1
        assert await desk.central.services.visits.lost_cards.lapse(GROUP) == 1
        assert await desk.state() == ("active", "")
        assert sorted(state for state, _ in await desk.reports()) == ["lapsed", "repeated", "undone"]


async def test_a_block_for_good_outlives_the_one_for_a_day(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await desk.report()
        stolen = {"card_number": CLARAS, "reason": "stolen"}
        assert (await desk.central.post("cards/block", stolen, token="office")).status == 200
        assert (await desk.end(await desk.code(), "undo")).body == {"state": "undone"}
        assert await desk.state() == ("blocked", "stolen")


async def test_staff_see_that_a_member_was_told_but_never_the_code(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await desk.report()
        code = await desk.code()
        listed = await desk.central.get(f"members/{CLARA}/messages", token="office")
        (message,) = listed.body["messages"]
        assert (message["state"], message["text"], message["subject"]) == ("sent", "", WORDS["de"].subject)
        assert code not in json.dumps(listed.body)


async def test_tries_are_few_by_number_and_by_kiosk_whoever_is_a_member(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        for number in ("7001", CLARAS):
            for index in range(LOST_CARD_TRIES_PER_NUMBER):
                token = "terminal" if index else "terminal_2"
                assert (await desk.report(number, "1950-01-01", f"{number}-{index}", token)).status == 200
            refused = await desk.report(number, BORN, f"{number}-x", token="terminal_2")
            assert (refused.status, refused.code) == (429, "lost_card_too_many")
        assert await desk.state() == ("active", "")
        left = LOST_CARD_TRIES_PER_KIOSK - 2 * (LOST_CARD_TRIES_PER_NUMBER - 1)
        for index in range(left):
            assert (await desk.report(f"70{index:02}0", BORN, f"k-{index}")).status == 200
        assert (await desk.report("79990", BORN, "k-last")).code == "lost_card_too_many"
        assert (await desk.report("79990", BORN, "k-other", token="terminal_2")).status == 200


async def test_two_kiosks_with_the_same_id_make_two_reports_and_the_same_one_again_makes_none(
    tmp_path: Path,
) -> None:
    async with a_desk(tmp_path) as desk:
        assert (await desk.report("79990", BORN, "visitor.1")).status == 200
        assert (await desk.report(report_id="visitor.1", token="terminal_2")).status == 200
        assert await desk.state() == ("blocked", "provisional")
        assert (await desk.report(report_id="visitor.1", token="terminal_2")).status == 200
        assert sorted(state for state, _ in await desk.reports()) == ["open", "unknown"]
        assert len(await desk.said()) == 1


async def test_several_numbers_of_a_member_give_no_more_tries_and_nobody_is_told(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        for index in range(LOST_CARD_TRIES_PER_MEMBER):
            number = CLARA if index % 2 else CLARAS
            assert (await desk.report(number, "1950-01-01", f"w-{index}")).status == 200
        right = await desk.report(CLARA, BORN, "right")
        assert (right.status, right.body) == (200, {"hours": LOST_CARD_BLOCK_HOURS})
        assert await desk.state() == ("active", "")
        assert {state for state, _ in await desk.reports()} == {"unknown"}
        desk.clock.now_ms += 86_400_000
        await desk.report(CLARA, BORN, "tomorrow")
        assert await desk.state() == ("blocked", "provisional")


def test_what_a_member_is_told_fits_an_sms_in_every_language() -> None:
    for language in WORDS:
        group = "Pharmacies de la Riviera et du Chablais"
        words = notice_of(language, group=group, until="27.11. 10:40", code="048291")
        assert "048291" in words.text
        assert sms_size(words.text).parts <= SMS_PARTS_MAX
