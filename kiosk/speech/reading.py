"""What is read out of a frame: all that stands there; what is a member's, to headphones alone."""

from itertools import groupby

from kiosk.flow.digits_page import DigitsPage
from kiosk.flow.keyboard import TypingPage
from kiosk.flow.state import Action, Screen, State
from kiosk.speech.base import Voice
from kiosk.widgets.canvas import Canvas, Label
from wire.messages import Language


def sentences_of(canvas: Canvas) -> list[str]:
    """Each text of the frame as one, in the order of drawing; then the targets without a word in them."""
    said = [
        _joined([label.text for label in lines], canvas.words.language)
        for _, lines in groupby(_of_the_page(canvas), key=lambda label: label.block)
    ]
    said += canvas.seen
    said += [target.name for target in canvas.targets if target.name and not target.is_key]
    return [text for text in said if text.strip()]


def _of_the_page(canvas: Canvas) -> list[Label]:
    """Thirty letters tell nobody anything: a key says what it is when it is meant."""
    return [label for label in canvas.labels if not label.is_key]


def name_of(canvas: Canvas, action: Action) -> str:
    """What a target is called: its own name, or the words that stand in it."""
    target = next((each for each in canvas.targets if each.action is action), None)
    if target is None:
        return ""
    if target.name:
        return target.name
    inside = [label.text for label in canvas.labels if target.rect.colliderect(label.rect)]
    return _joined(inside, canvas.words.language)


def _joined(lines: list[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(lines)


def is_private(state: State) -> bool:
    """Whether a member's data may stand on the screen, digits of their PIN, or what anybody types."""
    if state.screen is Screen.GOODBYE:
        return False
    return state.session is not None or isinstance(state.journey, TypingPage | DigitsPage)


class Aloud:
    """Follows the frames: reads a new screen, then only what changes on it, and stops with it."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._moment: tuple[object, ...] = ()
        self._told: set[str] = set()
        self._focused: Action | None = None

    def follow(self, canvas: Canvas, state: State, focused: Action | None = None) -> None:
        """Say what this frame says anew. Figures that count (seconds left) are not repeated."""
        if not state.mode.is_spoken:
            self.stop()
            return
        is_covered = is_private(state) and not state.has_headphones
        moment = (state.screen, state.language, state.entered_ms, state.tap_id, is_covered)
        if moment != self._moment:
            self._moment, self._told, self._focused = moment, set(), None
            self._voice.stop()
        if focused is not None and focused is not self._focused and not is_covered:
            self._focused = focused
            self._voice.say(name_of(canvas, focused), state.language)
            return
        tr = canvas.words.tr
        sentences = [tr("Plug in headphones to hear what is yours.")] if is_covered else sentences_of(canvas)
        fresh = [text for text in sentences if _shape(text) not in self._told]
        self._told.update(map(_shape, fresh))
        if fresh:
            self._voice.say(
                "\n".join(text if text.endswith(tuple(".!?。？！")) else f"{text}." for text in fresh),
                state.language,
            )

    def stop(self) -> None:
        """Be silent, and forget what was said."""
        if self._moment:
            self._moment, self._told, self._focused = (), set(), None
            self._voice.stop()


def _shape(text: str) -> str:
    """A text without its figures: what only counts is the same text."""
    return "".join("#" if char.isdigit() else char for char in text)
