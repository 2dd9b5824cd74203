"""Moments of the games: the list, each game before, while and after it is played, and what can go wrong."""

from typing import Final, get_args

import msgspec

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, Dragged, Ticked, Told, Touched
from kiosk.flow.games.memory import CARDS, deal
from kiosk.flow.games.page import STANDS_S
from kiosk.flow.games.wheel import Spin, landing
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.games import CARD_ACTIONS
from kiosk.flow.state import CHOICES
from kiosk.flow.table import start, step
from kiosk.scenes.base import Scene, scene, touch, visit
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from wire.games import (
    Draw,
    Explanation,
    GameOffer,
    GamesTold,
    PlayTold,
    PlayTrouble,
    PrizeFace,
    PrizeWon,
    QuizQuestion,
    WhyNot,
)
from wire.messages import Language
from wire.printing import PrinterState, PrintTold

Names = dict[str, str]

COMMITMENT: Final = "3f1c9a5be07d4482a6c1d0f7e2b95a8834d6017fbc2e9150a7f3c84de6192b70"
_SEED: Final = "9b0e47c2d815f36aa4c7e1930b5d6f82c9173ea05b64d8f21e7c30a9f5b8d146"


def _names(fr: str, de: str, it: str, en: str, zh: str) -> Names:
    return {"fr": fr, "de": de, "it": it, "en": en, "zh": zh}


_POINTS: Final = _names("50 points", "50 Punkte", "50 punti", "50 points", "50 积分")
_MANY: Final = _names("500 points", "500 Punkte", "500 punti", "500 points", "500 积分")
_VOUCHER: Final = _names(
    "Bon de CHF 10.00", "Gutschein über CHF 10.00", "Buono da CHF 10.00", "Voucher of CHF 10.00",
    "CHF 10.00 代金券",
)  # fmt: skip
_CREAM: Final = _names("Crème pour les mains", "Handcreme", "Crema per le mani", "Hand cream", "护手霜")
_THERMOS: Final = _names("Gourde isotherme", "Thermosflasche", "Borraccia termica", "Thermos flask", "保温杯")

