"""Staff try the reader: what it saw and how long that took, never a whole number, and nobody's session."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from loyalty.limits.readers import CARD_TAIL_CHARS, READER_TEST_MAX_S
from loyalty.programme.chip_numbers import HEALTH_CARD
from wire.looking_after import CardRead, ReaderTest
from wire.messages import LYING_MEDIA, CardPresented, Medium, ReaderState

NAMED: Final[frozenset[Medium]] = frozenset({"nfc_uid", "barcode", "qr"})
"""Media whose value ends in characters that stand on the card, or that its chip says in the open."""


class ReaderTrial:
    """A try, while there is one. `on_change` is called after every change of what is shown."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._reader: ReaderState | None = None
        self._last: CardRead | None = None
        self._count = 0
        self._tap_id = ""
        self._heard_s = 0.0
        self.is_on = False

    def begin(self) -> None:
        """From now on cards are nobody's."""
        self.is_on, self._last, self._count, self._tap_id = True, None, 0, ""
        self._heard_s = time.monotonic()
        self._on_change()

    def end(self) -> None:
        """Cards are members' again."""
        if self.is_on:
            self.is_on, self._last, self._tap_id = False, None, ""
            self._on_change()

    def end_if_over(self) -> None:
        """Nobody has held a card there for long: whoever tried it has left."""
        if self.is_on and time.monotonic() - self._heard_s > READER_TEST_MAX_S:
            self.end()

    def reader_is(self, state: ReaderState | None) -> None:
        """The reader told how it is; None: its daemon is away."""
        self._reader = state
        if self.is_on:
            self._heard_s = time.monotonic()
            self._on_change()

    def presented(self, card: CardPresented) -> None:
        """A card, as the reader saw it."""
        self._heard_s, self._tap_id = time.monotonic(), card.tap_id
        self._count += 1
        self._last = CardRead(
            medium="health" if card.evidence.value == HEALTH_CARD else card.evidence.medium,
            tail=tail_of(card),
            took_ms=card.took_ms,
            reader=card.reader,
            is_lying=card.evidence.medium in LYING_MEDIA,
        )
        self._on_change()

    def removed(self, tap_id: str) -> None:
        """It was taken off again."""
        if self._last is not None and tap_id == self._tap_id:
            self._heard_s = time.monotonic()
            self._last = msgspec.structs.replace(self._last, is_lying=False)
            self._on_change()

    def state(self) -> ReaderTest | None:
        """What the kiosk shows; None: nobody tries the reader."""
        if not self.is_on:
            return None
        reader = self._reader
        if reader is None:
            return ReaderTest(state="lost", fault="not_running", last=self._last, count=self._count)
        fault = reader.troubles[0].reason if reader.troubles else ""
        return ReaderTest(
            state=reader.state, reader=reader.reader, fault=fault, last=self._last, count=self._count
        )


def tail_of(card: CardPresented) -> str:
    """The last characters of what names the card: of a chip's own number where the evidence is a message."""
    medium, value = card.evidence.medium, card.evidence.value
    if value == HEALTH_CARD:
        return ""
    if medium == "ntag424":
        return card.uid[-CARD_TAIL_CHARS:]
    if medium == "chip":
        return value[-CARD_TAIL_CHARS:] if value.startswith("iccsn:") else ""
    return value[-CARD_TAIL_CHARS:] if medium in NAMED and len(value) > 2 * CARD_TAIL_CHARS - 1 else ""
