"""Many sessions in blocks: each a kiosk from its start on, with its own seed, to be played again."""

import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

from kiosk.flow.state import Action, Screen
from kiosk.memory import give_back
from kiosk.scenes import SCENES
from kiosk.scenes import play as play_scene
from tools.kiosk_monkey.laws import Laws
from tools.kiosk_monkey.monkey import USUAL, Habits, Monkey
from tools.kiosk_monkey.subject import SIZES, Place, Seen, Subject, warm
from wire.messages import Language

BLOCK: Final = 50
"""Sessions from one start of the kiosk to the next."""
GONE_FOR_MAX: Final = 40
"""So many places that chance left are gone for, each in a block of its own; with more, play more."""
PAGE_BYTES: Final = 4096
GROWTH_MAX: Final = 1.05
"""Resident memory at the end, at most this many times what it was after the first fifth."""


@dataclass(slots=True)
class Run:
    """What a run found."""

    seed: int
    sessions: int = 0
    gone_for: int = 0
    """So many places no chance had met, and a finger that went for them did."""
    simulated_ms: int = 0
    seconds: float = 0.0
    resident: list[int] = field(default_factory=list)
    """Bytes after each block."""
    seen: Seen = field(default_factory=Seen)

    @property
    def growth(self) -> float:
        """See `growth_of`."""
        return growth_of(self.resident)

    @property
    def missed(self) -> list[str]:
        """The screens that some scene reaches (a test says: all) and that were never drawn."""
        return sorted({play_scene(scene, "fr").state.screen for scene in SCENES} - set(self.seen.screens))

    @property
    def left(self) -> list[Place]:
        """What some frame offered and no finger met."""
        return sorted(place for place in self.seen.offered if place not in self.seen.touched)

    @property
    def untouched(self) -> list[str]:
        """`left`, as `told` writes it."""
        return [told(place) for place in self.left]


class SessionBroke(AssertionError):
    """A law did not hold; the text is the path that led there, and how to play it again."""


def play(
    *,
    seed: int,
    sessions: int,
    habits: Habits = USUAL,
    is_warm: bool = False,
    on_progress: Callable[[int, int], None] = lambda *_: None,
) -> Run:
    """Play so many sessions. Raises: SessionBroke.

    is_warm: first draw all that a kiosk draws ahead: a run that looks at its memory begins where kiosks do.
    """
    run, began_s = Run(seed=seed), time.monotonic()
    if is_warm:
        warm()
    for block in range(-(-sessions // BLOCK)):
        count = min(BLOCK, sessions - block * BLOCK)
        run.simulated_ms += _block(run, block, count, habits=habits).now_ms
        run.sessions += count
        give_back()  # as the program does while nobody is there
        run.resident.append(resident_bytes())
        on_progress(run.sessions, sessions)
    left = run.left
    if len(left) <= GONE_FOR_MAX:
        for place in left:
            go_for(run, place, habits=habits)
    run.seconds = time.monotonic() - began_s
    return run


def go_for(run: Run, place: Place, *, habits: Habits = USUAL) -> None:
    """Touch what was drawn and chance never met. Raises: SessionBroke.

    The block that drew it first is played again, the same up to that frame, and there a finger goes to it;
    what follows is chance again, under the same laws. The figures of the run are without it.
    """
    session, again = run.seen.offered[place], Run(seed=run.seed)
    _block(again, session // BLOCK, session % BLOCK + 1, habits=habits, wanted=place)
    if again.seen.touched[place]:
        run.seen.touched[place] += 1
        run.gone_for += 1


def path_of(*, seed: int, session: int, habits: Habits = USUAL, wanted: Place | None = None) -> list[str]:
    """Play the block of this session up to it again, and tell the path of this one. Raises: SessionBroke.

    wanted: touched as soon as it is drawn; the last line says so where it never was.
    """
    run = Run(seed=seed)
    path = _block(run, session // BLOCK, session % BLOCK + 1, habits=habits, wanted=wanted).path
    is_in_vain = wanted is not None and not run.seen.touched[wanted]
    return [*path, "what is wanted was not drawn up to here"] if is_in_vain else path


def _block(run: Run, block: int, count: int, *, habits: Habits, wanted: Place | None = None) -> Subject:
    rng = random.Random(f"{run.seed}/{block}")
    language: Language = rng.choice(get_args(Language))
    size = SIZES[block % len(SIZES)]
    subject = Subject.started(size, language, laws=Laws(), seen=run.seen)
    monkey = Monkey(subject=subject, rng=rng, habits=habits, visits=block * BLOCK, wanted=wanted)
    for number in range(count):
        subject.path.clear()
        run.seen.session = block * BLOCK + number
        try:
            if number == 0:
                monkey.switch_on()
            monkey.play()
        except Exception as error:
            again = f"--seed {run.seed} --path {run.seen.session}"
            again += habits.as_options()
            again += "" if wanted is None else f" --wanted '{told(wanted)}'"
            place = "".join(traceback.format_tb(error.__traceback__)[-2:]).rstrip()
            text = "\n".join([*subject.path, place, f"{type(error).__name__}: {error}", f"again: {again}"])
            raise SessionBroke(f"session {run.seen.session} at {size}:\n{text}") from error
    return subject


def told(place: Place) -> str:
    """As lists and `--wanted` write it."""
    screen, action = place
    return f"{screen}: {action}"


def place_of(text: str) -> Place:
    """What `told` wrote. Raises: ValueError for what is no screen or no action."""
    screen, _, action = text.partition(": ")
    return Screen(screen), Action(action)


def growth_of(resident: Sequence[int]) -> float:
    """Memory of the last fifth of a run as a ratio to the second fifth: caches are full by then."""
    fifth = max(1, len(resident) // 5)
    early, late = resident[fifth : 2 * fifth] or resident[:1], resident[-fifth:]
    return (sum(late) / len(late)) / (sum(early) / len(early))


def resident_bytes(pid: int | str = "self") -> int:
    """The memory of a process that is in RAM. Source: proc(5), statm."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