FACES: Final = (
    PrizeFace(face_id="p50", names=_POINTS, kind="points", odds=50, points=50),
    PrizeFace(face_id="cream", names=_CREAM, kind="gift", odds=10),
    PrizeFace(face_id="v10", names=_VOUCHER, kind="voucher", odds=10, worth_minor=1000),
    PrizeFace(face_id="p500", names=_MANY, kind="points", odds=4, points=500),
    PrizeFace(face_id="thermos", names=_THERMOS, kind="gift", odds=1),
)
WHEEL: Final = GameOffer(
    game_id="autumn_wheel",
    kind="wheel",
    names=_names(
        "La roue d’automne", "Das Herbstrad", "La ruota d’autunno", "The autumn wheel", "秋季幸运转盘"
    ),
    plays_left=2,
    is_open=True,
    prizes=FACES,
    out_of=200,
    fallback_id="p50",
    commitment=COMMITMENT,
    last_day="2026-12-20",
)
SCRATCH: Final = msgspec.structs.replace(
    WHEEL,
    game_id="scratch",
    kind="scratch",
    names=_names("La carte à gratter", "Das Rubbellos", "Gratta e scopri", "The scratch card", "刮刮卡"),
    plays_left=1,
    prizes=(msgspec.structs.replace(FACES[0], odds=3), msgspec.structs.replace(FACES[2], odds=1)),
    out_of=20,
    fallback_id="",
)
MEMORY: Final = msgspec.structs.replace(
    SCRATCH,
    game_id="memory",
    kind="memory",
    names=_names("Les paires", "Paare suchen", "Le coppie", "Find the pairs", "记忆翻牌"),
)
FUN: Final = msgspec.structs.replace(MEMORY, prizes=(), out_of=0, commitment="", last_day="")
_QUESTIONS: Final = (
    QuizQuestion(
        text=_names(
            "Combien de temps se laver les mains au savon ?",
            "Wie lange wäscht man sich die Hände mit Seife?",
            "Per quanto tempo ci si lava le mani con il sapone?",
            "How long should you wash your hands with soap?",
            "用肥皂洗手应洗多久？",
        ),
        answers=(
            _names("5 secondes", "5 Sekunden", "5 secondi", "5 seconds", "5 秒"),
            _names(
                "20 à 30 secondes", "20 bis 30 Sekunden", "20–30 secondi", "20 to 30 seconds", "20 至 30 秒"
            ),
            _names("2 minutes", "2 Minuten", "2 minuti", "2 minutes", "2 分钟"),
        ),
    ),
    QuizQuestion(
        text=_names(
            "Que fait-on des médicaments périmés ?",
            "Wohin mit abgelaufenen Medikamenten?",
            "Dove si portano i farmaci scaduti?",
            "Where do medicines go that are out of date?",
            "过期药品应如何处理？",
        ),
        answers=(
            _names("Aux toilettes", "In die Toilette", "Nel WC", "Down the toilet", "倒入马桶"),
            _names("À la poubelle", "In den Abfall", "Nei rifiuti", "Into the bin", "扔进垃圾桶"),
            _names(
                "Retour en pharmacie",
                "Zurück in die Apotheke",
                "In farmacia",
                "Back to the pharmacy",
                "送回药房",
            ),
            _names("On les garde", "Man behält sie", "Si tengono", "You keep them", "继续保存"),
        ),
    ),
)
QUIZ: Final = msgspec.structs.replace(
    SCRATCH,
    game_id="quiz",
    kind="quiz",
    names=_names(
        "Le quiz santé", "Das Gesundheitsquiz", "Il quiz della salute", "The health quiz", "健康问答"
    ),
    questions=_QUESTIONS,
    right_needed=2,
)
_EXPLAINED: Final = (
    Explanation(
        why=_names(
            "Il faut ce temps pour que le savon atteigne toute la peau, entre les doigts aussi.",
            "So lange braucht die Seife, bis sie überall wirkt, auch zwischen den Fingern.",
            "Il sapone ha bisogno di questo tempo per agire ovunque, anche tra le dita.",
            "Soap needs that long to work everywhere, between the fingers too.",
            "肥皂需要这么久才能清洁到每一处，包括指缝。",
        ),
        source="OMS, Hand hygiene, 2009",
    ),
    Explanation(
        why=_names(
            "La pharmacie les fait détruire sans danger pour l’eau.",
            "Die Apotheke lässt sie so vernichten, dass das Wasser sauber bleibt.",
            "La farmacia li fa distruggere senza danni per l’acqua.",
            "The pharmacy has them destroyed without harm to the water.",
            "药房会将其安全销毁，不污染水源。",
        ),
        source="Swissmedic",
    ),
)


# What happens -----------------------------------------------------------------------------------------------


def _to_games(language: Language, *games: GameOffer, printer: PrinterState | None = None) -> list[AnyEvent]:
    """The member opens the games, and central tells them."""
    events = [*visit(a_member(language=language)), *touch(Action.MENU)]
    if printer is not None:
        session = a_session(a_member(language=language))
        state = msgspec.structs.replace(an_agent_state(session=session), printer=printer)
        events.insert(-1, AgentChanged(now_ms=1200, state=state))
    events.append(Touched(now_ms=2200, action=_tile(events)))
    if games:
        events.append(Told(now_ms=2400, answer=GamesTold(request_id="session-1.1", games=games)))
    return events


def _tile(events: list[AnyEvent]) -> Action:
    """Where the games stand in the menu."""
    state = start(language="fr", now_ms=0)
    for event in events:
        state, _ = step(state, event)
    shown = [tile.action for tile in MENU.shown(state)]
    return CHOICES[shown.index(Action.GAMES)]


def _to_game(language: Language, game: GameOffer, *more: Action) -> list[AnyEvent]:
    """One game alone is on offer, and chosen."""
    touches = (Touched(now_ms=2600 + 200 * at, action=each) for at, each in enumerate((CHOICES[0], *more)))
    return [*_to_games(language, game), *touches]


