"""How the terminal is, for staff: every part in a word and an icon, what is worst first; a test page."""

from kiosk.flow.journeys.looking_after import LookingPage, may_print, pages_of
from kiosk.flow.state import Action
from kiosk.locales.finding_words import printer_words
from kiosk.locales.words import Words
from kiosk.screens.facts import Fact, draw_facts
from kiosk.screens.findings import fact_of
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.not_told import draw_not_told
from kiosk.screens.turning import turning
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.kiosk import KIOSK_FINDINGS_PER_PAGE
from wire.printing import PrintOutcome


def draw(canvas: Canvas, model: Model) -> None:
    """A page of facts under a sentence that sums up all of them."""
    tr, page = canvas.words.tr, model.state.journey
    assert isinstance(page, LookingPage), "how the terminal is, without its page"
    if page.findings:
        draw_idle_header(canvas, model, title=_sum(canvas.words, page))
        facts = _facts(canvas, model, page)
        draw_facts(canvas, facts, content_rect(canvas), per_page=KIOSK_FINDINGS_PER_PAGE)
    else:
        draw_idle_header(canvas, model)
        looked = tr("One moment…"), tr("The terminal looks at its parts.")
        draw_not_told(canvas, model, None if page.is_told else looked, icon="tool")
    is_free = page.printing != "asked"
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free)]
    buttons += turning(canvas.words, number=page.number, pages=pages_of(page), is_round=True)
    test = Button(
        action=Action.PRINT,
        label=tr("Test page"),
        kind="primary",
        icon="printer",
        is_enabled=may_print(model.state),
    )
    draw_bar(canvas, *buttons, test)


def _sum(words: Words, page: LookingPage) -> str:
    ill = sum(1 for each in page.findings if each.condition in ("broken", "soon"))
    if not ill:
        return words.tr("Everything works")
    return words.trn("{count} part to look at", "{count} parts to look at", ill, count=words.number(ill))


def _facts(canvas: Canvas, model: Model, page: LookingPage) -> list[Fact]:
    """Those of the page; before them, on the first, how a test page ended."""
    first = page.number * KIOSK_FINDINGS_PER_PAGE
    facts = [fact_of(canvas, model, each) for each in page.findings]
    if page.printing:
        facts = [
            _test_page(canvas, page),
            *(each for each in facts if each.name != canvas.words.tr("Printer")),
        ]
    return facts[first : first + KIOSK_FINDINGS_PER_PAGE]


def _test_page(canvas: Canvas, page: LookingPage) -> Fact:
    tr = canvas.words.tr
    if page.printing == "" or page.printing == "asked":
        return Fact(name=tr("Printer"), said=tr("It is being printed…"), state=tr("One moment…"))
    said = ended(canvas, page.printing, done=tr("The test page is printed"))
    return Fact(name=tr("Printer"), said=said, condition="well" if page.printing == "printed" else "soon")


def ended(canvas: Canvas, outcome: PrintOutcome, *, done: str) -> str:
    """How a paper that staff asked for ended; `done`: that it lies in the tray."""
    tr = canvas.words.tr
    match outcome:
        case "printed":
            return done
        case "uncertain":
            return tr("Look at the paper: perhaps it was printed")
        case "paper_out" | "cover_open" | "offline":
            return printer_words(canvas.words, outcome)[0]
        case "busy":
            return tr("Too many slips wait: try again in a moment")
        case "no_printer":
            return tr("This terminal has none")
        case "not_here" | "not_now" | "central_unreachable":
            return tr("It was not printed: hold your card there again")
