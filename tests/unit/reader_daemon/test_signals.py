"""Light, buzzer and button on gpiozero's own mock pins."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from reader_daemon.settings import ReaderSettings
from reader_daemon.signals import open_signals
from tests.helpers import eventually

LED, BUZZER, BUTTON = 17, 27, 22


def settings(**pins: int) -> ReaderSettings:
    return ReaderSettings(socket=Path("r"), control_socket=Path("c"), **pins)  # type: ignore[arg-type]


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, MockFactory()
    yield gpiozero.Device.pin_factory
    gpiozero.Device.pin_factory.reset()
    gpiozero.Device.pin_factory = before


def pulses(pins: MockFactory, number: int) -> int:
    return sum(1 for state in pins.pin(number).states if state.state)


async def test_a_read_card_gives_one_tone_and_an_unread_one_two(pins: MockFactory) -> None:
    async with open_signals(settings(led_pin=LED, buzzer_pin=BUZZER), lambda: None) as signals:
        assert signals is not None
        signals.read()
        await eventually(lambda: pulses(pins, BUZZER) == 1)
        signals.unread()
        await eventually(lambda: pulses(pins, BUZZER) == 3)


async def test_the_light_stands_when_ready_and_blinks_when_not(pins: MockFactory) -> None:
    async with open_signals(settings(led_pin=LED), lambda: None) as signals:
        assert signals is not None
        signals.show("ready")
        await eventually(lambda: pins.pin(LED).state)
        signals.show("needs_help")
        await eventually(lambda: pulses(pins, LED) >= 3)
    assert pins.pin(LED).state == 0


async def test_the_button_is_told_on_the_loop(pins: MockFactory) -> None:
    pressed = asyncio.Event()
    async with open_signals(settings(button_pin=BUTTON), pressed.set):
        pins.pin(BUTTON).drive_low()
        await asyncio.wait_for(pressed.wait(), 10)


async def test_a_crowd_of_signals_never_waits_and_leaves_one_thread(pins: MockFactory) -> None:
    async with open_signals(settings(led_pin=LED, buzzer_pin=BUZZER), lambda: None) as signals:
        assert signals is not None
        for _ in range(1_000):
            signals.read()
        await eventually(lambda: pulses(pins, BUZZER) >= 1)


async def test_without_pins_on_the_machine_there_is_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-factory")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    async with open_signals(settings(led_pin=LED), lambda: None) as signals:
        assert signals is None


async def test_without_pins_in_the_settings_nothing_is_opened() -> None:
    async with open_signals(settings(), lambda: None) as signals:
        assert signals is None
