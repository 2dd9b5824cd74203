import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.app import run
from kiosk.flow import Action
from kiosk.links.live_screen import LiveScreen
from kiosk.scenes.base import way_to
from kiosk.scenes.demo import TICKETS, a_member, a_session
from kiosk.settings import KioskSettings
from loyalty.limits.kiosk import KIOSK_PAGE_SETTLES_MS
from tests.helpers import eventually
from tests.integration.kiosk.world import Viewer, World, rows_of, settings_of, watching
from wire.live_screen import FrameHead
from wire.messages import BlockCard, CommandResult, EndSession, Expiring
from wire.why import AskWhy, Why, WhyLine, WhyRule


async def test_a_tap_shows_feedback_before_the_agent_answers(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    world.tap()
    head, picture = await viewer.frame_of("asking")
    assert head.tap_id == "tap-1"
    assert rows_of(picture)[:2] == (800, 480)


async def test_the_balance_appears_and_its_revision_is_reported_once(
    world: World, kiosk: KioskSettings
) -> None:
    await eventually(lambda: [one for one in world.shown if one.screen == "attract"])
    tap = world.tap()
    said = world.say(session=a_session(a_member()))
    shown = await eventually(lambda: [one for one in world.shown if one.revision == said.revision])
    assert shown[0].screen == "member"
    assert shown[0].tap_id == "tap-1"
    assert shown[0].shown_monotonic_ns > tap.at_monotonic_ns
    after = world.say(outbox_depth=1)
    await eventually(lambda: [one for one in world.shown if one.revision == after.revision])
    assert len([one for one in world.shown if one.revision == said.revision]) == 1


async def test_taking_the_card_ends_the_session_and_tells_the_agent(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    world.tap()
    world.say(session=a_session(a_member()))
    await viewer.frame_of("member")
    world.remove()
    await viewer.frame_of("goodbye")
    assert await eventually(lambda: [one for one in world.received if isinstance(one, EndSession)])
    await viewer.frame_of("attract")


async def test_a_member_blocks_the_card_by_touch(world: World, viewer: Viewer) -> None:
    def answer(peer: object, message: object) -> None:
        if isinstance(message, BlockCard):
            assert world.agent is not None
            world.agent.broadcast(CommandResult(request_id=message.request_id, is_done=True))

    world.on_message = answer
    await viewer.frame_of("attract")
    world.tap()
    world.say(session=a_session(a_member()))
    head, _ = await viewer.frame_of("member")
    for action in (*way_to(Action.BLOCK), Action.CONFIRM_BLOCK):
        touch_target(viewer, head, action.value)
        before = head.texts
        while head.texts == before:  # another page of the menu, or another screen
            head, _ = await viewer.frame()
    assert head.screen == "card_blocked"


def touch_target(viewer: Viewer, head: FrameHead, action: str) -> None:
    left, top, width, height = head.targets[action]
    for phase in ("down", "up"):
        viewer.touch(left + width // 2, top + height // 2, phase)


async def test_why_is_asked_by_touch_answered_and_forgotten_with_the_card(
    world: World, viewer: Viewer
) -> None:
    await viewer.frame_of("attract")
    world.tap()
    world.say(session=a_session(a_member(tickets=TICKETS[1:2], points_today=0)))
    head, _ = await viewer.frame_of("member")
    touch_target(viewer, head, "tickets")
    head, _ = await viewer.frame_of("tickets")

    touch_target(viewer, head, "why_1")

    head, _ = await viewer.frame_of("why")
    assert "Un instant, nous cherchons la réponse…" in " ".join(head.texts)
    asked = await eventually(lambda: [one for one in world.received if isinstance(one, AskWhy)])
    assert (asked[0].session_id, asked[0].sale_id) == ("session-1", "sale-2")
    rule = WhyRule(code="points_per_amount", points=18, names={"fr": "1 point par franc"})
    lines = tuple(WhyLine(numbers=((no, no),), points=9, parts=((0, 9),)) for no in (1, 2))
    assert world.agent is not None
    first = Why(
        request_id=asked[0].request_id,
        points=18,
        is_known=True,
        rules=(rule,),
        lines=lines[:1],
        is_last=False,
    )
    world.agent.broadcast(first)
    world.agent.broadcast(Why(request_id=asked[0].request_id, points=18, is_known=True, lines=lines[1:]))
    while "Ligne 2" not in head.texts:
        head, _ = await viewer.frame()
    assert {"Pourquoi 18 points\u202f?", "+18", "18", "1 point par franc", "Ligne 1", "+9"} <= set(head.texts)
    world.remove()
    head, _ = await viewer.frame_of("goodbye")
    assert not {"1 point par franc", "+18", "18", "Ligne 1"} & set(head.texts)


async def test_touches_from_afar_are_ignored_where_the_setting_forbids(world: World) -> None:
    settings = settings_of(world, live_screen_touch=False)
    running = asyncio.create_task(run(settings))
    async with watching(settings.live_screen_socket) as viewer:
        await viewer.frame_of("attract")
        viewer.touch(740, 36)  # the Chinese language
        world.say(link="down")
        head, _ = await viewer.frame_of("link_lost")
        assert head.language == "fr"
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize(("step", "is_let_in"), [(0, True), (1, False)])
async def test_the_live_screen_is_shown_to_the_users_allowed(
    world: World, step: int, is_let_in: bool
) -> None:
    settings = settings_of(world, allowed_uids=frozenset({os.geteuid() + step}))
    running = asyncio.create_task(run(settings))
    async with watching(settings.live_screen_socket) as viewer:
        if is_let_in:
            assert (await viewer.frame())[0].width == 800
        else:
            with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
                await viewer.frame()
    running.cancel()
    await asyncio.wait([running])


async def test_a_double_touch_of_a_hand_turns_one_page(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    world.tap()
    world.say(session=a_session(a_member()))
    head, _ = await viewer.frame_of("member")
    left, top, width, height = head.targets["tickets"]
    at = left + width // 2, top + height // 2
    await asyncio.sleep(2 * KIOSK_PAGE_SETTLES_MS / 1000)  # as a person does, who looks before they touch

    for phase in ("down", "up"):
        viewer.touch(*at, phase, is_hand=True)
    head, _ = await viewer.frame_of("tickets")
    for phase in ("down", "up"):  # the way back lies there now
        viewer.touch(*at, phase, is_hand=True)
    await asyncio.sleep(2 * KIOSK_PAGE_SETTLES_MS / 1000)  # another page would be drawn by now

    left, top, width, height = head.targets["finish"]
    viewer.touch(left + width // 2, top + height // 2)
    seen = []
    while not seen or seen[-1] != "goodbye":
        seen.append((await viewer.frame())[0].screen)
    assert "member" not in seen


async def test_a_language_is_chosen_by_touch(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    viewer.touch(740, 36)
    async with asyncio.timeout(10):
        while True:
            head, _ = await viewer.frame()
            if head.language == "zh":
                break


async def test_an_agent_that_dies_and_returns_is_a_screen_each(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    world.tap()
    world.say(session=a_session(a_member()))
    await viewer.frame_of("member")
    assert world.agent is not None
    await world.agent.close()
    await viewer.frame_of("agent_lost")
    world.agent_state = msgspec.structs.replace(world.agent_state, session=None)
    await world.start_agent()
    await viewer.frame_of("attract")


async def test_a_reader_that_dies_and_returns_is_a_screen_each(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    assert world.reader is not None
    await world.reader.close()
    await viewer.frame_of("reader_lost")
    await world.start_reader()
    await viewer.frame_of("attract")


async def test_an_expired_tap_is_dropped_whatever_the_wall_clock_says(world: World, viewer: Viewer) -> None:
    await viewer.frame_of("attract")
    world.tap("tap-live")
    await viewer.frame_of("asking")
    world.remove("tap-live")
    await viewer.frame_of("goodbye")

    world.tap("tap-old", age_s=6, clock_off_s=6)

    head, _ = await viewer.frame_of("attract")
    assert head.tap_id == ""


async def test_a_tap_from_before_the_wall_clock_was_set_an_hour_on_is_shown(
    world: World, viewer: Viewer
) -> None:
    await viewer.frame_of("attract")

    world.tap("tap-live", clock_off_s=-3600)

    head, _ = await viewer.frame_of("asking")
    assert head.tap_id == "tap-live"


async def test_a_viewer_that_does_not_read_holds_up_nobody(
    world: World, kiosk: KioskSettings, viewer: Viewer
) -> None:
    async with watching(kiosk.live_screen_socket):
        await viewer.frame_of("attract")
        for number in range(1, 6):
            world.tap(f"tap-{number}")
            head, _ = await viewer.frame_of("asking")
            assert head.tap_id == f"tap-{number}"
            world.remove(f"tap-{number}")
            await viewer.frame_of("goodbye")


async def test_sigterm_ends_the_kiosk_cleanly(world: World, socket_dir: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from kiosk.app import run;"
        "from kiosk.settings import KioskSettings; d = Path(sys.argv[1]);"
        "asyncio.run(run(KioskSettings(agent_socket=d / 'agent.sock', reader_socket=d / 'reader.sock',"
        " live_screen_socket=d / 'screen.sock')))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", program, str(socket_dir), env={**os.environ}
    )
    await eventually(lambda: [one for one in world.shown if one.screen == "attract"])
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert not await asyncio.to_thread((socket_dir / "screen.sock").exists)


async def test_a_member_that_cannot_be_drawn_is_forgotten_and_never_quoted_in_the_log(
    world: World, viewer: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    await viewer.frame_of("attract")
    world.tap()
    await viewer.frame_of("asking")
    unreadable = Expiring(points=5, last_day="Rochat")

    world.say(session=a_session(a_member(expiring=unreadable)))

    await viewer.frame_of("attract")
    await eventually(lambda: [one for one in world.received if isinstance(one, EndSession)])
    said = "".join(capsys.readouterr())
    assert "ValueError at kiosk/screens/member.py:" in said
    assert "Rochat" not in said


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (640, 360)])
async def test_other_panels_draw_too(world: World, size: tuple[int, int]) -> None:
    settings = settings_of(world, size=size)
    running = asyncio.create_task(run(settings))
    async with watching(settings.live_screen_socket) as viewer:
        head, picture = await viewer.frame_of("attract")
        assert (head.width, head.height) == size
        assert rows_of(picture)[:2] == size
    running.cancel()
    await asyncio.wait([running])


async def test_without_a_socket_no_live_screen_is_served() -> None:
    screen = LiveScreen(None, on_viewer=lambda: None, on_touch=None, allowed_uids=None)
    await screen.open()
    assert not screen.has_viewers
    await screen.close()


async def test_at_rest_the_screen_is_redrawn_twice_a_second_at_most(world: World, viewer: Viewer) -> None:
    head, _ = await viewer.frame_of("attract")
    before = head
    while head.shown_monotonic_ns < before.shown_monotonic_ns + 300_000_000:  # the last of coming in
        head, _ = await viewer.frame()
    shown_ns = [head.shown_monotonic_ns]
    while len(shown_ns) < 6:
        frame, _ = await viewer.frame()
        assert frame.screen == "attract"
        shown_ns.append(frame.shown_monotonic_ns)
    # A frame is due half a second after the last was begun, and told of once it is drawn: after a first
    # that was drawn slowly the next seems early. Five steps take 2.5 s; three a second 1.7.
    assert shown_ns[-1] - shown_ns[0] >= 2_000_000_000


async def test_a_finger_is_answered_before_it_goes_up_again(world: World, viewer: Viewer) -> None:
    head, _ = await viewer.frame_of("attract")
    left, top, width, height = head.targets["speak_zh"]
    viewer.touch(left + width // 2, top + height // 2, "down")
    while head.pressed != "speak_zh":
        head, _ = await viewer.frame()
    assert head.language == "fr", "the finger has not gone up"
