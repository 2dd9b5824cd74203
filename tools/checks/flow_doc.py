"""docs/generated/kiosk-flow.md is what the kiosk's flow does: its table is walked, not described.

A test (tests/unit/tools/test_flow_doc.py) compares them: walking takes longer than the house rules may.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from kiosk.flow import Screen, State, next_deadline_ms, start, step
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    ReaderLinkChanged,
    Ticked,
    Told,
    Touched,
)
from kiosk.flow.state import IDLE_SCREENS, MEMBER_SCREENS, VISITOR_SCREENS
from kiosk.flow.table import TOUCHES
from kiosk.scenes import SCENES
from kiosk.scenes.demo import an_agent_state
from tools.checks.tree import Tree

PAGE: Final = "docs/generated/kiosk-flow.md"
SOURCE: Final = "kiosk/flow/table.py"
COMMON_FROM: Final = 5
"""What leads to one screen in the same way from so many others is told once, not drawn as arrows."""

Edges = Mapping[tuple[Screen, Screen], frozenset[str]]
"""By (from, to): what leads there."""

_GROUPS: Final[Mapping[str, frozenset[Screen]]] = {
    "nobody": IDLE_SCREENS,
    "visitor": VISITOR_SCREENS,
    "member": MEMBER_SCREENS,
}
_HEAD: Final = """# The kiosk's flow

Written from the flow itself by `make docs`: every scene of `kiosk/scenes` is played, and in every state on
the way every touch of the table is tried, the deadline, a card, its removal, a lost agent and a lost reader.
What changes the screen is an arrow. How the screens look: `officine kiosk contact-sheet`.
"""


def edges() -> Edges:
    """Every change of screen that the flow makes from a state of some scene."""
    found: dict[tuple[Screen, Screen], set[str]] = defaultdict(set)
    for scene in SCENES:
        state = start(language="fr", now_ms=0)
        for event in scene.events("fr"):
            if isinstance(event, AgentChanged | Told):
                _note(found, state, event)
            state, _ = step(state, event)
            for tried_event in _events_at(state):
                _note(found, state, tried_event)
    return {pair: frozenset(labels) for pair, labels in found.items()}


def _events_at(state: State) -> Iterator[AnyEvent]:
    now_ms = max(state.entered_ms, state.touched_ms) + 1
    for action in TOUCHES[state.screen]:
        yield Touched(now_ms=now_ms, action=action)
    yield CardSeen(now_ms=now_ms, tap_id="another")
    if state.is_agent_up:
        yield AgentLinkChanged(now_ms=now_ms, is_up=False)
    else:
        yield AgentChanged(now_ms=now_ms, state=an_agent_state())
    yield ReaderLinkChanged(now_ms=now_ms, is_up=not state.is_reader_up)
    if state.tap_id:
        yield CardGone(now_ms=now_ms, tap_id=state.tap_id)
    if (due_ms := next_deadline_ms(state)) is not None:
        yield Ticked(now_ms=due_ms)


def _note(found: dict[tuple[Screen, Screen], set[str]], state: State, event: AnyEvent) -> None:
    after, _ = step(state, event)
    if after.screen is not state.screen:
        found[state.screen, after.screen].add(_label(event))


def _label(event: AnyEvent) -> str:
    match event:
        case Touched(action=action):
            name = str(action)
            return "touch speak" if name.startswith("speak_") else f"touch {name.rstrip('_0123456789')}"
        case Told(answer=answer):
            return f"answer {type(answer).__name__}"
        case AgentChanged():
            return "agent"
        case AgentLinkChanged():
            return "agent lost"
        case ReaderLinkChanged(is_up=is_up):
            return "reader found" if is_up else "reader lost"
        case CardSeen():
            return "card"
        case CardGone():
            return "card taken"
    return "time"


def render() -> str:
    """The page."""
    found = edges()
    sources: dict[tuple[str, Screen], set[Screen]] = defaultdict(set)
    for (before, after), labels in found.items():
        for label in labels:
            sources[label, after].add(before)
    common = {key for key, some in sources.items() if len(some) >= COMMON_FROM}
    drawn = {
        (before, after): kept
        for (before, after), labels in found.items()
        if (kept := sorted(label for label in labels if (label, after) not in common))
    }
    lines = [_HEAD, "```mermaid", "stateDiagram-v2", "    direction LR", *_grouped(), "    [*] --> starting"]
    lines += [
        f"    {before} --> {after}: {', '.join(kept)}" for (before, after), kept in sorted(drawn.items())
    ]
    lines += ["```", "", "## From many screens", "", "| what | leads to | from |", "|---|---|---|"]
    for label, after in sorted(common):
        told = ", ".join(f"`{one}`" for one in sorted(sources[label, after]))
        lines.append(f"| {label} | `{after}` | {told} |")
    lines += ["", "## Screen by screen", "", "| screen | may be touched | by itself after |", "|---|---|---|"]
    lines += [f"| `{screen}` | {_touches(screen)} | {_time(screen, found)} |" for screen in sorted(Screen)]
    return "\n".join(lines) + "\n"


def _grouped() -> Iterator[str]:
    for name, screens in _GROUPS.items():
        yield f"    state {name}_ {{"
        yield from (f"        {screen}" for screen in sorted(screens))
        yield "    }"


def _touches(screen: Screen) -> str:
    names = sorted(
        {_label(Touched(now_ms=0, action=action)).removeprefix("touch ") for action in TOUCHES[screen]}
    )
    return ", ".join(names) or "nothing"


def _time(screen: Screen, found: Edges) -> str:
    led = sorted(
        f"`{after}`" for (before, after), labels in found.items() if before is screen and "time" in labels
    )
    return ", ".join(led) or "stays"


def pages(tree: Tree) -> dict[str, str]:
    """The generated page, by its path."""
    return {PAGE: render()} if SOURCE in tree.files else {}
