"""Many sessions in blocks: each a kiosk from its start on, with its own seed, to be played again."""

import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

from kiosk.memory import give_back
from kiosk.scenes import SCENES
from kiosk.scenes import play as play_scene
from tools.kiosk_monkey.laws import Laws
from tools.kiosk_monkey.monkey import Monkey
from tools.kiosk_monkey.subject import SIZES, Seen, Subject, warm
from wire.messages import Language

BLOCK: Final = 50
"""Sessions from one start of the kiosk to the next."""
PAGE_BYTES: Final = 4096
GROWTH_MAX: Final = 1.05
"""Resident memory at the end, at most this many times what it was after the first fifth."""


@dataclass(slots=True)
class Run:
    """What a run found."""

    seed: int
    sessions: int = 0
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
    def untouched(self) -> list[str]:
        """What some frame offered and no finger met."""
        return sorted(f"{screen}: {action}" for screen, action in self.seen.offered - set(self.seen.touched))


class SessionBroke(AssertionError):
    """A law did not hold; the text is the path that led there, and how to play it again."""


def play(
    *,
    seed: int,
    sessions: int,
    draw_rate: float = 1.0,
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
        run.simulated_ms += _block(run, block, count, draw_rate=draw_rate).now_ms
        give_back()  # as the program does while nobody is there
        run.resident.append(resident_bytes())
        on_progress(run.sessions, sessions)
    run.seconds = time.monotonic() - began_s
    return run


def path_of(*, seed: int, session: int, draw_rate: float = 1.0) -> list[str]:
    """Play the block of this session up to it again, and tell the path of this one. Raises: SessionBroke."""
    run = Run(seed=seed)
    return _block(run, session // BLOCK, session % BLOCK + 1, draw_rate=draw_rate).path


def _block(run: Run, block: int, count: int, *, draw_rate: float) -> Subject:
    rng = random.Random(f"{run.seed}/{block}")
    language: Language = rng.choice(get_args(Language))
    size = SIZES[block % len(SIZES)]
    subject = Subject.started(size, language, laws=Laws(), seen=run.seen)
    monkey = Monkey(subject=subject, rng=rng, draw_rate=draw_rate, visits=block * BLOCK)
    for number in range(count):
        subject.path.clear()
        try:
            if number == 0:
                monkey.switch_on()
            monkey.play()
        except Exception as error:
            again = f"--seed {run.seed} --path {block * BLOCK + number}"
            place = "".join(traceback.format_tb(error.__traceback__)[-2:]).rstrip()
            text = "\n".join([*subject.path, place, f"{type(error).__name__}: {error}", f"again: {again}"])
            raise SessionBroke(f"session {block * BLOCK + number} at {size}:\n{text}") from error
        run.sessions += 1
    return subject


def growth_of(resident: Sequence[int]) -> float:
    """Memory of the last fifth of a run as a ratio to the second fifth: caches are full by then."""
    fifth = max(1, len(resident) // 5)
    early, late = resident[fifth : 2 * fifth] or resident[:1], resident[-fifth:]
    return (sum(late) / len(late)) / (sum(early) / len(early))


def resident_bytes(pid: int | str = "self") -> int:
    """The memory of a process that is in RAM. Source: proc(5), statm."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
