"""The monkey: hands that touch, tap and pull plugs, and an agent that answers anything at any time."""

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, get_args

import msgspec

from kiosk.flow.deadlines import UNTOUCHED_LONGEST_S
from kiosk.flow.effects import Effect, Send
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    ReaderChanged,
    ReaderLinkChanged,
    Told,
    Touched,
)
from kiosk.flow.state import Action
from kiosk.scenes import SCENES, Scene
from kiosk.scenes.demo import an_agent_state
from kiosk.widgets.canvas import Canvas
from loyalty.limits.kiosk import KIOSK_SLOW_TIMES
from tools.kiosk_monkey.harvest import Harvest, Question, harvest, question_in
from tools.kiosk_monkey.laws import Secret
from tools.kiosk_monkey.subject import Place, Subject
from tools.kiosk_monkey.twist import twisted
from wire.looking_after import EndSupport, SupportShown
from wire.messages import AgentState, Answer, EndSession, Language, Medium, MemberView, ReaderState, Session

ANSWERS_KEPT: Final = 8
"""So many questions stay unanswered for a while; answers may come late, to whoever stands there then."""
TWISTED: Final = 0.3
"""How often what the agent says is not as any scene has it."""
DRAWN_TO_NEW: Final = 0.8
"""How often fingers go to what this kiosk offers and nobody has touched yet, whatever else might happen."""
NEW_IN_A_ROW: Final = (1, 1, 3, 9)
"""At most so many new places are touched in a row, as by who types or plays with the keys."""
TURNS: Final = 3
"""With each round another third of the places is the first to be touched. Head office looks on at a third of
the scenes, and on a third the screen is brought down; in three rounds each scene has had both."""
RARE: Final = frozenset({Action.PULL, Action.END_SUPPORT, Action.TRY_AGAIN})
"""What is there only at times, and then soon gone, is touched before anything else."""
_LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_MEDIA: Final[tuple[Medium, ...]] = get_args(Medium)
_WATCHED: Final = SupportShown(support_id="support-1", state="granted", reason="", minutes=15)
_READY: Final = ReaderState(state="ready", reader="simulated", since_ms=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How it plays, beside chance."""

    draw_rate: float = 1.0
    """Share of moves after which a frame is drawn."""
    acted_each: int = 2
    """Every so many visits begin as a scene does, each in turn: deep places are reached, and left in all
    ways."""

    def as_options(self) -> str:
        """Of the command, each after a space, where they are not as usual."""
        draws = "" if self.draw_rate == USUAL.draw_rate else f" --draw-rate {self.draw_rate}"
        return draws + ("" if self.acted_each == USUAL.acted_each else f" --acted-each {self.acted_each}")


USUAL: Final = Habits()


@dataclass(slots=True)
class Monkey:
    """Plays sessions on a subject. All chance comes from `rng`: the same seed plays the same again."""

    subject: Subject
    rng: random.Random
    habits: Habits = USUAL
    drawn: Harvest = field(default_factory=harvest)
    visits: int = 0
    taps: int = 0
    sessions: int = 0
    revision: int = 0
    tap_id: str = ""
    base: AgentState | None = None
    session: Session | None = None
    past: list[Session] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_watched: bool = False
    met: set[Place] = field(default_factory=set)
    """What was touched since this kiosk's start, and not since the run's: `--path` plays this block alone."""
    wanted: Place | None = None
    """Touched as soon as a frame offers it."""

    # Sessions -----------------------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """The kiosk's first seconds: reader and agent speak, in any order, at any time, or not."""
        first = [self._reader_up, self._agent_up]
        self.rng.shuffle(first)
        self._frame()
        for move in first:
            self._wait(self.rng.choice((5, 200, 3_000, 11_000)))
            move()

    def play(self) -> None:
        """One visit: from the tap until nobody is there, whatever happens in between. Raises: LawBroken."""
        self.visits += 1
        number, scene = divmod(self.visits // self.habits.acted_each, len(SCENES))
        turn = (number + scene) % TURNS
        self.is_watched = turn == 1
        if self.visits % self.habits.acted_each == 0:
            self._act(SCENES[scene])
        else:
            self._tap()
        if turn == 2:
            self._bring_down()
        for _ in range(self.rng.randint(4, 24)):
            self._move()
        self.rng.choice(
            (self._take_card, self._wait_long, self._lose_agent, self._lose_reader, self._wait_long)
        )()
        self._repair()

    def _repair(self) -> None:
        """Everything works again, and nobody is there: this must be the idle screen."""
        self.tap_id, self.session, self.is_watched = "", None, False
        self.base = self._a_base(is_calm=True)
        self._reader_up()
        self._agent_up()
        self._wait(1000 * (UNTOUCHED_LONGEST_S * KIOSK_SLOW_TIMES + 60))  # whatever was asked for
        canvas = self.subject.draw()
        if self.subject.state.screen != "attract":
            raise AssertionError(f"everything works and nobody is there: {self.subject.state.screen}")
        self._reach(canvas)

    def _act(self, scene: Scene) -> None:
        """Do what happens in a scene, with ids of our own; touch only what is really drawn."""
        began_ms, elapsed_ms = self.subject.now_ms, 0
        for event in scene.events(self.rng.choice(_LANGUAGES)):
            self._wait(max(0, event.now_ms - elapsed_ms))
            elapsed_ms = self.subject.now_ms - began_ms
            self._do(event, scene.name)
            self._frame()

    def _do(self, event: AnyEvent, scene: str) -> None:
        match event:
            case CardSeen(code=code) if code:
                self._scan(code)
            case CardSeen():
                self._tap(event.medium, is_answered=False)
            case CardGone():
                self._take_card()
            case AgentChanged():
                self.base, before = event.state, self.session
                if event.state.session is None or (before is not None and before.tap_id == self.tap_id):
                    self._say()
                else:
                    self._open(event.state.session)
            case Touched():
                if event.action in {target.action for target in self._frame().targets}:
                    self._press(event.action)
            case Told(answer=answer):
                if self.questions:
                    question = self.questions.pop()
                    self._tell(question.answered(answer), scene)
            case _:
                moved = replace(event, now_ms=self.subject.now_ms)
                self._post(moved, f"{scene}: {type(event).__name__}")

    def _move(self) -> None:
        if self.rng.random() < DRAWN_TO_NEW and self._new_actions():
            self._touch_new()
        else:
            self._any_move()
        self.subject.now_ms += self.rng.choice((1, 8, 40, 170, 260, 900))
        if self.rng.random() < self.habits.draw_rate:
            self._frame()

    def _any_move(self) -> None:
        moves: tuple[tuple[int, Callable[[], None]], ...] = (
            (34, self._touch),
            (16, self._answer),
            (12, self._follow),
            (9, self._wait_short),
            (4, self._touch_beside),
            (3, self._wait_long),
            (3, self._change_state),
            (3, self._tap),
            (2, self._say_late),
            (2, self._scan),
            (2, self._take_card),
            (1, self._take_other_card),
            (1, self._lose_agent),
            (1, self._agent_up),
            (1, self._lose_reader),
            (1, self._reader_up),
            (1, self._reader_says),
        )
        move = self.rng.choices([one for _, one in moves], [weight for weight, _ in moves])[0]
        move()

    # Hands --------------------------------------------------------------------------------------------------

    def _touch(self) -> None:
        """Press and let go what the drawn frame offers, as often as fingers do."""
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            targets = self._frame().targets
            if not targets:
                self._touch_beside()
                return
            self._press(self.rng.choice(targets).action)

    def _touch_new(self) -> None:
        """Press what nobody has touched yet, for as long as the screen stays and offers any."""
        screen = self.subject.state.screen
        for _ in range(self.rng.choice(NEW_IN_A_ROW)):
            self._frame()
            if self.subject.state.screen != screen or not (new := self._new_actions()):
                return
            rare = [one for one in new if one in RARE]
            self._press(self.rng.choice(rare or [one for one in new if self._is_its_turn(one)] or new))

    def _is_its_turn(self, action: Action) -> bool:
        place = f"{self.subject.state.screen} {action}".encode()
        rounds = self.visits // (self.habits.acted_each * len(SCENES))  # of all scenes
        return (zlib.crc32(place) + rounds) % TURNS == 0

    def _new_actions(self) -> list[Action]:
        """What the last frame offers and nobody has touched since this kiosk's start."""
        screen, canvas = self.subject.state.screen, self.subject.canvas
        if canvas is None or self.subject.is_stale:
            return []
        return [one.action for one in canvas.targets if (screen, one.action) not in self.met]

    def _press(self, action: Action) -> None:
        """A finger comes down, its colour is drawn, and it goes up again."""
        self.subject.draw(pressed=action)
        self.met.add((self.subject.state.screen, action))
        self.subject.seen.touched[self.subject.state.screen, action] += 1
        self._post(Touched(now_ms=self.subject.now_ms, action=action), f"touch {action}")

    def _bring_down(self) -> None:
        """As by who sits: on the panel of how the screen is shown, and back to where it was opened."""
        for action in (Action.ACCESS, Action.MODE_LOW, Action.BACK):
            if action not in {target.action for target in self._frame().targets}:
                return
            self._press(action)
        self._frame()

    def _touch_beside(self) -> None:
        self._post(Touched(now_ms=self.subject.now_ms), "touch beside")

    def _tap(self, medium: Medium | None = None, *, is_answered: bool = True) -> None:
        self.taps += 1
        self.tap_id = f"tap-{self.taps}"
        drawn: Medium = self.rng.choice(_MEDIA)
        by = medium or drawn
        self._post(CardSeen(now_ms=self.subject.now_ms, tap_id=self.tap_id, medium=by), f"tap by {by}")
        if is_answered and self.rng.random() < 0.9:
            self._wait(self.rng.choice((10, 40, 400, 9_000)))
            session = self.rng.choice([one.session for one in self.drawn.states if one.session is not None])
            self._open(twisted(session, self.rng) if self.rng.random() < TWISTED else session)

    def _scan(self, code: str = "") -> None:
        """Something is held to the scanner: a pack where packs are asked about, else a card's number."""
        self.taps += 1
        tap_id, code = f"tap-{self.taps}", code or self.rng.choice(self.drawn.codes)
        self._post(
            CardSeen(now_ms=self.subject.now_ms, tap_id=tap_id, medium="barcode", code=code), "code scanned"
        )
        if self.subject.state.tap_id == tap_id:
            self.tap_id = tap_id

    def _take_card(self) -> None:
        self._post(CardGone(now_ms=self.subject.now_ms, tap_id=self.tap_id or "tap-0"), "card taken")
        self.tap_id = ""

    def _take_other_card(self) -> None:
        tap_id = f"tap-{self.rng.randint(0, self.taps + 1)}"
        self._post(CardGone(now_ms=self.subject.now_ms, tap_id=tap_id), f"{tap_id} taken")

    def _wait_short(self) -> None:
        self._wait(self.rng.choice((50, 500, 2_000, 6_000)))

    def _wait_long(self) -> None:
        self._wait(self.rng.choice((9_000, 31_000, 55_000, 200_000)))

    def _wait(self, elapsed_ms: int) -> None:
        for effect in self.subject.pass_time(elapsed_ms):
            self._hear(effect)

    # Plugs --------------------------------------------------------------------------------------------------

    def _lose_agent(self) -> None:
        self._post(AgentLinkChanged(now_ms=self.subject.now_ms, is_up=False), "agent lost")

    def _agent_up(self) -> None:
        self._post(AgentLinkChanged(now_ms=self.subject.now_ms, is_up=True), "agent found")
        self._say()

    def _lose_reader(self) -> None:
        self._post(ReaderLinkChanged(now_ms=self.subject.now_ms, is_up=False), "reader lost")

    def _reader_up(self) -> None:
        self._post(ReaderLinkChanged(now_ms=self.subject.now_ms, is_up=True), "reader found")
        self._post(ReaderChanged(now_ms=self.subject.now_ms, state=_READY), "reader ready")

    def _reader_says(self) -> None:
        state = self.rng.choice(("starting", "ready", "lost", "needs_help"))
        said = msgspec.structs.replace(_READY, state=state)
        self._post(ReaderChanged(now_ms=self.subject.now_ms, state=said), f"reader {state}")

    # The agent ----------------------------------------------------------------------------------------------

    def _open(self, session: Session) -> None:
        """The agent says who the tap was: somebody of a scene, or nobody, as a visit of its own."""
        self.sessions += 1
        tap_id = self.tap_id or f"tap-{self.taps}"
        self.session = msgspec.structs.replace(session, session_id=f"session-{self.sessions}", tap_id=tap_id)
        if self.session.member is not None:
            self.session = msgspec.structs.replace(
                self.session, member=self._unlike_others(self.session.member)
            )
        self.past = [*self.past, self.session][-ANSWERS_KEPT:]
        self._say()

    def _unlike_others(self, member: MemberView) -> MemberView:
        """Give the member a name and points that are found again wherever they are drawn."""
        secret = Secret(name=f"Zq{self.sessions}x.", points=5_000_000 + 7 * self.sessions)
        self.subject.laws.protect(secret)
        points = None if member.points is None else secret.points
        return msgspec.structs.replace(member, display_name=f"Mme {secret.name}", points=points)

    def _follow(self) -> None:
        """Something about the running session changes: a ticket was booked, a question of the till came."""
        if self.session is None or self.rng.random() < 0.2:
            self._change_state()
            return
        if (member := self.session.member) is not None and member.points is not None:
            points = self.rng.choice((0, 5_000_000 + 7 * self.sessions))
            member = msgspec.structs.replace(member, points=points)
            booked = self.rng.choice((None, 37, -37))
            self.session = msgspec.structs.replace(self.session, member=member, last_award_points=booked)
        elif self.rng.random() < TWISTED:
            self.session = msgspec.structs.replace(
                twisted(self.session, self.rng),
                session_id=self.session.session_id,
                tap_id=self.session.tap_id,
            )
        self._say()

    def _change_state(self) -> None:
        """Anything else that the agent knows changes: link, news, printer, tills, whatever a scene has."""
        self.base = self._a_base(is_calm=False)
        self._say()

    def _a_base(self, *, is_calm: bool) -> AgentState:
        """is_calm: the shop as it is on a good day."""
        if is_calm:
            return an_agent_state()
        base = self.rng.choice(self.drawn.states)
        return twisted(base, self.rng) if self.rng.random() < TWISTED else base

    def _say(self) -> None:
        base = self.base or self._a_base(is_calm=True)
        self.revision += 1
        said = msgspec.structs.replace(base, revision=self.revision, session=self.session)
        if said.prompt is not None:
            prompt = msgspec.structs.replace(said.prompt, prompt_id=f"prompt-{self.revision // 7}")
            said = msgspec.structs.replace(said, prompt=prompt)
        if self.is_watched and said.support is None:
            said = msgspec.structs.replace(said, support=_WATCHED)
        self._post(AgentChanged(now_ms=self.subject.now_ms, state=said), _told(said))

    def _say_late(self) -> None:
        """News of a session that may be over long ago."""
        if not self.past:
            return
        now, self.session = self.session, self.rng.choice(self.past)
        self._say()
        self.session = now

    def _answer(self) -> None:
        """Answer one of the latest questions: as it should be, or with what belongs to another one."""
        if not self.questions:
            return
        at = self.rng.randrange(len(self.questions))
        question = self.questions[at] if self.rng.random() < 0.2 else self.questions.pop(at)
        fitting = self.drawn.answers.get(question.kind, ())
        pool = fitting if fitting and self.rng.random() < 0.9 else self.drawn.to_others(question.kind)
        answer = question.answered(self.rng.choice(pool))
        self._tell(answer, question.kind)

    def _tell(self, answer: Answer, told: str) -> None:
        self._post(Told(now_ms=self.subject.now_ms, answer=answer), f"{told}: {type(answer).__name__}")

    def _post(self, event: AnyEvent, told: str) -> None:
        for effect in self.subject.post(event, told):
            self._hear(effect)

    def _hear(self, effect: Effect) -> None:
        if (question := question_in(effect)) is not None:
            self.questions = [*self.questions, question][-ANSWERS_KEPT:]
        match effect:
            case Send(message=EndSession()) if self.rng.random() < 0.9:
                self.session = None
            case Send(message=EndSupport()) if self.rng.random() < 0.3:  # else head office still looks on
                self.is_watched = False

    def _frame(self) -> Canvas:
        """What is drawn now; where the wanted place was among it, what its touch led to."""
        return self._reach(self.subject.draw())

    def _reach(self, canvas: Canvas) -> Canvas:
        if self.wanted is None:
            return canvas
        screen, action = self.wanted
        if screen != self.subject.state.screen or action not in {target.action for target in canvas.targets}:
            return canvas
        self.wanted = None
        self._press(action)
        return self.subject.draw()


def _told(said: AgentState) -> str:
    session = said.session
    who = "nobody" if session is None else f"{session.session_id} {session.state} {session.refusal or ''}"
    return f"agent: {who}, link {said.link}"
