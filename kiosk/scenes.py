"""Example moments, one per thing a customer can meet: what the contact sheet and the picture tests draw.

Each is reached by real events through the real flow, so a scene cannot show what the kiosk could not. Names,
shops and tickets are invented for the demo group.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, get_args

import msgspec

from kiosk.flow import Action, State, start, step
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    CommandAnswered,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Touched,
    WhyTold,
)
from kiosk.flow.handlers import next_deadline_ms
from kiosk.scenes_pin import pin_moments
from kiosk.screens.model import Model
from wire.api_value import Nothing
from wire.messages import (
    AgentState,
    Expiring,
    Language,
    Medium,
    MemberView,
    Milestone,
    Notice,
    OfflineState,
    Pairing,
    ReaderState,
    Refusal,
    Session,
    Spending,
    Staff,
    Theme,
    Ticket,
    TillPairing,
    TillPairingFailure,
    TillPrompt,
    Why,
    WhyLine,
    WhyRule,
)

TODAY: Final = date(2026, 11, 22)
SETTLED_MS: Final = 5_000
"""How long after its last event a scene is drawn: all motion is over."""

THEME: Final = Theme(name="Pharmacies du Léman", names={"zh": "莱芒药房"})

NOTICES: Final = (
    Notice(
        title={
            "fr": "Vaccin contre la grippe",
            "de": "Grippeimpfung",
            "it": "Vaccino antinfluenzale",
            "en": "Flu vaccination",
            "zh": "流感疫苗接种",
        },
        text={
            "fr": "sans rendez-vous, le samedi matin",
            "de": "ohne Termin, am Samstagmorgen",
            "it": "senza appuntamento, il sabato mattina",
            "en": "no appointment, Saturday mornings",
            "zh": "周六上午，无需预约",
        },
    ),
    Notice(
        title={
            "fr": "Points doublés",
            "de": "Doppelte Punkte",
            "it": "Punti doppi",
            "en": "Double points",
            "zh": "双倍积分",
        },
        text={
            "fr": "sur les soins du visage, jusqu’à samedi",
            "de": "auf Gesichtspflege, bis Samstag",
            "it": "sulla cura del viso, fino a sabato",
            "en": "on face care, until Saturday",
            "zh": "面部护理产品，至周六",
        },
    ),
)


def _at(month: int, day: int, hour: int = 10, year: int = 2026) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp() * 1000)


TICKETS: Final = (
    Ticket(occurred_ms=_at(11, 22), shop_name="Nyon Gare", total_minor=3740, points=37, sale_id="sale-1"),
    Ticket(occurred_ms=_at(11, 12), shop_name="Rolle", total_minor=1890, points=18, sale_id="sale-2"),
    Ticket(
        occurred_ms=_at(10, 29), shop_name="Morges Grand-Rue", total_minor=12455, points=124, sale_id="sale-3"
    ),
    Ticket(occurred_ms=_at(10, 3), shop_name="Nyon Gare", total_minor=-2990, points=-29, sale_id="sale-4"),
    Ticket(occurred_ms=_at(9, 18), shop_name="Gland", total_minor=860, points=0, sale_id="sale-5"),
    Ticket(
        occurred_ms=_at(12, 20, year=2025),
        shop_name="Nyon Gare",
        total_minor=4505,
        points=45,
        sale_id="sale-6",
    ),
    Ticket(
        occurred_ms=_at(12, 2, year=2025), shop_name="Rolle", total_minor=2300, points=23, sale_id="sale-7"
    ),
)


MILESTONE: Final = Milestone(points=1500, worth_minor=1500)
EXPIRING: Final = Expiring(points=120, last_day="2026-12-31")
FRESH: Final = OfflineState(
    bundle_number=7,
    bundle_ms=_at(11, 22),
    is_bundle_usable=True,
    hot_list_ms=_at(11, 22),
    hot_cards=12,
    may_redeem=True,
)
LIST_OLD: Final = msgspec.structs.replace(FRESH, bundle_ms=_at(11, 20), may_redeem=False)
DATA_OLD: Final = msgspec.structs.replace(FRESH, is_bundle_usable=False, may_redeem=False)


def a_member(
    *,
    points: int | None = 1248,
    points_today: int = 37,
    tickets: tuple[Ticket, ...] = TICKETS,
    worth_minor: int = 1200,
    milestone: Milestone | None = MILESTONE,
    expiring: Expiring | None = EXPIRING,
    language: Language = "fr",
    asks_pin: bool = False,
) -> MemberView:
    """A member whose card lies on the reader."""
    return MemberView(
        display_name="Mme A.",
        language=language,
        points=points,
        points_today=points_today,
        worth_minor=worth_minor,
        milestone=milestone,
        expiring=expiring,
        tickets=tickets,
        may_see_tickets=True,
        may_block=True,
        asks_pin=asks_pin,
    )


def a_member_by_number(language: Language = "fr") -> MemberView:
    """A member of whom only a number is known: a range, and nothing else."""
    return MemberView(display_name="Mme A.", language=language, points_from=1000, points_to=1500)


def an_agent_state(
    *,
    revision: int = 1,
    session: Session | None = None,
    notices: tuple[Notice, ...] = NOTICES,
    link: str = "up",
    outbox_depth: int = 0,
    prompt: TillPrompt | None = None,
    offline: OfflineState | None = None,
    till_pairing: TillPairing | None = None,
    wants_card: bool = False,
) -> AgentState:
    """What the agent of the demo shop would say."""
    return AgentState(
        revision=revision,
        link="down" if link == "down" else "connecting" if link == "connecting" else "up",
        link_since_ms=0,
        outbox_depth=outbox_depth,
        theme=THEME,
        currency="CHF",
        shop_name="Nyon Gare",
        time_zone="Europe/Zurich",
        languages=get_args(Language),
        session=session,
        notices=notices,
        prompt=prompt,
        offline=offline,
        till_pairing=till_pairing,
        wants_card=wants_card,
    )


def a_session(
    member: MemberView | None = None, *, refusal: Refusal | None = None, pending: int = 0
) -> Session:
    """The card session of the tap `tap-1`."""
    state = "refused" if refusal else "open" if member else "asking"
    return Session(
        session_id="session-1",
        tap_id="tap-1",
        state="refused" if state == "refused" else "open" if state == "open" else "asking",
        refusal=refusal,
        member=member,
        pending_tickets=pending,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A named moment."""

    name: str
    events: Callable[[Language], list[AnyEvent]]
    later_ms: int = SETTLED_MS


