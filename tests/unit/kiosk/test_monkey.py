"""Random visits break no law (ten thousand: tests/drill/test_kiosk_monkey.py); planted faults are found."""

import random
from typing import get_args

import pytest

from kiosk.flow import Action, Screen, State
from kiosk.flow.events import Event, Ticked
from kiosk.flow.journeys import JOURNEYS
from kiosk.flow.sessions import Step
from kiosk.flow.table import TABLE, TOUCHES
from kiosk.scenes import SCENES
from kiosk.scenes.demo import an_agent_state
from kiosk.screens import DRAWS, goodbye
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.fontbook import Face, Weight
from loyalty.limits.games import KIOSK_PICTURES_BYTES_MAX
from loyalty.limits.kiosk import (
    KIOSK_FONT_SIZES_MAX,
    KIOSK_GLYPHS_BYTES_MAX,
    KIOSK_LINES_BYTES_MAX,
    KIOSK_SPRITES_BYTES_MAX,
    KIOSK_TEXT_CACHE_MAX,
)
from tools.kiosk_monkey.__main__ import as_data, tell
from tools.kiosk_monkey.harvest import harvest
from tools.kiosk_monkey.monkey import Habits
from tools.kiosk_monkey.run import (
    GONE_FOR_MAX,
    GROWTH_MAX,
    Run,
    SessionBroke,
    go_for,
    path_of,
    place_of,
    play,
    told,
)
from tools.kiosk_monkey.subject import SIZES, Seen, kit_at
from tools.kiosk_monkey.twist import twisted
from wire.messages import AgentState

SEED = 20261126
pytestmark = pytest.mark.timeout(900)  # the visits take half a minute on a quiet machine
VISITS = len(SCENES)
"""Each scene is acted once."""
IN_A_HURRY = Habits(acted_each=1)
"""Visits that begin with any tap are the drill's."""


@pytest.fixture(scope="module")
def run() -> Run:
    return play(seed=SEED, sessions=VISITS, habits=IN_A_HURRY)


def test_random_visits_break_no_law_and_meet_every_screen(run: Run) -> None:
    assert run.sessions == VISITS
    assert run.missed == ([] if any(each.visitor_tiles for each in JOURNEYS) else [Screen.VISITOR_MENU])
    assert run.simulated_ms > 4 * 3_600_000
    assert len(run.seen.touched) > sum(map(len, TOUCHES.values())) // 2, (
        "most that can be touched was touched"
    )


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("size", SIZES)
def test_what_a_kiosk_keeps_between_frames_is_bounded(size: tuple[int, int]) -> None:
    kit = kit_at(size)
    assert 0 < len(kit.blocks) <= KIOSK_TEXT_CACHE_MAX
    assert 0 < kit.fonts.opened <= KIOSK_FONT_SIZES_MAX * len(get_args(Face)) * len(get_args(Weight))
    assert 0 < kit.fonts.glyphs_bytes <= KIOSK_GLYPHS_BYTES_MAX
    assert 0 < kit.fonts.lines_bytes <= KIOSK_LINES_BYTES_MAX
    assert 0 < kit.sprites.size <= KIOSK_SPRITES_BYTES_MAX
    assert kit.pictures.size <= KIOSK_PICTURES_BYTES_MAX


def test_the_same_seed_plays_the_same_again() -> None:
    assert path_of(seed=SEED, session=104) == path_of(seed=SEED, session=104)
    assert path_of(seed=SEED, session=104) != path_of(seed=SEED + 1, session=104)


def test_what_no_chance_met_is_gone_for_the_same_way_up_to_it() -> None:
    short = play(seed=SEED, sessions=4)
    assert len(short.left) > GONE_FOR_MAX, "who played so little goes for nothing"
    assert short.gone_for == 0
    for place in short.left[:3]:
        by_chance = path_of(seed=SEED, session=short.seen.offered[place])
        going = path_of(seed=SEED, session=short.seen.offered[place], wanted=place)
        met = next(
            at for at, (one, other) in enumerate(zip([*by_chance, ""], going, strict=False)) if one != other
        )
        assert f" {place[0]} touch {place[1]} -> " in going[met]

        go_for(short, place)

        assert place not in short.left
    assert short.gone_for == 3


def test_what_is_wanted_and_never_drawn_is_said() -> None:
    path = path_of(seed=SEED, session=0, wanted=(Screen.GOODBYE, Action.OLDER))
    assert path == [*path_of(seed=SEED, session=0), "what is wanted was not drawn up to here"]


def test_a_run_that_left_little_goes_for_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.kiosk_monkey.run.GONE_FOR_MAX", 500)
    short = play(seed=SEED, sessions=1)
    assert short.gone_for > 0
    assert short.left == []


