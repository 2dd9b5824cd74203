"""Games end to end through real processes: touched on the real screen, drawn by the real central (C-33)."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise

import pytest

from kiosk.flow.journeys import JOURNEYS
from kiosk.flow.state import CHOICES, Action
from kiosk.locales.words import LANGUAGES, words
from kiosk.screens.menu import face_of
from tests.acceptance.first_tap.conftest import Group
from tools.demo.games import demo_games
from wire.live_screen import FrameHead
from wire.messages import Language

pytestmark = pytest.mark.asyncio(loop_scope="module")

_HEX_LINE = re.compile(r"[0-9a-f ]{17,}")


@pytest.fixture(autouse=True, scope="module")
def _read_words() -> None:
    """Their files are read once, before anything runs in the loop."""
    for language in LANGUAGES:
        words(language)


def middle(head: FrameHead, action: str) -> tuple[int, int]:
    left, top, width, height = head.targets[action]
    return left + width // 2, top + height // 2


def hex_values(head: FrameHead) -> list[str]:
    """The seal, and after the play the secrets, as the screen shows them."""
    digits = "".join(text.replace(" ", "") for text in head.texts if _HEX_LINE.fullmatch(text))
    return [digits[at : at + 64] for at in range(0, len(digits), 64)]


async def press(group: Group, action: Action, screen: str) -> FrameHead:
    """Touch what a screen offers, once it does."""
    head = await group.viewer.wait_for(lambda head: head.screen == screen and action.value in head.targets)
    group.viewer.touch(*middle(head, action.value))
    return head


async def put_card(group: Group, index: int) -> None:
    tap_id = await group.tap(group.card("ms_card", index))
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)


async def open_games(group: Group) -> FrameHead:
    """From the balance to the list of games."""
    await press(group, Action.MENU, "member")
    menu = await group.viewer.wait_for(lambda head: head.screen == "menu" and "choose_1" in head.targets)
    tr = words(language_of(menu)).tr
    tiles = [face_of(tile.action, tr).label for each in JOURNEYS for tile in each.member_tiles]
    said = " ".join(menu.texts)  # a label may stand in two lines
    at = [label for label in tiles if label in said].index(tr("Play"))
    group.viewer.touch(*middle(menu, CHOICES[at].value))
    return await group.viewer.wait_for(lambda head: head.screen == "games" and "choose_1" in head.targets)


async def open_game(group: Group, game_id: str) -> FrameHead:
    """From the balance to the page of a game of the demo group."""
    listed = await open_games(group)
    names = {each: dict(game.names)[listed.language] for each, game in demo_games(0).items()}
    shown = sorted((name for name in names.values() if name in listed.texts), key=listed.texts.index)
    group.viewer.touch(*middle(listed, CHOICES[shown.index(names[game_id])].value))
    return await group.viewer.wait_for(lambda head: head.screen == "game" and "back" in head.targets)


def language_of(head: FrameHead) -> Language:
    return next(language for language in LANGUAGES if language == head.language)


def plays_left(head: FrameHead, count: int) -> str:
    """How the screen says it."""
    said = words(language_of(head))
    if not count:
        return said.tr("No play left today")
    return said.trn("{count} play left today", "{count} plays left today", count, count=str(count))


async def result_of(group: Group) -> FrameHead:
    return await group.viewer.wait_for(lambda head: head.screen == "game_result" and "finish" in head.targets)


def is_shown(name: str, texts: Sequence[str]) -> bool:
    """Whether it stands on the screen, on one line or on two: a long name is broken."""
    return name in texts or any(f"{upper} {lower}" == name for upper, lower in pairwise(texts))


async def test_the_wheel_is_turned_and_the_draw_holds_what_was_sealed_before(group: Group) -> None:
    await put_card(group, 2)
    offered = await open_game(group, "autumn_wheel")
    assert plays_left(offered, 2) in offered.texts
    await press(group, Action.PROOF, "game")
    sealed = hex_values(await group.viewer.wait_for(lambda head: head.screen == "game_proof"))
    await press(group, Action.BACK, "game_proof")
    before = await group.profile(group.card("ms_card", 2))

    await press(group, Action.PLAY, "game")

    result = await result_of(group)
    said = words(language_of(result))
    wheel = demo_games(0)["autumn_wheel"]
    names = {prize.prize_id: dict(prize.names)[result.language] for prize in wheel.prizes}
    won = [each for each in wheel.prizes if is_shown(names[each.prize_id], result.texts)]
    assert won or said.tr("No prize this time") in result.texts
    after = await group.profile(group.card("ms_card", 2))
    assert (after.points or 0) - (before.points or 0) == sum(each.points for each in won)
    assert plays_left(result, 1) in result.texts
    await press(group, Action.PROOF, "game_result")
    shown = await group.viewer.wait_for(lambda head: head.screen == "game_proof" and head.seq > result.seq)
    commitment, server_seed, client_seed = hex_values(shown)
    assert [commitment] == sealed
    assert hashlib.sha256(bytes.fromhex(server_seed)).hexdigest() == commitment
    assert len(client_seed) == 32
    await group.remove()


async def test_a_card_taken_while_the_wheel_turns_has_played_once(group: Group) -> None:
    await put_card(group, 3)
    await open_game(group, "autumn_wheel")
    await press(group, Action.PLAY, "game")
    await group.viewer.wait_for(lambda head: head.screen == "game_play" and "skip" in head.targets)

    await group.remove()

    await put_card(group, 3)
    again = await open_game(group, "autumn_wheel")
    assert plays_left(again, 1) in again.texts
    await group.remove()


async def test_a_scratch_card_is_rubbed_with_a_finger(group: Group) -> None:
    await put_card(group, 2)
    await open_game(group, "scratch_card")
    await press(group, Action.PLAY, "game")
    head = await group.viewer.wait_for(lambda head: "rub" in head.targets)
    left, top, width, height = head.targets["rub"]
    rows = [top + height * part // 20 for part in range(1, 20, 2)]
    edges = (left + 5, left + width - 6)
    group.viewer.drag([(x, y) for row, y in enumerate(rows) for x in (edges if row % 2 else edges[::-1])])

    result = await result_of(group)

    assert plays_left(result, 0) in result.texts
    await group.remove()


async def test_a_quiz_tells_what_was_right_and_who_says_so(group: Group) -> None:
    await put_card(group, 2)
    await open_game(group, "health_quiz")
    await press(group, Action.PLAY, "game")
    questions = demo_games(0)["health_quiz"].questions
    for number, question in enumerate(questions, start=1):
        asked = await group.viewer.wait_for(
            lambda head, number=number: (
                head.screen == "game_play"  # type: ignore[misc]
                and words(language_of(head)).tr(
                    "Question {number} of {all}", number=str(number), all=str(len(questions))
                )
                in head.texts
            )
        )
        group.viewer.touch(*middle(asked, CHOICES[question.right].value))

    await press(group, Action.ANSWERS, "game_result")

    shown = await group.viewer.wait_for(lambda head: head.screen == "game_answers")
    said = words(language_of(shown))
    count = str(len(questions))
    assert said.tr("{right} of {all} right", right=count, all=count) in shown.texts
    assert said.tr("Source: {source}", source=questions[0].source) in shown.texts
    await group.remove()


async def test_a_play_whose_answer_was_cut_off_is_asked_again_and_counts_once(group: Group) -> None:
    await put_card(group, 4)
    await open_game(group, "autumn_wheel")
    await group.stack.cable.cut()
    await press(group, Action.PLAY, "game")
    cut_off = await group.viewer.wait_for(
        lambda head: head.screen == "game_play" and "try_again" in head.targets, 30
    )
    assert "skip" not in cut_off.targets

    await group.stack.cable.mend()
    result = await _asked_again(group)

    assert plays_left(result, 1) in result.texts
    await group.remove()
    await put_card(group, 4)
    offered = await open_game(group, "autumn_wheel")
    assert plays_left(offered, 1) in offered.texts
    await group.remove()


async def _asked_again(group: Group) -> FrameHead:
    """Ask until central is reached: the agent needs a moment to find it again."""
    async with asyncio.timeout(60):
        while True:
            head = await group.viewer.wait_for(
                lambda head: head.screen == "game_result" or "try_again" in head.targets, 30
            )
            if head.screen == "game_result":
                return head
            group.viewer.touch(*middle(head, "try_again"))
            await group.viewer.wait_for(lambda later, seq=head.seq: later.seq > seq + 1)  # type: ignore[misc]