def _told(
    face_id: str = "",
    *,
    drawn: str | None = None,
    number: int = 0,
    left: int = 1,
    at: int = 3,
    out_of: int = 200,
) -> PlayTold:
    draw = Draw(
        server_seed=_SEED,
        commitment=COMMITMENT,
        client_seed="5b21c07e9f3a4d68b1e0c7952d84f6a3",
        play_id="session-1.play.2",
        game_id="autumn_wheel",
        number=number,
        out_of=out_of,
        face_id=face_id if drawn is None else drawn,
    )
    face = next((each for each in FACES if each.face_id == face_id), None)
    prize = None
    if face is not None:
        code = "" if face.kind == "points" else "80412 77350 91264 30588"
        prize = PrizeWon(
            face_id=face_id,
            names=face.names,
            kind=face.kind,
            points=face.points,
            worth_minor=face.worth_minor,
            code=code,
            payload=code.replace(" ", ""),
            last_day="2026-12-26" if code else "",
        )
    return PlayTold(
        request_id=f"session-1.{at}",
        play_id="session-1.play.2",
        outcome="won" if face else "nothing",
        face_id=face_id,
        prize=prize,
        is_fallback=drawn is not None and face is not None,
        draw=draw,
        plays_left=left,
    )


_NUMBERS: Final = {"p50": 20, "cream": 55, "v10": 63, "p500": 71, "thermos": 74, "": 120}
_SPUN_MS: Final = 3_000


def _spun(language: Language, told: PlayTold) -> list[AnyEvent]:
    """The wheel is turned, and stands where it was told to."""
    events = [*_to_game(language, WHEEL, Action.PLAY), Told(now_ms=_SPUN_MS, answer=told)]
    return [*events, Ticked(now_ms=_stops_ms(told) + STANDS_S * 1000)]


def _stops_ms(told: PlayTold) -> int:
    return Spin(started_ms=2800, told_ms=_SPUN_MS, place=landing(WHEEL, told)).stops_ms


def _stopped(language: Language, face_id: str) -> list[AnyEvent]:
    """The wheel stands, and is looked at."""
    told = _told(face_id, number=_NUMBERS[face_id])
    events = [*_to_game(language, WHEEL, Action.PLAY), Told(now_ms=_SPUN_MS, answer=told)]
    return [*events, Ticked(now_ms=_stops_ms(told))]


def _spinning(language: Language) -> list[AnyEvent]:
    told = _told("v10", number=_NUMBERS["v10"])
    return [*_to_game(language, WHEEL, Action.PLAY), Told(now_ms=_SPUN_MS, answer=told)]


def _won(language: Language, face_id: str, *, left: int = 1) -> list[AnyEvent]:
    return _spun(language, _told(face_id, number=_NUMBERS[face_id], left=left))


def _printable(language: Language, *, ended: PrintTold | None = None) -> list[AnyEvent]:
    printer = PrinterState(condition="ready", since_ms=0)
    told = _told("v10", number=_NUMBERS["v10"])
    events = [*_to_games(language, WHEEL, printer=printer)]
    events += [Touched(now_ms=2600, action=CHOICES[0]), Touched(now_ms=2800, action=Action.PLAY)]
    stops_ms = _stops_ms(told) + STANDS_S * 1000
    events += [Told(now_ms=_SPUN_MS, answer=told), Ticked(now_ms=stops_ms)]
    if ended is not None:
        events += [
            Touched(now_ms=stops_ms + 2000, action=Action.PRINT),
            Told(now_ms=stops_ms + 2500, answer=ended),
        ]
    return events


def _scratching(language: Language, told: PlayTold, *, until: int = 0) -> list[AnyEvent]:
    """A finger goes to and fro over the foil, so many times."""
    events = [*_to_game(language, SCRATCH, Action.PLAY), Told(now_ms=_SPUN_MS, answer=told)]
    for row in range(until):
        for step_ in range(9):
            x = 200 + 75 * (step_ if row % 2 == 0 else 8 - step_)
            now_ms = _SPUN_MS + 100 + 20 * (row * 9 + step_)
            events.append(
                Dragged(
                    now_ms=now_ms,
                    action=Action.RUB,
                    x=x,
                    y=130 + 85 * row + x // 40,
                    is_first=row + step_ == 0,
                )
            )
    return events


def _revealed(language: Language) -> list[AnyEvent]:
    events = _scratching(language, _told("v10", number=3, out_of=20), until=1)
    return [*events, Touched(now_ms=4000, action=Action.REVEAL)]


def _dealt(language: Language, game: GameOffer, *, pairs: int = 0, unlike: bool = False) -> list[AnyEvent]:
    """Memory is begun, and so many pairs are found."""
    events = _to_game(language, game, Action.PLAY)
    state = start(language=language, now_ms=0)
    for event in events:
        state, _ = step(state, event)
    board = getattr(state.journey, "board", None) or deal("")
    now_ms = 3_000
    for pair in range(pairs):
        for place in (place for place in range(CARDS) if board.pictures[place] == pair):
            events.append(Touched(now_ms=now_ms, action=CARD_ACTIONS[place]))
            now_ms += 300
    if unlike:
        for pair in (pairs, pairs + 1):
            place = board.pictures.index(pair)
            events.append(Touched(now_ms=now_ms, action=CARD_ACTIONS[place]))
            now_ms += 300
    return events


