"""The screen read out: a member's data to headphones alone; keys instead of eyes."""

import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow.mode import Mode
from kiosk.flow.state import Action
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES
from kiosk.speech.espeak import EspeakVoice, is_installed
from kiosk.speech.jack import EvdevJack, is_set
from kiosk.speech.keypad import Keypad
from kiosk.speech.reading import Aloud, name_of, sentences_of
from kiosk.speech.simulated import SimulatedVoice
from tests.helpers import eventually
from tests.unit.kiosk.drawing import SMALL, drawn, model_of
from wire.messages import Language

SPOKEN = Mode(is_spoken=True)


def followed(
    name: str, language: Language, *, has_headphones: bool, voice: SimulatedVoice, aloud: Aloud | None = None
) -> Aloud:
    state = replace(model_of(name, language, SPOKEN).state, has_headphones=has_headphones)
    aloud = aloud or Aloud(voice)
    aloud.follow(drawn(name, language, SMALL), state)
    return aloud


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [scene.name for scene in SCENES])
def test_every_word_on_the_screen_is_read_and_every_target_has_a_name(name: str, language: Language) -> None:
    voice = SimulatedVoice()
    followed(name, language, has_headphones=True, voice=voice)
    canvas = drawn(name, language, SMALL)
    said = "".join(text for _, text in voice.said)
    assert all(label.text in said for label in canvas.labels if not label.is_key)
    assert {spoken for spoken, _ in voice.said} <= {canvas.words.language}
    nameless = [target.action for target in canvas.targets if not name_of(canvas, target.action)]
    assert nameless == []


@pytest.mark.parametrize("name", ["member", "tickets", "why", "pin_typed", "confirm_block"])
def test_without_headphones_nothing_of_a_member_is_said(name: str) -> None:
    voice = SimulatedVoice()
    followed(name, "de", has_headphones=False, voice=voice)
    assert voice.now == "Stecken Sie einen Kopfhörer ein, um zu hören, was Sie betrifft."
    assert len(voice.said) == 1


def test_headphones_that_are_pulled_out_end_what_is_being_said() -> None:
    voice = SimulatedVoice()
    aloud = followed("member", "fr", has_headphones=True, voice=voice)
    assert "248" in voice.now
    followed("member", "fr", has_headphones=False, voice=voice, aloud=aloud)
    assert "248" not in voice.now


def test_the_voice_stops_when_the_card_leaves() -> None:
    voice = SimulatedVoice()
    aloud = followed("member", "fr", has_headphones=True, voice=voice)
    followed("goodbye", "fr", has_headphones=True, voice=voice, aloud=aloud)
    assert "248" not in voice.now
    aloud.follow(drawn("attract", "fr", SMALL), model_of("attract", "fr").state)
    assert voice.now == ""


def test_the_same_screen_is_read_once() -> None:
    voice = SimulatedVoice()
    aloud = followed("member", "fr", has_headphones=True, voice=voice)
    followed("member", "fr", has_headphones=True, voice=voice, aloud=aloud)
    assert len(voice.said) == 1


def test_keys_move_through_all_targets_and_touch_the_one_that_is_meant() -> None:
    canvas, keypad = drawn("member", "fr", SMALL), Keypad()
    met = []
    for _ in canvas.targets:
        assert keypad.press("next", canvas.targets) is None
        met.append(keypad.focused)
    assert met == [target.action for target in canvas.targets]
    keypad.press("previous", canvas.targets)
    assert keypad.press("activate", canvas.targets) is keypad.focused is met[-2]
    keypad.leave()
    assert keypad.press("activate", canvas.targets) is None


def test_what_the_keys_mean_is_said() -> None:
    voice = SimulatedVoice()
    aloud = followed("member", "fr", has_headphones=True, voice=voice)
    state = replace(model_of("member", "fr", SPOKEN).state, has_headphones=True)
    aloud.follow(drawn("member", "fr", SMALL), state, Action.FINISH)
    assert voice.now == "Terminer"


def test_a_headline_in_two_lines_is_read_as_one() -> None:
    assert "Posez votre carte sur le lecteur" in sentences_of(drawn("attract", "fr", SMALL))


def test_the_switch_of_the_jack_is_the_kernels_second_bit(tmp_path: Path) -> None:
    assert is_set(bytes([0b100, *bytes(7)]))
    assert not is_set(bytes([0b011, *bytes(7)]))
    (tmp_path / "event0").write_bytes(b"no input device")
    assert not EvdevJack(tmp_path).is_in()


@pytest.mark.skipif(not is_installed(), reason="no espeak-ng here: apt-get install espeak-ng")
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Vos points"),
        ("de", "Ihre Punkte"),
        ("it", "I Suoi punti"),
        ("en", "Your points"),
        ("zh", "您的积分"),
    ],
)
async def test_espeak_speaks_each_language(language: Language, text: str, tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    voice = EspeakVoice("-w", str(path))
    voice.say(text, language)
    await eventually(lambda: _seconds(path) > 0.3)
    await voice.close()


@pytest.mark.skipif(not is_installed(), reason="no espeak-ng here: apt-get install espeak-ng")
async def test_a_voice_that_is_stopped_leaves_no_process(count_children: Callable[[], int]) -> None:
    voice = EspeakVoice("--stdout")
    voice.say("mille deux cent quarante-huit points " * 2000, "fr")
    await eventually(lambda: count_children() == 1)
    voice.stop()
    await voice.close()
    assert count_children() == 0


@pytest.fixture
def count_children() -> Callable[[], int]:
    own = Path(f"/proc/self/task/{_thread()}/children")
    before = set(own.read_text().split())
    return lambda: len(set(own.read_text().split()) - before)


def _thread() -> int:
    import threading

    return threading.get_native_id()


def _seconds(path: Path) -> float:
    try:
        with wave.open(str(path)) as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, EOFError, wave.Error):
        return 0.0