_READY = ReaderState(state="ready", reader="simulated", since_ms=0)


def _idle(notices: tuple[Notice, ...] = NOTICES) -> list[AnyEvent]:
    return [
        ReaderLinkChanged(now_ms=0, is_up=True),
        ReaderChanged(now_ms=0, state=_READY),
        AgentLinkChanged(now_ms=0, is_up=True),
        AgentChanged(now_ms=0, state=an_agent_state(notices=notices)),
    ]


def _link_lost(offline: OfflineState, *, waiting: int = 0) -> list[AnyEvent]:
    state = an_agent_state(link="down", outbox_depth=waiting, offline=offline)
    return [*_idle(), AgentChanged(now_ms=500, state=state)]


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


def _staff(*more: AnyEvent) -> list[AnyEvent]:
    """A person of staff holds their card there."""
    session = Session(
        session_id="session-1",
        tap_id="tap-1",
        state="open",
        staff=Staff(name="Mme Rochat", may_pair_tills=True),
    )
    opened = AgentChanged(now_ms=1100, state=an_agent_state(session=session))
    return [*_idle(), CardSeen(now_ms=1000, tap_id="tap-1"), opened, *more]


def _paired(pairing: TillPairing) -> list[AnyEvent]:
    """What the agent says of a till that is being paired."""
    return [*_idle(), AgentChanged(now_ms=500, state=an_agent_state(till_pairing=pairing))]


_TILL_CODE = TillPairing(
    step="code",
    code="482 915",
    qr="OFFICINE-TILL 1 192.0.2.17:8443 482915 OFFICINE-00000001",
    address="192.0.2.17:8443",
    minutes_left=5,
)
_TILL_CHECK = TillPairing(step="check", word="MITE-LONA", sale_id="TILL-2", is_tested=True)


def _weak(language: Language, *, most: int) -> MemberView:
    """Whose card is a UID that anybody could copy."""
    return msgspec.structs.replace(a_member(language=language), spending=Spending(most=most))


def _tap(*, notices: tuple[Notice, ...] = NOTICES) -> list[AnyEvent]:
    return [*_idle(notices), CardSeen(now_ms=1000, tap_id="tap-1")]


def _visit(
    member: MemberView,
    *,
    notices: tuple[Notice, ...] = NOTICES,
    pending: int = 0,
    medium: Medium = "nfc_uid",
) -> list[AnyEvent]:
    session = a_session(member, pending=pending)
    tap = CardSeen(now_ms=1000, tap_id="tap-1", medium=medium)
    opened = AgentChanged(now_ms=1100, state=an_agent_state(session=session, notices=notices))
    return [*_idle(notices), tap, opened]


