"""What an agent may say, as the scenes have it: whole states, and the answers to each kind of question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Final, get_args

import msgspec

from kiosk.flow import start, step
from kiosk.flow.events import AgentChanged, AnyEvent
from kiosk.scenes import SCENES
from wire.messages import AgentState, Language

_SENDS: Final = "Send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the flow asked of the agent: its kind, and the id that the answer must carry."""

    kind: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Every state of an agent that some scene has; answers by the kind of question they answered there."""

    states: tuple[AgentState, ...]
    answers: Mapping[str, tuple[AnyEvent, ...]]

    @property
    def any_answers(self) -> tuple[AnyEvent, ...]:
        """All answers, whatever was asked."""
        return tuple(one for some in self.answers.values() for one in some)


def question_in(effect: object) -> Question | None:
    """The question that an effect puts to the agent, if it puts any."""
    carrier = _carrier(effect)
    return Question(kind=kind_of(effect), request_id=carrier.request_id) if carrier is not None else None


def kind_of(effect: object) -> str:
    """The name of the message that an effect sends to the agent, or of the effect."""
    inner = next((one for one in _values(effect) if isinstance(one, msgspec.Struct)), None)
    return type(effect).__name__.removeprefix(_SENDS) if inner is None else type(inner).__name__


def answered_by(event: AnyEvent) -> str:
    """The id of the question that an event answers; empty where it answers none."""
    carrier = _carrier(event)
    return carrier.request_id if carrier is not None else ""


def with_request(event: AnyEvent, request_id: str, now_ms: int) -> AnyEvent:
    """The same answer, given to another question, now."""
    changes: dict[str, Any] = {"now_ms": now_ms}
    if hasattr(event, "request_id"):
        changes["request_id"] = request_id
    for field in fields(event):
        inner = getattr(event, field.name)
        if isinstance(inner, msgspec.Struct) and hasattr(inner, "request_id"):
            changes[field.name] = msgspec.structs.replace(inner, request_id=request_id)
    assert len(changes) == 1 + 1, f"{type(event).__name__} answers nothing, or two things"
    return replace(event, **changes)


@cache
def harvest() -> Harvest:
    """Play every scene in every language and keep what its agent says."""
    states: dict[bytes, AgentState] = {}
    answers: dict[str, list[AnyEvent]] = defaultdict(list)
    for scene in SCENES:
        for language in get_args(Language):
            _gather(scene.events(language), language, states, answers)
    return Harvest(
        states=tuple(states.values()), answers={kind: tuple(some) for kind, some in answers.items()}
    )


def _gather(
    events: Iterable[AnyEvent],
    language: Language,
    states: dict[bytes, AgentState],
    answers: dict[str, list[AnyEvent]],
) -> None:
    state = start(language=language, now_ms=0)
    asked: dict[str, str] = {}
    for event in events:
        if isinstance(event, AgentChanged):
            states.setdefault(msgspec.json.encode(event.state), event.state)
        if (request_id := answered_by(event)) in asked and event not in answers[asked[request_id]]:
            answers[asked[request_id]].append(event)
        state, effects = step(state, event)
        for effect in effects:
            if (question := question_in(effect)) is not None:
                asked[question.request_id] = question.kind


def _values(thing: object) -> list[Any]:
    return [getattr(thing, field.name) for field in fields(thing)]  # type: ignore[arg-type]


def _carrier(thing: object) -> Any:
    """What has the id of a question: the thing itself, or a message in it."""
    return next((one for one in (thing, *_values(thing)) if hasattr(one, "request_id")), None)