def test_a_law_broken_on_the_way_to_a_place_is_told_with_how_to_go_there_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(state: State, action: Action, now_ms: int) -> Step:
        raise ValueError("planted")

    short = play(seed=SEED, sessions=4)
    place = next(each for each in short.left if each[1] in TOUCHES[each[0]])
    monkeypatch.setitem(TOUCHES[place[0]], place[1], breaks)
    with pytest.raises(SessionBroke) as broken:
        go_for(short, place)
    assert f"again: --seed {SEED} --path {short.seen.offered[place]} --wanted '{told(place)}'" in str(
        broken.value
    )
    assert place_of(told(place)) == place


def test_the_agents_answers_are_harvested_by_what_was_asked() -> None:
    kinds = {kind: {type(one).__name__ for one in some} for kind, some in harvest().answers.items()}
    assert all(len(some) == 1 for some in kinds.values()), kinds
    assert len(harvest().states) > len(Screen)


def test_a_twisted_state_is_still_one_that_an_agent_may_say() -> None:
    rng = random.Random(SEED)
    twists = [twisted(an_agent_state(), rng) for _ in range(200)]
    assert all(isinstance(one, AgentState) for one in twists)
    assert len({repr(one) for one in twists}) > 50


# Planted faults ---------------------------------------------------------------------------------------------


def found_in(seed: int = SEED, sessions: int = VISITS) -> str:
    with pytest.raises(SessionBroke) as broken:
        play(seed=seed, sessions=sessions, habits=IN_A_HURRY)
    return str(broken.value)


def test_a_screen_that_tells_what_the_last_member_had_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def remembers(canvas: Canvas, model: Model) -> None:
        told.append(model.member.display_name)
        members(canvas, model)

    def tells(canvas: Canvas, model: Model) -> None:
        goodbye.draw(canvas, model)
        if told:
            canvas.text(told[-1], Style(size=20, colour=canvas.palette.ink), canvas.surface.get_rect())

    members = DRAWS[Screen.MEMBER]
    monkeypatch.setitem(DRAWS, Screen.MEMBER, remembers)
    monkeypatch.setitem(DRAWS, Screen.GOODBYE, tells)
    found = found_in()
    assert "goodbye shows what is another member's: 'Mme Zq" in found
    assert f"again: --seed {SEED} --path " in found


def test_a_handler_that_breaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(state: State, action: Action, now_ms: int) -> Step:
        raise ValueError("planted")

    monkeypatch.setitem(TOUCHES[Screen.TICKETS], Action.OLDER, breaks)
    assert "failsafe on tickets by Touched: ValueError" in found_in()


def test_a_picture_that_breaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(canvas: Canvas, model: Model) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setitem(DRAWS, Screen.LANGUAGES, breaks)
    assert "ZeroDivisionError: planted" in found_in()


def test_a_deadline_that_does_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleeps(state: State, event: Ticked) -> Step:
        return state, ()

    cell: tuple[Screen, type[Event]] = (Screen.PRIVACY_WARNING, Ticked)
    monkeypatch.setitem(TABLE, cell, sleeps)
    assert "privacy_warning: its deadline changes nothing" in found_in()


def test_a_target_that_leads_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def offers(canvas: Canvas, model: Model) -> None:
        goodbye.draw(canvas, model)
        canvas.target(Action.FINISH, canvas.surface.get_rect())

    monkeypatch.setitem(DRAWS, Screen.GOODBYE, offers)
    assert "goodbye draws finish, which leads nowhere" in found_in()


def test_memory_that_grows_is_told() -> None:
    flat = Run(seed=1, resident=[60, 100, 100, 101, 100, 100, 101, 101, 100, 101])
    growing = Run(seed=1, resident=[60, 100, 102, 104, 106, 108, 110, 112, 114, 116])
    assert flat.growth < GROWTH_MAX < growing.growth


def test_what_was_never_touched_is_counted_and_listed_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    places = [(Screen.MENU, Action.BACK), (Screen.MENU, Action.OLDER), (Screen.SHOPS, Action.BACK)]
    seen = Seen(offered=dict.fromkeys(places, 0))
    run = Run(seed=1, resident=[100] * 10, seen=seen)
    tell(run)
    assert "0 places met by going for them, 3 never (--untouched lists them)" in capsys.readouterr().out
    tell(run, tells_untouched=True)
    assert "  menu: back, older\n  shops: back" in capsys.readouterr().out
    assert as_data(run)["never_touched"] == ["menu: back", "menu: older", "shops: back"]
