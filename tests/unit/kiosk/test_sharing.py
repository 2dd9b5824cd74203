"""What of the screen head office may see, once staff agreed: no scene with a member, a keyboard or a code."""

import asyncio
from dataclasses import replace

import pygame
import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Effect, Send
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.flow.keyboard import TypingPage
from kiosk.flow.sharing import SHARED, may_share
from kiosk.flow.state import COVERS, MEMBER_SCREENS
from kiosk.flow.table import TOUCHES
from kiosk.links.sharing import Sharing, encode, sign
from kiosk.scenes import SCENES, play
from loyalty.limits.support import SUPPORT_FRAME_BYTES_MAX, SUPPORT_PART_BYTES
from tests.unit.kiosk.drawing import PORTRAIT, SMALL, drawn, kit
from wire.looking_after import AnswerSupport, EndSupport, ScreenPart
from wire.messages import CommandResult


def stepped(scene: str, *events: AnyEvent) -> tuple[State, tuple[Effect, ...]]:
    state, effects = play(next(each for each in SCENES if each.name == scene), "fr").state, ()
    for event in events:
        state, effects = step(state, event)
    return state, effects


def test_no_scene_with_a_member_a_keyboard_or_digits_is_shared() -> None:
    shared = set()
    for scene in SCENES:
        state = play(scene, "fr").state
        if not may_share(state):
            continue
        shared.add(state.screen)
        assert state.session is None or state.session.member is None, scene.name
        assert not isinstance(state.journey, TypingPage), scene.name
        assert not any(action.startswith(("digit", "key_")) for action in TOUCHES[state.screen]), scene.name
    assert Screen.ATTRACT in shared
    assert Screen.HOW_IS_IT in shared


def test_screens_of_members_and_covers_are_never_among_those_that_may_be_seen() -> None:
    assert not SHARED & (MEMBER_SCREENS | COVERS)
    assert not SHARED & {Screen.PAIRING, Screen.TILL_PAIRING, Screen.READER_TEST, Screen.STAFF_PIN}


def test_a_card_that_is_being_asked_about_hides_even_the_idle_screen() -> None:
    state, _ = stepped("attract")
    assert may_share(state)
    assert not may_share(replace(state, tap_id="tap-1"))


@pytest.mark.parametrize("action", [Action.AGREE, Action.SAY_NO])
def test_staff_answer_the_question_once(action: Action) -> None:
    _, effects = stepped("support", Touched(now_ms=9_000, action=action))
    wished = AnswerSupport(
        request_id="session-1.1",
        session_id="session-1",
        support_id="support-1",
        is_allowed=action is Action.AGREE,
    )
    assert effects == (Send(wished),)
    _, effects = stepped(
        "support", Touched(now_ms=9_000, action=action), Touched(now_ms=9_100, action=action)
    )
    assert not any(isinstance(each, Send) for each in effects)


def test_a_question_that_was_over_is_said_to_be() -> None:
    no = Told(now_ms=9_500, answer=CommandResult(request_id="session-1.1", is_done=False))
    state, _ = stepped("support", Touched(now_ms=9_000, action=Action.AGREE), no)
    assert state.journey is not None
    assert state.journey.is_refused  # type: ignore[attr-defined]


@pytest.mark.parametrize("scene", ["attract_watched", "member_watched", "support_granted"])
@pytest.mark.parametrize("size", [SMALL, PORTRAIT])
def test_who_is_watched_reads_it_and_ends_it_on_every_screen(scene: str, size: tuple[int, int]) -> None:
    canvas = drawn(scene, "fr", size)
    assert any("Le support voit cet écran jusqu’à" in label.text for label in canvas.labels)
    assert any(target.action is Action.END_SUPPORT for target in canvas.targets)
    _, effects = stepped(scene, Touched(now_ms=9_000, action=Action.END_SUPPORT))
    assert effects == (Send(EndSupport(support_id="support-1")),)


def test_nobody_who_is_not_watched_sees_either() -> None:
    canvas = drawn("attract", "en", SMALL)
    assert not any(target.action is Action.END_SUPPORT for target in canvas.targets)
    state, effects = stepped("attract", Touched(now_ms=9_000, action=Action.END_SUPPORT))
    assert not any(isinstance(each, Send) for each in effects)
    assert state.screen is Screen.ATTRACT


def test_a_picture_of_noise_is_made_small_enough() -> None:
    import random

    noise = random.Random(7).randbytes(3 * 800 * 480)
    picture = encode(pygame.image.frombytes(noise, (800, 480), "RGB"))
    assert len(picture) <= SUPPORT_FRAME_BYTES_MAX
    assert picture.startswith(b"\x89PNG")


async def test_while_a_member_is_on_the_screen_only_the_sign_leaves_the_kiosk() -> None:
    sent: list[ScreenPart] = []
    state, _ = stepped("member_watched")
    canvas = drawn("member_watched", "fr", SMALL)
    is_whole = asyncio.Event()

    def send(part: ScreenPart) -> None:
        sent.append(part)
        if len(sent) == part.parts:
            is_whole.set()

    sharing = Sharing(kit(SMALL), send)
    sharing.drawn(may_share=may_share(state))
    running = asyncio.create_task(sharing.run(lambda: state, lambda: canvas.surface))
    try:
        async with asyncio.timeout(20):
            await is_whole.wait()
    finally:
        running.cancel()
    assert all(part.is_private and len(part.data) <= SUPPORT_PART_BYTES for part in sent)
    assert b"".join(part.data for part in sent) == encode(sign(kit(SMALL)))


def test_a_kiosk_begins_unwatched() -> None:
    state = start(language="fr", now_ms=0)
    assert state.agent is None
    assert may_share(state), "the first seconds name nobody"