def _prompted(language: Language, *, is_question: bool) -> list[AnyEvent]:
    """The till speaks its own language, whatever the member's is."""
    words = ("Utiliser 500 points ?", "Ils valent CHF 10.00 sur ce ticket.")
    prompt = TillPrompt(prompt_id="prompt-1", title=words[0], text=words[1], is_question=is_question)
    state = an_agent_state(session=a_session(a_member(language=language)), prompt=prompt)
    return [*_visit(a_member(language=language)), AgentChanged(now_ms=2000, state=state)]


def _touch(*actions: Action) -> list[AnyEvent]:
    return [Touched(now_ms=2000 + 100 * index, action=action) for index, action in enumerate(actions)]


def _refused(refusal: Refusal) -> list[AnyEvent]:
    session = a_session(refusal=refusal)
    return [*_tap(), AgentChanged(now_ms=1200, state=an_agent_state(session=session))]


def _scene(name: str, events: Callable[[Language], list[AnyEvent]], later_ms: int = SETTLED_MS) -> Scene:
    return Scene(name=name, events=events, later_ms=later_ms)


def _refusal_scene(refusal: Refusal) -> Scene:
    return _scene(f"refused_{refusal}", lambda _: _refused(refusal))


def _failed_scene(why: TillPairingFailure) -> Scene:
    return _scene(f"till_failed_{why}", lambda _: _paired(TillPairing(step="failed", failure=why)))


def _asked(language: Language, answer: Why | None = None, *actions: Action) -> list[AnyEvent]:
    """The member touches a ticket; the agent answers, or not yet."""
    events = [*_visit(a_member(language=language)), *_touch(*(actions or (Action.WHY_TODAY,)))]
    return [*events, WhyTold(now_ms=2500, why=answer)] if answer else events


def _pin_scene(name: str, moment: Sequence[AnyEvent]) -> Scene:
    def events(language: Language) -> list[AnyEvent]:
        visit = _visit(a_member(language=language, asks_pin=True))
        return [*visit, *_touch(Action.WHY_TODAY), WhyTold(now_ms=2500, why=_WHY), *moment]

    return _scene(name, events)


_QUESTION = "session-1.why.1"
_BASE = WhyRule(
    code="points_per_amount",
    points=37,
    names={
        "fr": "1 point par franc entier",
        "de": "1 Punkt pro ganzen Franken",
        "it": "1 punto per franco intero",
        "en": "1 point per whole franc",
        "zh": "每满 1 瑞郎积 1 分",
    },
)
_SUN = WhyRule(
    code="points_multiplier",
    points=8,
    names={
        "fr": "Novembre double",
        "de": "Doppelter November",
        "it": "Novembre doppio",
        "en": "Double November",
        "zh": "十一月双倍积分",
    },
)
_WELCOME = WhyRule(code="points_fixed", points=4)
_VISIT = WhyRule(code="points_nth_visit", points=3)


def _why_line(no: int, points: int, *parts: tuple[int, int]) -> WhyLine:
    return WhyLine(numbers=((no, no),), points=points, parts=parts)


_WHY = Why(request_id=_QUESTION, points=37, is_known=True, rules=(_BASE,), lines=(_why_line(1, 37, (0, 37)),))
_WHY_LAW = Why(
    request_id=_QUESTION,
    points=37,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=29), _SUN),
    lines=(
        _why_line(1, 12, (0, 12)),
        _why_line(2, 25, (0, 17), (1, 8)),
        WhyLine(numbers=((3, 3), (5, 6)), count=3, nothing="law"),
        WhyLine(numbers=((4, 4),), nothing="programme"),
    ),
)
_WHY_MUCH = Why(
    request_id=_QUESTION,
    points=37,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=22), _SUN, _WELCOME, _VISIT),
    lines=(
        _why_line(1, 25, (0, 14), (1, 8), (2, 2), (3, 1)),
        WhyLine(numbers=((2, 2), (4, 6)), count=4, points=2, parts=((0, 2),)),
        WhyLine(numbers=((3, 3),), points=4, parts=((0, 4),), left_out="law"),
        WhyLine(numbers=((7, 7),), nothing="law"),
    ),
)
_WHY_LONG = Why(
    request_id=_QUESTION,
    points=124,
    is_known=True,
    rules=(msgspec.structs.replace(_BASE, points=120), _WELCOME),
    lines=(
        WhyLine(numbers=((1, 1), (16, 16)), count=2, points=1, parts=((0, 1),)),
        *(_why_line(no, no, (0, no)) for no in range(2, 15)),
        _why_line(15, 18, (0, 14), (1, 4)),
        WhyLine(numbers=((17, 19), (21, 21), (24, 26), (30, 30)), count=14, nothing="law"),
    ),
)
_WHY_MOST = Why(
    request_id=_QUESTION,
    points=1_240_386,
    is_known=True,
    rules=tuple(msgspec.structs.replace(_BASE, points=155_048) for _ in range(6)),
    lines=tuple(
        WhyLine(
            numbers=((no, no + 2), (no + 1000, no + 1000), (1400, 1401), (1450, 1450)),
            count=1400,
            points=1_240,
            parts=((0, 1_200), (1, 20), (2, 20)),
        )
        for no in range(1, 36)
    ),
)
"""Nothing of our programme gives so much; what is drawn must fit all the same."""


