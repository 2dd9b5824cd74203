"""What an agent may say, as the scenes have it: whole states, and the answers to each kind of question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import msgspec

from kiosk.flow import start, step
from kiosk.flow.effects import Effect, Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, Told
from kiosk.scenes import SCENES
from wire.games import PlayTold
from wire.messages import AgentState, Answer, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the flow asked of the agent: its kind, and the ids that the answer must carry."""

    kind: str
    request_id: str
    play_id: str = ""

    @classmethod
    def of(cls, message: Any) -> "Question":
        """The question that a message puts."""
        play_id = getattr(message, "play_id", "")
        return cls(kind=kind_of_message(message), request_id=message.request_id, play_id=play_id)

    def answered(self, answer: Answer) -> Answer:
        """An answer that was harvested, as one to this question."""
        if isinstance(answer, PlayTold):
            answer = msgspec.structs.replace(answer, play_id=self.play_id)
        return msgspec.structs.replace(answer, request_id=self.request_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Every state of an agent that some scene has; answers by the kind of question they answered there."""

    states: tuple[AgentState, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    codes: tuple[str, ...] = ()
    """What the scenes hold to the scanner."""

    def to_others(self, kind: str) -> tuple[Answer, ...]:
        """Answers of other sorts than this kind of question gets."""
        own = {
            type(one)
            for name, some in self.answers.items()
            if name.split()[0] == kind.split(maxsplit=1)[0]
            for one in some
        }
        return tuple(one for some in self.answers.values() for one in some if type(one) not in own)


def question_in(effect: Effect) -> Question | None:
    """The question that an effect puts to the agent, if it puts any."""
    if not isinstance(effect, Send) or not hasattr(effect.message, "request_id"):
        return None
    return Question.of(effect.message)


def kind_of_message(message: object) -> str:
    """The name of a message, and of the game that it names: another game's faces fit no card."""
    game_id = getattr(message, "game_id", "")
    return type(message).__name__ + (f" {game_id}" if game_id else "")


@cache
def harvest() -> Harvest:
    """Play every scene in every language and keep what its agent says."""
    states: dict[bytes, AgentState] = {}
    answers: dict[str, list[Answer]] = defaultdict(list)
    codes: set[str] = set()
    for scene in SCENES:
        for language in get_args(Language):
            events = scene.events(language)
            _gather(events, language, states, answers)
            codes.update(event.code for event in events if isinstance(event, CardSeen) and event.code)
    return Harvest(
        states=tuple(states.values()),
        answers={kind: tuple(some) for kind, some in answers.items()},
        codes=tuple(sorted(codes)),
    )


def _gather(
    events: Iterable[AnyEvent],
    language: Language,
    states: dict[bytes, AgentState],
    answers: dict[str, list[Answer]],
) -> None:
    state = start(language=language, now_ms=0)
    asked: dict[str, str] = {}
    for event in events:
        match event:
            case AgentChanged():
                states.setdefault(msgspec.json.encode(event.state), event.state)
            case Told(answer=answer) if answer.request_id in asked:
                known = answers[asked[answer.request_id]]
                if answer not in known:
                    known.append(answer)
        state, effects = step(state, event)
        for effect in effects:
            if (question := question_in(effect)) is not None:
                asked[question.request_id] = question.kind