def _answered(language: Language, *choices: Action) -> list[AnyEvent]:
    return _to_game(language, QUIZ, Action.PLAY, *choices)


def _quizzed(language: Language, *, right: int) -> list[AnyEvent]:
    told = msgspec.structs.replace(
        _told("p50" if right == 2 else "", number=1, out_of=20),
        right=right,
        right_answers=(1, 2),
        explained=_EXPLAINED,
    )
    if right < 2:
        told = msgspec.structs.replace(told, draw=None)
    events = _answered(language, CHOICES[1], CHOICES[2] if right == 2 else CHOICES[0])
    return [*events, Told(now_ms=4000, answer=told)]


def _closed(reason: WhyNot, game: GameOffer) -> GameOffer:
    return msgspec.structs.replace(game, is_open=False, why_not=reason, plays_left=0)


def _refused(trouble: PlayTrouble) -> Scene:
    refused = PlayTold(
        request_id="session-1.3", play_id="session-1.play.2", outcome="refused", trouble=trouble
    )
    return scene(
        f"game_refused_{trouble}",
        lambda lang: [*_to_game(lang, WHEEL, Action.PLAY), Told(now_ms=_SPUN_MS, answer=refused)],
    )


_USED_UP: Final = msgspec.structs.replace(
    WHEEL, prizes=(*FACES[:4], msgspec.structs.replace(FACES[4], is_left=False))
)
_MANY_PRIZES: Final = msgspec.structs.replace(
    SCRATCH,
    prizes=tuple(
        msgspec.structs.replace(face, face_id=f"{face.face_id}{number}")
        for number in range(3)
        for face in FACES
    ),
    out_of=1_000,
)


def _away(language: Language) -> list[AnyEvent]:
    away = GamesTold(request_id="session-1.1", trouble="central_unreachable")
    return [*_to_games(language), Told(now_ms=2400, answer=away)]


def _list_of(*reasons: WhyNot) -> Scene:
    games = (WHEEL, SCRATCH, MEMORY, QUIZ)
    closed = tuple(
        _closed(reason, msgspec.structs.replace(game, game_id=f"{game.game_id}{at}"))
        for at, (reason, game) in enumerate(zip(reasons, games, strict=False))
    )
    return scene(f"games_closed_{reasons[0]}", lambda lang: _to_games(lang, *closed))


