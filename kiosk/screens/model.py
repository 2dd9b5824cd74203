"""What a screen draws from: the flow's state and the moment; and the motion that the moment is in."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kiosk.flow.rest import RESTING, Rest, rest_of
from kiosk.flow.state import Screen, State
from loyalty.limits.kiosk import KIOSK_NEWS_TURN_S, KIOSK_REST_LOOK_S
from wire.face import Notice, Poster, Theme
from wire.messages import AgentState, MemberView

MOTION_MS: Final = 220
NEWS_AT_ONCE: Final = 2
PULSE_MS: Final = 8_880
"""One breath of the attract screen: slow, because it is redrawn twice a second only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One moment. `now_ms` is monotonic as in the flow; `today` is the shop's day, `minute` its minute."""

    state: State
    now_ms: int
    today: date
    minute: int = 10 * 60

    @property
    def agent(self) -> AgentState | None:
        """What the agent last told."""
        return self.state.agent

    @property
    def rest(self) -> Rest:
        """Whether the screen rests."""
        return rest_of(self.state, now_ms=self.now_ms, day=self.today, minute=self.minute)

    @property
    def theme(self) -> Theme | None:
        """The group's face, once known."""
        return self.state.agent.theme if self.state.agent else None

    @property
    def member(self) -> MemberView:
        """The member of this session; only member screens ask."""
        session = self.state.session
        assert session is not None
        assert session.member is not None, "a member screen without a member"
        return session.member

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The news of today, two at a time: nothing that is over, is still to come, or says nothing."""
        day = self.today.isoformat()
        told = [one for one in self.state.agent.notices if one.is_told(day)] if self.state.agent else []
        first = NEWS_AT_ONCE * self.turn(KIOSK_NEWS_TURN_S) % max(1, len(told))
        return tuple((told[first:] + told[:first])[:NEWS_AT_ONCE])

    def turn(self, seconds: int) -> int:
        """Which turn it is of what changes every so many seconds while nobody is there, from 0."""
        stands_ms = self.now_ms - self.state.entered_ms if self.state.screen in RESTING else 0
        return max(0, stands_ms) // (seconds * 1000)

    @property
    def posters(self) -> tuple[Poster, ...]:
        """The posters that hang now and speak the language of the screen."""
        agent = self.state.agent
        told = agent.posters if agent else ()
        return tuple(one for one in told if one.is_told(self.state.language, self.today, self.minute))

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return self.state.agent.currency if self.state.agent else "CHF"

    @property
    def entering_per_mille(self) -> int:
        """How far the screen has come in, 0 to 1000, eased out."""
        return 1000 if self.state.mode.is_calm else _eased(self.now_ms - self.state.entered_ms)

    @property
    def points_shown(self) -> int | None:
        """The balance, counting from old to new after a ticket."""
        count = self.state.count
        points = self.member.points
        if count is None or points is None or points != count.to_points or self.state.mode.is_calm:
            return points
        done = _eased(self.now_ms - count.started_ms)
        return count.from_points + (count.to_points - count.from_points) * done // 1000

    @property
    def pulse_per_mille(self) -> int:
        """The attract screen's breath: 0 to 1000 and back, evenly."""
        if self.state.mode.is_calm:
            return 1000
        phase = self.now_ms % PULSE_MS * 2000 // PULSE_MS
        return phase if phase <= 1000 else 2000 - phase


def motion_ends_ms(state: State) -> int:
    """Until when frames must follow each other."""
    if state.mode.is_calm:
        return 0
    count = state.count.started_ms if state.count else 0
    moves_ms = state.journey.moves_until_ms if state.journey is not None else 0
    return max(max(state.entered_ms, count) + MOTION_MS, moves_ms)


def next_change_ms(state: State, now_ms: int) -> int | None:
    """When the picture changes by time alone: the warning's seconds, and whether the screen rests."""
    if state.screen is Screen.PRIVACY_WARNING:
        return now_ms + 1000 - (now_ms - state.entered_ms) % 1000
    page = state.journey
    if state.mode.is_calm and page is not None and now_ms <= page.moves_until_ms:
        return page.moves_until_ms + 1  # nothing moves on the way, but what was to be seen at the end is
    return now_ms + KIOSK_REST_LOOK_S * 1000 if state.screen in RESTING else None


def _eased(elapsed_ms: int) -> int:
    if elapsed_ms >= MOTION_MS:
        return 1000
    left = 1000 - max(0, elapsed_ms) * 1000 // MOTION_MS
    return 1000 - left * left * left // 1_000_000
