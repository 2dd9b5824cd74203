"""The wheel: all numbers of the draw laid around it, so that its areas are the odds; where it stops was told.

Angles are degrees clockwise. A place on the wheel is counted from its mark, which is under the pointer while
the wheel stands at rotation 0.
"""

from dataclasses import dataclass
from typing import Final

from kiosk.flow.games.odds import nothing_of
from wire.games import GameOffer, PlayTold

NOTHING: Final = ""
LEAST_DEGREES: Final = 7.0
"""A prize is seen on the wheel however rare it is: its odds stand beside it in words."""
_GAP_LEAST_DEGREES: Final = 14.0
_EDGE: Final = 0.15
"""The pointer keeps this share of a sector from its edges: no win looks like a near miss, nor a miss so."""

START_MS: Final = 250
SPEED: Final = 0.72
"""Degrees in a millisecond, at full speed."""
_BRAKE_LEAST_DEGREES: Final = 320.0
_FRAME_MS: Final = 33
_FOLLOWED_DEGREES: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A part of the wheel and the numbers that lie on it; `face_id` empty: they win nothing."""

    face_id: str
    first: int
    count: int
    start: float
    sweep: float

    def place_of(self, number: int) -> float:
        """Where a number lies."""
        share = (number - self.first + 0.5) / self.count if 0 <= number - self.first < self.count else 0.5
        return self.start + self.sweep * (_EDGE + (1 - 2 * _EDGE) * share)


def sectors(game: GameOffer) -> tuple[Sector, ...]:
    """The wheel of a game, around the circle from its mark on."""
    parts = _in_order(game)
    sweeps = _sweeps([(count, bool(face_id)) for face_id, _, count in parts], max(1, game.out_of))
    start, wheel = 0.0, []
    for (face_id, first, count), sweep in zip(parts, sweeps, strict=True):
        wheel.append(Sector(face_id=face_id, first=first, count=count, start=start, sweep=sweep))
        start += sweep
    return tuple(wheel)


def _in_order(game: GameOffer) -> list[tuple[str, int, int]]:
    """Prizes in their order; the numbers of nothing are shared out between them."""
    nothing = nothing_of(game)
    degrees = 360 * nothing / max(1, game.out_of)
    gaps = min(len(game.prizes), max(1, int(degrees / _GAP_LEAST_DEGREES))) if nothing else 0
    gaps = min(gaps, nothing)
    parts: list[tuple[str, int, int]] = []
    first, told = 0, 0
    free = sum(face.odds for face in game.prizes)
    for index, face in enumerate(game.prizes):
        parts.append((face.face_id, first, face.odds))
        first += face.odds
        due = (index + 1) * gaps // len(game.prizes)
        if due > told:
            until = nothing * due // gaps
            begun = nothing * told // gaps
            parts.append((NOTHING, free + begun, until - begun))
            told = due
    return parts


def _sweeps(parts: list[tuple[int, bool]], out_of: int) -> list[float]:
    """Degrees of each part: by its numbers, a prize at least so many as can be seen."""
    true = [360 * count / out_of for count, _ in parts]
    raised: set[int] = set()
    while True:  # what is raised makes the others smaller: another prize may fall below what can be seen
        rest = sum(sweep for at, sweep in enumerate(true) if at not in raised)
        scale = (360 - LEAST_DEGREES * len(raised)) / rest
        prizes = (at for at, (_, is_prize) in enumerate(parts) if is_prize)
        small = {at for at in prizes if true[at] * scale < LEAST_DEGREES}
        if small <= raised:
            return [LEAST_DEGREES if at in raised else sweep * scale for at, sweep in enumerate(true)]
        raised |= small


def told_face(told: PlayTold) -> str:
    """The face at which the wheel stops: what is given; where nothing is left to give, what was drawn."""
    if told.face_id or told.draw is None:
        return told.face_id
    return told.draw.face_id


def landing(game: GameOffer, told: PlayTold) -> float:
    """The place on the wheel that comes to stand under the pointer."""
    wheel, face_id = sectors(game), told_face(told)
    number = told.draw.number if told.draw is not None else -1
    own = [each for each in wheel if each.face_id == face_id]
    assert own, "central told a face that this game does not have"
    sector = next((each for each in own if 0 <= number - each.first < each.count), own[0])
    return sector.place_of(number)


def face_at(wheel: tuple[Sector, ...], rotation: float) -> str:
    """The face under the pointer at a rotation."""
    place = -rotation % 360
    return next(
        (each.face_id for each in wheel if each.start <= place < each.start + each.sweep), wheel[-1].face_id
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spin:
    """A turn of the wheel: it starts with the touch, and brakes once it was told where to stop."""

    started_ms: int
    told_ms: int = 0
    place: float = 0.0

    @property
    def _braked_ms(self) -> int:
        """When it begins to slow down: it is at full speed first."""
        return max(self.told_ms, self.started_ms + START_MS)

    @property
    def _way(self) -> float:
        """How far it turns while it slows down: a turn or nearly two, to the place that was told."""
        begun = self._free(self._braked_ms)
        return _BRAKE_LEAST_DEGREES + (-self.place - begun - _BRAKE_LEAST_DEGREES) % 360

    @property
    def stops_ms(self) -> int:
        """When it stands. The speed falls by the square of what is left, so it never jumps."""
        return self._braked_ms + round(3 * self._way / SPEED)

    def is_fast(self, now_ms: int) -> bool:
        """Whether the eye cannot follow an edge of it."""
        return (self.rotation(now_ms + _FRAME_MS) - self.rotation(now_ms)) % 360 > _FOLLOWED_DEGREES

    def rotation(self, now_ms: int) -> float:
        """How far the wheel has turned, in [0, 360)."""
        if not self.told_ms or now_ms <= self._braked_ms:
            return self._free(now_ms) % 360
        if now_ms >= self.stops_ms:
            return -self.place % 360
        left = 1 - (now_ms - self._braked_ms) / (self.stops_ms - self._braked_ms)
        return (self._free(self._braked_ms) + self._way * (1 - left**3)) % 360

    def _free(self, now_ms: int) -> float:
        """How far it turns unbraked: faster and faster at first, then evenly."""
        elapsed = max(0, now_ms - self.started_ms)
        if elapsed <= START_MS:
            return SPEED * elapsed * elapsed / (2 * START_MS)
        return SPEED * (elapsed - START_MS / 2)