SCENES: Final[tuple[Scene, ...]] = (
    scene("games", lambda lang: _to_games(lang, WHEEL, SCRATCH, MEMORY, _closed("played_out", QUIZ))),
    scene("games_waiting", _to_games, 1_000),
    scene("games_one", lambda lang: _to_games(lang, WHEEL)),
    scene(
        "games_none",
        lambda lang: [
            *_to_games(lang),
            Told(now_ms=2400, answer=GamesTold(request_id="session-1.1")),
        ],
    ),
    scene("games_central_away", _away),
    _list_of("not_here", "offline", "over", "not_yet"),
    _list_of("no_prizes", "needs_card", "", "played_out"),
    scene("game_wheel", lambda lang: _to_game(lang, WHEEL)),
    scene("game_wheel_used_up", lambda lang: _to_game(lang, _USED_UP)),
    scene("game_scratch", lambda lang: _to_game(lang, SCRATCH)),
    scene("game_memory", lambda lang: _to_game(lang, MEMORY)),
    scene("game_fun", lambda lang: _to_game(lang, FUN)),
    scene("game_quiz", lambda lang: _to_game(lang, QUIZ)),
    scene("game_many_prizes", lambda lang: _to_game(lang, _MANY_PRIZES)),
    scene("game_closed", lambda lang: _to_game(lang, _closed("no_prizes", WHEEL))),
    scene("game_proof", lambda lang: _to_game(lang, WHEEL, Action.PROOF)),
    scene("wheel_asked", lambda lang: _to_game(lang, WHEEL, Action.PLAY), 600),
    scene("wheel_turning", _spinning, 700),
    scene("wheel_slowing", _spinning, 1_500),
    scene("wheel_stopped", lambda lang: _stopped(lang, "v10"), 200),
    scene("wheel_stopped_on_nothing", lambda lang: _stopped(lang, ""), 200),
    scene("game_unanswered", lambda lang: [*_to_game(lang, WHEEL, Action.PLAY), Ticked(now_ms=11_000)]),
    scene(
        "game_unsure",
        lambda lang: [
            *_to_game(lang, WHEEL, Action.PLAY),
            Ticked(now_ms=11_000),
            Touched(now_ms=12_000, action=Action.BACK),
            Told(now_ms=12_100, answer=GamesTold(request_id="session-1.4", games=(WHEEL,))),
            Touched(now_ms=12_300, action=CHOICES[0]),
        ],
    ),
    *(_refused(trouble) for trouble in get_args(PlayTrouble) if trouble),
    scene("won_just_now", lambda lang: _won(lang, "p500"), 600),
    scene("won_points", lambda lang: _won(lang, "p500")),
    scene("won_voucher", lambda lang: _won(lang, "v10", left=0)),
    scene("won_gift", lambda lang: _won(lang, "cream")),
    scene("won_printable", _printable),
    scene(
        "won_printed",
        lambda lang: _printable(lang, ended=PrintTold(request_id="session-1.4", outcome="printed")),
    ),
    scene(
        "won_no_paper",
        lambda lang: _printable(lang, ended=PrintTold(request_id="session-1.4", outcome="paper_out")),
    ),
    scene("won_fallback", lambda lang: _spun(lang, _told("p50", drawn="thermos", number=74))),
    scene("won_nothing", lambda lang: _won(lang, "")),
    scene("won_nothing_last", lambda lang: _won(lang, "", left=0)),
    scene(
        "won_proof",
        lambda lang: [*_won(lang, "v10"), Touched(now_ms=9_000, action=Action.PROOF)],
    ),
    scene("scratch_waiting", lambda lang: _to_game(lang, SCRATCH, Action.PLAY), 600),
    scene("scratch_whole", lambda lang: _scratching(lang, _told("v10", number=3, out_of=20))),
    scene("scratch_rubbed", lambda lang: _scratching(lang, _told("v10", number=3, out_of=20), until=3)),
    scene("scratch_revealing", _revealed, 250),
    scene("scratch_revealed", _revealed, 1_000),
    scene(
        "scratch_nothing",
        lambda lang: [
            *_scratching(lang, _told("", number=12, out_of=20)),
            Touched(now_ms=4000, action=Action.REVEAL),
        ],
        1_000,
    ),
    scene("memory_dealt", lambda lang: _dealt(lang, MEMORY)),
    scene("memory_turning", lambda lang: _dealt(lang, MEMORY, pairs=1, unlike=True), 60),
    scene("memory_unlike", lambda lang: _dealt(lang, MEMORY, pairs=2, unlike=True), 900),
    scene("memory_fun", lambda lang: _dealt(lang, FUN, pairs=4)),
    scene("memory_done", lambda lang: _dealt(lang, MEMORY, pairs=6), 700),
    scene(
        "memory_skipped",
        lambda lang: [*_dealt(lang, MEMORY), Touched(now_ms=4000, action=Action.REVEAL)],
        700,
    ),
    scene(
        "memory_fun_over",
        lambda lang: [
            *_dealt(lang, FUN, pairs=6),
            Told(
                now_ms=8000,
                answer=msgspec.structs.replace(_told(""), draw=None),
            ),
        ],
    ),
    scene("quiz", _answered),
    scene("quiz_four", lambda lang: _answered(lang, CHOICES[1])),
    scene("quiz_waiting", lambda lang: _answered(lang, CHOICES[1], CHOICES[2]), 700),
    scene("quiz_won", lambda lang: _quizzed(lang, right=2)),
    scene("quiz_too_few", lambda lang: _quizzed(lang, right=1)),
    scene(
        "quiz_answers", lambda lang: [*_quizzed(lang, right=2), Touched(now_ms=4500, action=Action.ANSWERS)]
    ),
    scene(
        "quiz_answers_wrong",
        lambda lang: [
            *_quizzed(lang, right=1),
            Touched(now_ms=4500, action=Action.ANSWERS),
            Touched(now_ms=4700, action=Action.OLDER),
        ],
    ),
)