def _nothing(*reasons: Nothing) -> Why:
    lines = tuple(WhyLine(numbers=((at, at),), nothing=reason) for at, reason in enumerate(reasons, start=1))
    return Why(request_id=_QUESTION, points=0, is_known=True, lines=lines)


_FEW = TICKETS[:2]
_BLOCK = (Action.BLOCK, Action.CONFIRM_BLOCK)
_ANSWER = "session-1.block.1"

SCENES: Final[tuple[Scene, ...]] = (
    _scene("starting", lambda _: []),
    _scene("pairing", lambda _: _unpaired("K7QM-3XWD")),
    _scene("pairing_no_central", lambda _: _unpaired("", link="down")),
    _scene("attract", lambda _: _idle(())),
    _scene("attract_news", lambda _: _idle()),
    _scene(
        "attract_card_left",
        lambda lang: [*_visit(a_member(language=lang)), *_touch(Action.FINISH), Ticked(now_ms=9000)],
    ),
    _scene("asking", lambda _: _tap()),
    _scene("member", lambda lang: _visit(a_member(language=lang))),
    _scene(
        "member_pending",
        lambda lang: _visit(
            a_member(language=lang, points_today=0, expiring=None, milestone=None), pending=2
        ),
    ),
    _scene("member_range", lambda lang: _visit(a_member_by_number(lang), medium="typed")),
    _scene("member_weak_card", lambda lang: _visit(_weak(lang, most=0))),
    _scene("member_limited_card", lambda lang: _visit(_weak(lang, most=200))),
    _scene("member_range_chip", lambda lang: _visit(a_member_by_number(lang), medium="chip")),
    _scene(
        "member_quiet",
        lambda lang: _visit(
            a_member(language=lang, points=12, points_today=0, worth_minor=0, expiring=None, tickets=()),
            notices=(),
        ),
    ),
    _scene(
        "member_much",
        lambda lang: _visit(
            a_member(language=lang, points=1_234_567, points_today=-1240, worth_minor=1_234_500)
        ),
    ),
    _scene("tickets", lambda lang: [*_visit(a_member(language=lang)), *_touch(Action.TICKETS)]),
    _scene(
        "tickets_older",
        lambda lang: [*_visit(a_member(language=lang)), *_touch(Action.TICKETS, Action.OLDER)],
    ),
    _scene(
        "tickets_few", lambda lang: [*_visit(a_member(language=lang, tickets=_FEW)), *_touch(Action.TICKETS)]
    ),
    _scene(
        "tickets_none", lambda lang: [*_visit(a_member(language=lang, tickets=())), *_touch(Action.TICKETS)]
    ),
    _scene("why", lambda lang: _asked(lang, _WHY)),
    _scene("why_waiting", _asked, 1_000),
    _scene("why_law", lambda lang: _asked(lang, _WHY_LAW)),
    _scene("why_much", lambda lang: _asked(lang, _WHY_MUCH)),
    _scene(
        "why_long",
        lambda lang: [
            *_asked(lang, _WHY_LONG, Action.TICKETS, Action.WHY_3),
            Touched(now_ms=2600, action=Action.OLDER),
        ],
    ),
    _scene("why_most", lambda lang: [*_asked(lang, _WHY_MOST), Touched(now_ms=2600, action=Action.OLDER)]),
    _scene(
        "why_nothing",
        lambda lang: _asked(
            lang,
            _nothing("law", "used_up", "too_little", "programme"),
            Action.TICKETS,
            Action.OLDER,
            Action.WHY_2,
        ),
    ),
    _scene("why_no_rule", lambda lang: _asked(lang, _nothing(), Action.TICKETS, Action.OLDER, Action.WHY_2)),
    _scene(
        "why_central_away",
        lambda lang: _asked(lang, Why(request_id=_QUESTION, trouble="central_unreachable")),
    ),
    _scene(
        "why_not_told_here", lambda lang: _asked(lang, Why(request_id=_QUESTION, trouble="not_told_here"))
    ),
    _scene("why_not_kept", lambda lang: _asked(lang, Why(request_id=_QUESTION))),
    *(_pin_scene(name, moment) for name, moment in pin_moments(_BASE).items()),
    _scene("confirm_block", lambda lang: [*_visit(a_member(language=lang)), *_touch(Action.BLOCK)]),
    _scene("confirm_block_waiting", lambda lang: [*_visit(a_member(language=lang)), *_touch(*_BLOCK)]),
    _scene(
        "confirm_block_failed",
        lambda lang: [
            *_visit(a_member(language=lang)),
            *_touch(*_BLOCK),
            CommandAnswered(now_ms=2500, request_id=_ANSWER, is_done=False),
        ],
    ),
    _scene(
        "card_blocked",
        lambda lang: [
            *_visit(a_member(language=lang)),
            *_touch(*_BLOCK),
            CommandAnswered(now_ms=2500, request_id=_ANSWER, is_done=True),
        ],
    ),
    *(_refusal_scene(refusal) for refusal in get_args(Refusal)),
    _scene("till_asks", lambda lang: _prompted(lang, is_question=True)),
    _scene("till_tells", lambda lang: _prompted(lang, is_question=False)),
    _scene("staff", lambda _: _staff()),
    _scene(
        "staff_refused",
        lambda _: _staff(
            Touched(now_ms=2000, action=Action.PAIR_TILL),
            CommandAnswered(now_ms=2100, request_id="session-1.pair.1", is_done=False),
        ),
    ),
    _scene("till_code", lambda _: _paired(_TILL_CODE)),
    _scene("till_code_ends", lambda _: _paired(msgspec.structs.replace(_TILL_CODE, minutes_left=1))),
    _scene("till_check", lambda _: _paired(_TILL_CHECK)),
    _scene("till_check_again", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_known=True))),
    _scene("till_check_waits", lambda _: _paired(msgspec.structs.replace(_TILL_CHECK, is_tested=False))),
    _scene("till_paired", lambda _: _paired(TillPairing(step="done", sale_id="TILL-2"))),
    *(_failed_scene(why) for why in get_args(TillPairingFailure) if why),
    _scene("privacy_warning", lambda lang: [*_visit(a_member(language=lang)), Ticked(now_ms=40_000)]),
    _scene("languages", lambda lang: [*_visit(a_member(language=lang)), *_touch(Action.LANGUAGES)]),
    _scene(
        "goodbye",
        lambda lang: [*_visit(a_member(language=lang)), CardGone(now_ms=3000, tap_id="tap-1")],
        1000,
    ),
    _scene(
        "goodbye_timed_out",
        lambda lang: [*_visit(a_member(language=lang)), Ticked(now_ms=40_000), Ticked(now_ms=70_000)],
        1000,
    ),
    _scene("goodbye_too_short", lambda _: [*_tap(), CardGone(now_ms=1200, tap_id="tap-1")], 1000),
    _scene("hold_card", lambda _: [*_idle(), AgentChanged(now_ms=9, state=an_agent_state(wants_card=True))]),
    _scene("link_lost", lambda _: _link_lost(FRESH)),
    _scene("link_lost_waiting", lambda _: _link_lost(FRESH, waiting=3)),
    _scene("link_lost_list_old", lambda _: _link_lost(LIST_OLD, waiting=3)),
    _scene("link_lost_data_old", lambda _: _link_lost(DATA_OLD, waiting=214)),
    _scene("reader_lost", lambda _: [*_idle(), ReaderLinkChanged(now_ms=500, is_up=False)]),
    _scene(
        "reader_needs_help",
        lambda _: [
            *_idle(),
            ReaderChanged(now_ms=500, state=ReaderState(state="needs_help", reader="simulated", since_ms=0)),
        ],
    ),
    _scene("agent_lost", lambda _: [*_idle(), AgentLinkChanged(now_ms=500, is_up=False)]),
)


def play(scene: Scene, language: Language) -> Model:
    """The moment of a scene in a language."""
    state: State = start(language=language, now_ms=0)
    now_ms = 0
    for event in scene.events(language):
        state, _ = step(state, event)
        now_ms = event.now_ms
    later_ms = now_ms + scene.later_ms
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is None or later_ms < deadline_ms, f"{scene.name} would be over by then"
    return Model(state=state, now_ms=later_ms, today=TODAY)
