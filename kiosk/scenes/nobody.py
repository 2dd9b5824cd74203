"""Moments with nobody there: the invitation, and what is amiss."""

from typing import Final

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
)
from kiosk.scenes.base import Scene, idle, scene, touch, visit
from kiosk.scenes.demo import DATA_OLD, FRESH, LIST_OLD, LOGO, PICTURES, POSTER, a_member, an_agent_state
from loyalty.programme.opening_hours import OpeningHours, WeekSpan
from wire.face import Poster, Theme
from wire.messages import OfflineState, Pairing, ReaderState


def _link_lost(offline: OfflineState, *, waiting: int = 0) -> list[AnyEvent]:
    state = an_agent_state(link="down", outbox_depth=waiting, offline=offline)
    return [*idle(), AgentChanged(now_ms=500, state=state)]


def _unpaired(code: str, *, link: str = "up") -> list[AnyEvent]:
    said = code.replace("-", "") or "-"
    pairing = Pairing(
        code=code,
        qr=f"OFFICINE-PAIRING 1 {said} 10000000ABCDEF01 OFFICINE-00000001 0.1.0 192.0.2.17",
        serial="10000000ABCDEF01",
        addresses=("192.0.2.17",) if code else (),
        version="0.1.0",
        poi_id="OFFICINE-00000001",
    )
    bare = msgspec.structs.replace(
        an_agent_state(link=link, notices=()), theme=Theme(name="Officine"), pairing=pairing
    )
    return [AgentLinkChanged(now_ms=0, is_up=True), AgentChanged(now_ms=0, state=bare)]


def _shop_with_hours(*spans: WeekSpan) -> list[AnyEvent]:
    state = msgspec.structs.replace(an_agent_state(), hours=OpeningHours(week=spans))
    return [*idle(), AgentChanged(now_ms=500, state=state)]


def _posters(*posters: Poster) -> list[AnyEvent]:
    state = msgspec.structs.replace(an_agent_state(), posters=posters, pictures_dir=PICTURES)
    return [*idle(), AgentChanged(now_ms=500, state=state)]


def _with_logo() -> list[AnyEvent]:
    state = an_agent_state()
    state = msgspec.structs.replace(
        state, theme=msgspec.structs.replace(state.theme, logo=LOGO), pictures_dir=PICTURES
    )
    return [*idle(), AgentChanged(now_ms=500, state=state)]


_LONGEST: Final = msgspec.structs.replace(
    POSTER,
    titles=dict.fromkeys(POSTER.titles, "Wintersonnenschutzcremewochen in allen Apotheken"),
    texts=dict.fromkeys(POSTER.titles, "Auf Sonnencremes und Lippenbalsame, solange der Vorrat reicht"),
)
_SUNDAY, _MONDAY, _TUESDAY = 6, 0, 1  # the scenes play on a Sunday
_EVENING = WeekSpan(_SUNDAY, 17 * 60, 19 * 60)
_WEEK = (WeekSpan(_MONDAY, 8 * 60 + 30, 18 * 60 + 30), _EVENING)
_NIGHT_MS: Final = 61_000
_LONG_MS: Final = 20 * 60 * 1000 + 1_000

SCENES: Final[tuple[Scene, ...]] = (
    scene("resting", lambda _: idle(), _LONG_MS),
    scene("closed_today", lambda _: _shop_with_hours(*_WEEK), _NIGHT_MS),
    scene("closed_tomorrow", lambda _: _shop_with_hours(_WEEK[0]), _NIGHT_MS),
    scene("closed_longer", lambda _: _shop_with_hours(WeekSpan(_TUESDAY, 8 * 60, 12 * 60)), _NIGHT_MS),
    scene("closed_for_long", lambda _: _shop_with_hours(), _NIGHT_MS),
    scene("starting", lambda _: []),
    scene("pairing", lambda _: _unpaired("K7QM-3XWD")),
    scene("pairing_no_central", lambda _: _unpaired("", link="down")),
    scene("attract", lambda _: idle(())),
    scene("attract_news", lambda _: idle()),
    scene("attract_poster", lambda _: _posters(POSTER)),
    scene("attract_logo", lambda _: _with_logo()),
    scene("attract_poster_longest", lambda _: _posters(_LONGEST)),
    scene(
        "attract_card_left",
        lambda lang: [*visit(a_member(language=lang)), *touch(Action.FINISH), Ticked(now_ms=9000)],
    ),
    scene("hold_card", lambda _: [*idle(), AgentChanged(now_ms=9, state=an_agent_state(wants_card=True))]),
    scene(
        "training",
        lambda _: [*idle(), AgentChanged(now_ms=9, state=an_agent_state(training=("TILL-1", "TILL-2")))],
    ),
    scene("link_lost", lambda _: _link_lost(FRESH)),
    scene("link_lost_waiting", lambda _: _link_lost(FRESH, waiting=3)),
    scene("link_lost_list_old", lambda _: _link_lost(LIST_OLD, waiting=3)),
    scene("link_lost_data_old", lambda _: _link_lost(DATA_OLD, waiting=214)),
    scene("reader_lost", lambda _: [*idle(), ReaderLinkChanged(now_ms=500, is_up=False)]),
    scene(
        "reader_needs_help",
        lambda _: [
            *idle(),
            ReaderChanged(now_ms=500, state=ReaderState(state="needs_help", reader="simulated", since_ms=0)),
        ],
    ),
    scene("agent_lost", lambda _: [*idle(), AgentLinkChanged(now_ms=500, is_up=False)]),
)
