"""Staff try the reader: how it is, what it read and how long that took; never a whole number."""

from kiosk.flow.state import Action
from kiosk.locales.finding_words import reader_words
from kiosk.locales.words import Words
from kiosk.screens.facts import Fact, draw_facts
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.kiosk import READER_SLOW_MS
from wire.looking_after import CardRead, ReaderTest


def draw(canvas: Canvas, model: Model) -> None:
    """Four facts: the reader, the card, the time it took, and what to do next."""
    tr = canvas.words.tr
    test = model.agent.reader_test if model.agent else None
    assert test is not None, "a try of the reader without the agent's word"
    draw_idle_header(canvas, model, title=tr("Hold any card to the reader"))
    facts = (
        _reader(canvas.words, test),
        _card(canvas.words, test.last),
        _time(canvas.words, test.last),
        _next(canvas.words, test),
    )
    draw_facts(canvas, facts, content_rect(canvas), per_page=len(facts))
    draw_bar(canvas, Button(action=Action.END_TEST, label=tr("End the test"), kind="primary", icon="check"))


def _reader(words: Words, test: ReaderTest) -> Fact:
    tr = words.tr
    name = test.last.reader if test.last is not None and test.last.reader else test.reader
    code = test.fault or test.state
    said, do = reader_words(words, code, name)
    if test.state == "ready":
        return Fact(name=tr("Card reader"), said=said, do=do, condition="soon" if test.fault else "well")
    return Fact(name=tr("Card reader"), said=said, do=do, condition="broken")


def _card(words: Words, last: CardRead | None) -> Fact:
    tr = words.tr
    if last is None:
        return Fact(
            name=tr("Card"),
            said=tr("None read yet"),
            condition="absent",
            state=tr("Waiting"),
            do=tr("Lay it flat on the mark, or push it into the slot with its chip first."),
        )
    ends = tr("Its number ends in {tail}.", tail=last.tail) if last.tail else tr("No number is shown.")
    lies = tr("It lies there now.") if last.is_lying else ""
    return Fact(
        name=tr("Card"), said=_kind(words, last.medium), state=tr("Read"), do=f"{ends} {lies}".strip()
    )


def _kind(words: Words, medium: str) -> str:
    tr = words.tr
    match medium:
        case "nfc_uid":
            return tr("Contactless card, its number only")
        case "ntag424":
            return tr("Contactless card that signs")
        case "chip":
            return tr("Chip card in the slot")
        case "health":
            return tr("Health insurance card")
        case "barcode":
            return tr("Barcode")
        case "qr":
            return tr("QR code")
        case "phone":
            return tr("A telephone’s code")
    return tr("A number that was typed")


def _time(words: Words, last: CardRead | None) -> Fact:
    tr = words.tr
    if last is None or not last.took_ms:
        said = tr("Not measured") if last is not None else tr("Nothing yet")
        state = tr("Waiting") if last is None else tr("Not measured here")
        return Fact(name=tr("Reading took"), said=said, condition="absent", state=state)
    said = tr("{count} thousandths of a second", count=words.number(last.took_ms))
    if last.took_ms > READER_SLOW_MS:
        do = tr("Slow: hold the card still; keep metal and telephones away from the reader.")
        return Fact(name=tr("Reading took"), said=said, condition="soon", do=do)
    return Fact(name=tr("Reading took"), said=said, state=tr("Quick"))


def _next(words: Words, test: ReaderTest) -> Fact:
    tr = words.tr
    count = words.trn("{count} card read", "{count} cards read", test.count, count=words.number(test.count))
    do = tr("Try each kind you use: contactless, and in the slot.")
    if not test.count:
        do = tr("Take your own card off first. No card counts as a visit now.")
    condition = "well" if test.count else "absent"
    state = tr("Read") if test.count else tr("Waiting")
    return Fact(name=tr("So far"), said=count, condition=condition, state=state, do=do)  # type: ignore[arg-type]
