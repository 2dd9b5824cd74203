"""Light, buzzer and button at the reader, by gpiozero; where there are no pins, nothing happens.

| | light | buzzer |
|---|---|---|
| ready | on | |
| starting, lost | slow blinking | |
| needs help | fast blinking | |
| card read | one flash | one short tone |
| not readable | three flashes | two short tones |
The button makes a driver that waits for its next try begin it now (after a plug was put back).
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from loyalty.limits.readers import SIGNALS_QUEUE_MAX
from reader_daemon.readers.base import State
from reader_daemon.settings import ReaderSettings

log = structlog.get_logger(__name__)

_SLOW_S: Final = 0.8
_FAST_S: Final = 0.15
_TONE_S: Final = 0.08


class Signals:
    """Pins that are driven from one thread; calls never wait, and are dropped when too many wait already."""

    def __init__(self, led: Any, buzzer: Any, button: Any) -> None:
        self._led = led
        self._buzzer = buzzer
        self._pins = [pin for pin in (led, buzzer, button) if pin is not None]
        self._state: State = "starting"
        self._calls: queue.Queue[Callable[[], None] | None] = queue.Queue(SIGNALS_QUEUE_MAX)
        self._thread = threading.Thread(target=self._drive, name="reader-signals", daemon=True)
        self._thread.start()

    def read(self) -> None:
        """A card was read."""
        self._put(lambda: self._flash(1))

    def unread(self) -> None:
        """Something could not be read."""
        self._put(lambda: self._flash(2))

    def show(self, state: State) -> None:
        """The readers' state, until another."""
        if state != self._state:
            self._state = state
            self._put(self._glow)

    async def close(self) -> None:
        """Dark and silent, the pins free again."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._calls.put(None)
        self._thread.join()
        for pin in (self._led, self._buzzer):
            if pin is not None:
                pin.off()
        for pin in self._pins:
            pin.close()

    def _put(self, call: Callable[[], None]) -> None:
        try:
            self._calls.put_nowait(call)
        except queue.Full:
            log.warning("signal_dropped")

    def _drive(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def _glow(self) -> None:
        if self._led is None:
            return
        if self._state == "ready":
            self._led.on()
        else:
            pause_s = _FAST_S if self._state == "needs_help" else _SLOW_S
            self._led.blink(on_time=pause_s, off_time=pause_s)

    def _flash(self, tones: int) -> None:
        if self._buzzer is not None:
            self._buzzer.beep(on_time=_TONE_S, off_time=_TONE_S, n=tones, background=self._led is not None)
        if self._led is not None:
            self._led.blink(on_time=_TONE_S, off_time=_TONE_S, n=2 * tones - 1, background=False)
            self._glow()


@asynccontextmanager
async def open_signals(
    settings: ReaderSettings, on_button: Callable[[], object]
) -> AsyncIterator[Signals | None]:
    """The pins that the settings name; None when they name none, or this machine has none."""
    pins = (settings.led_pin, settings.buzzer_pin, settings.button_pin)
    if all(pin is None for pin in pins):
        yield None
        return
    loop = asyncio.get_running_loop()
    signals = await asyncio.to_thread(_open, *pins, lambda: loop.call_soon_threadsafe(on_button))
    try:
        yield signals
    finally:
        if signals is not None:
            await signals.close()


def _open(
    led_pin: int | None, buzzer_pin: int | None, button_pin: int | None, pressed: Callable[[], object]
) -> Signals | None:
    opened: list[Any] = []
    try:
        import gpiozero

        led = None if led_pin is None else _keep(opened, gpiozero.LED(led_pin))
        buzzer = None if buzzer_pin is None else _keep(opened, gpiozero.Buzzer(buzzer_pin))
        button = None if button_pin is None else _keep(opened, gpiozero.Button(button_pin, bounce_time=0.05))
    except Exception as error:  # the boundary to the machine's pins: no light is no reason not to read cards
        log.warning("no_signals", reason=str(error))
        for pin in opened:
            pin.close()
        return None
    if button is not None:
        button.when_pressed = pressed
    return Signals(led, buzzer, button)


def _keep(opened: list[Any], pin: Any) -> Any:
    opened.append(pin)
    return pin
