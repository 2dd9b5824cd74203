"""What must hold at every moment of every session."""

from dataclasses import dataclass, field, fields, replace
from typing import Final

from kiosk.flow import Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Effect, ReportFailsafe
from kiosk.flow.events import Ticked
from kiosk.flow.state import IDLE_SCREENS, MEMBER_SCREENS
from kiosk.flow.table import TOUCHES
from kiosk.widgets.canvas import Canvas

HOME_STEPS_MAX: Final = 20
HOME_WITHIN_MS: Final = 10 * 60 * 1000
"""Whatever is shown, left alone it is the idle screen after this long at most."""
SECRETS_KEPT: Final = 40
"""How many members of the past are looked for on the screens of others."""

_STAYS: Final = frozenset(
    {
        *("default_language", "language", "is_language_chosen", "screen", "entered_ms", "touched_ms"),
        *("agent", "is_agent_up", "was_agent_up", "is_reader_up", "is_reader_lost", "may_reader_return"),
        *("has_headphones", "card_on_reader", "ended", "requests", "farewell"),
    }
)
"""What a kiosk may know while nobody stands there. Everything else must be as if it had just started."""


class LawBroken(AssertionError):
    """Something that must hold did not; the text says what, where."""


_CHOSEN: Final = frozenset({"mode", "language", "is_language_chosen"})


@dataclass(frozen=True, slots=True)
class Secret:
    """What is only this member's: a piece of the name and the points, neither like any other member's."""

    name: str
    points: int

    def is_in(self, text: str) -> bool:
        """Whether a drawn line tells it."""
        return self.name in text or str(self.points) in "".join(filter(str.isdigit, text))


@dataclass(slots=True)
class Laws:
    """The laws, and the members that they protect."""

    secrets: list[Secret] = field(default_factory=list)

    def protect(self, secret: Secret) -> None:
        """From now on nobody else's screen may tell this."""
        self.secrets = [*self.secrets, secret][-SECRETS_KEPT:]

    def after_event(self, before: State, state: State, effects: tuple[Effect, ...]) -> None:
        """Raises: LawBroken."""
        for effect in effects:
            if isinstance(effect, ReportFailsafe):
                raise LawBroken(f"failsafe on {effect.screen} by {effect.event}: {effect.detail}")
        is_member_held = state.session is not None and state.session.member is not None
        is_over_any = state.screen in (Screen.ACCESS, Screen.LANGUAGES)  # over a member's pages and nobody's
        if is_member_held != (state.screen in MEMBER_SCREENS) and not is_over_any:
            raise LawBroken(f"{state.screen}: member held: {is_member_held}")
        if state.screen in IDLE_SCREENS and before.screen not in IDLE_SCREENS:
            self._forgot_all(state, keeps_choice=before.is_without_card)
        self._comes_home(state)

    def after_frame(self, state: State, canvas: Canvas) -> None:
        """Raises: LawBroken."""
        for target in canvas.targets:
            if target.action not in TOUCHES[state.screen]:
                raise LawBroken(f"{state.screen} draws {target.action}, which leads nowhere")
            if not canvas.surface.get_rect().contains(target.rect):
                raise LawBroken(f"{state.screen} draws {target.action} beyond its edge: {target.rect}")
        member = state.session.member if state.session else None
        for label in canvas.labels:
            for secret in self.secrets:
                if secret.is_in(label.text) and (member is None or secret.name not in member.display_name):
                    raise LawBroken(f"{state.screen} shows what is another member's: {label.text!r}")

    def _forgot_all(self, state: State, *, keeps_choice: bool) -> None:
        """keeps_choice: what somebody chose before their card was read stays a while for their tap."""
        fresh = replace(start(language=state.default_language, now_ms=0), mode=state.usual_mode)
        for one in fields(state):
            if keeps_choice and one.name in _CHOSEN:
                continue
            if one.name not in _STAYS and getattr(state, one.name) != getattr(fresh, one.name):
                raise LawBroken(f"{state.screen} keeps {one.name}: {getattr(state, one.name)!r}")
        held = repr(state.agent)
        for secret in self.secrets:
            if secret.name in held:
                raise LawBroken(f"{state.screen} keeps {secret.name} in what the agent said")

    def _comes_home(self, state: State) -> None:
        """Left alone from here on, the kiosk is idle soon, and every deadline on the way does something."""
        began_ms = now_ms = max(state.entered_ms, state.touched_ms)
        for _ in range(HOME_STEPS_MAX):
            due_ms = next_deadline_ms(state)
            if due_ms is None:
                if state.screen not in IDLE_SCREENS:
                    raise LawBroken(f"{state.screen} waits for ever")
                return
            now_ms = max(now_ms, due_ms)
            after, effects = step(state, Ticked(now_ms=now_ms))
            if any(isinstance(effect, ReportFailsafe) for effect in effects):
                raise LawBroken(f"{state.screen}: its deadline breaks")
            if after == state:
                raise LawBroken(f"{state.screen}: its deadline changes nothing")
            if now_ms - began_ms > HOME_WITHIN_MS:
                raise LawBroken(f"{state.screen} is not idle after {now_ms - began_ms} ms")
            state = after
        raise LawBroken(
            f"{state.screen} is not idle after {HOME_STEPS_MAX} deadlines, {now_ms - began_ms} ms"
        )
