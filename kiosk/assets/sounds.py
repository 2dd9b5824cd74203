"""The kiosk's voice, made by us: two soft notes up for success, one low for refusal, a tick for a touch."""

import math
from array import array
from typing import Final

from kiosk.flow.effects import Sound

RATE_HZ: Final = 22_050
_VOLUME: Final = 0.22
_FADE_S: Final = 0.012

# Frequency in Hz, length in s.
_NOTES: Final[dict[Sound, tuple[tuple[float, float], ...]]] = {
    Sound.SUCCESS: ((659.26, 0.09), (987.77, 0.16)),
    Sound.REFUSAL: ((196.0, 0.26),),
    Sound.TOUCH: ((880.0, 0.025),),
}


def samples(sound: Sound) -> bytes:
    """The sound as signed 16-bit mono at RATE_HZ."""
    wave = array("h")
    for frequency, length_s in _NOTES[sound]:
        count = int(length_s * RATE_HZ)
        for index in range(count):
            at_s = index / RATE_HZ
            envelope = min(1.0, at_s / _FADE_S, (length_s - at_s) / (length_s * 0.6))
            tone = math.sin(2 * math.pi * frequency * at_s) + 0.18 * math.sin(4 * math.pi * frequency * at_s)
            wave.append(int(32767 * _VOLUME * envelope * tone / 1.18))
    return wave.tobytes()
