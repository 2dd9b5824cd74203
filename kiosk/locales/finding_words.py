"""What was found of each part of the terminal, in the words of whoever looks after it, and what to do.

The kiosk draws them, and `officine kiosk watch` prints them.
"""

from typing import Final

from kiosk.locales.words import Words
from wire.looking_after import Finding, Part
from wire.messages import SIMULATED_READER
from wire.printing import PrinterCondition


def name_of(words: Words, part: Part) -> str:
    """What a part is called."""
    tr = words.tr
    names: dict[Part, str] = {
        "central": tr("Central service"),
        "clock": tr("Clock"),
        "waiting": tr("Waiting to be sent"),
        "prices": tr("Prices kept here"),
        "blocked_cards": tr("Blocked cards"),
        "printer": tr("Printer"),
        "reader": tr("Card reader"),
        "disk": tr("Storage"),
        "memory": tr("Memory"),
        "certificate": tr("Certificate for tills"),
        "version": tr("Software version"),
    }
    return names[part]


def said_of(words: Words, found: Finding, *, at: str, day: str) -> tuple[str, str]:
    """What was found, and what to do about it. at, day: `found.at_ms` as a moment and as a day, in words."""
    match found.part:
        case "central":
            return _central(words, found, at)
        case "clock":
            return _clock(words, found)
        case "waiting":
            return _waiting(words, found)
        case "prices" | "blocked_cards":
            return _kept(words, found, at)
        case "printer":
            return printer_words(words, found.code)
        case "reader":
            return reader_words(words, found.code, found.name)
        case "disk" | "memory":
            return _room(words, found)
        case "certificate":
            return _certificate(words, found, day)
    return _version(words, found)


def _central(words: Words, found: Finding, at: str) -> tuple[str, str]:
    tr = words.tr
    match found.code:
        case "up":
            return tr("Connected"), ""
        case "connecting":
            return tr("Connecting…"), tr("Wait a moment.")
    return tr("Away since {moment}", moment=at), tr("Check the network cable. Tickets are kept meanwhile.")


def _clock(words: Words, found: Finding) -> tuple[str, str]:
    tr = words.tr
    if found.condition == "absent":
        return tr("Not compared yet"), ""
    off = words.trn(
        "{count} second beside central",
        "{count} seconds beside central",
        found.count,
        count=words.number(found.count),
    )
    return off, "" if found.condition == "well" else tr("It sets itself with a network; else call support.")


def _waiting(words: Words, found: Finding) -> tuple[str, str]:
    tr = words.tr
    tickets = words.trn("{count} ticket", "{count} tickets", found.count, count=words.number(found.count))
    match found.code:
        case "none":
            return tr("None"), ""
        case "waiting":
            return tickets, "" if found.condition == "well" else tr("They go out when the line is back.")
        case "refused":
            return tickets, tr("Central refused them: tell head office.")
        case "parked":
            return tickets, tr("The first one needs a decision: tell head office.")
        case "full":
            return tickets, tr("There is no room for more: mend the network now.")
    return tr("Not known just now"), tr("Call support, and delete nothing.")


def _kept(words: Words, found: Finding, at: str) -> tuple[str, str]:
    """Prices and blocked cards, for working without central."""
    tr = words.tr
    mend = tr("Mend the connection: they come within a minute.")
    match found.code:
        case "none_yet":
            return tr("Not there yet"), mend
        case "too_old":
            return tr("Too old: as of {moment}", moment=at), mend
    return tr("As of {moment}", moment=at), "" if found.condition == "well" else mend


def printer_words(words: Words, condition: PrinterCondition | str) -> tuple[str, str]:
    """What the printer says of itself, and what to do."""
    tr = words.tr
    match condition:
        case "ready":
            return tr("Ready"), ""
        case "not_fitted":
            return tr("This terminal has none"), tr("Nothing to do: nothing is offered to be printed.")
        case "paper_low":
            return tr("Little paper left"), tr("Have a roll at hand.")
        case "paper_out":
            return tr("No paper: put in a roll"), tr("Printed side up, then close the cover.")
        case "cover_open":
            return tr("The cover is open: close it"), ""
        case "offline":
            return tr("It is off, or its cable is out"), tr("Switch it on; check its cables.")
    return tr("It does not work: switch it off and on"), tr("Look for paper stuck at the knife.")


PLUG: Final = frozenset({"not_there", "unplugged", "went_away", "lost"})
RESTART: Final = frozenset({"not_answering", "fails_on_cards", "cannot_be_opened", "not_running", "in_use"})


def reader_words(words: Words, code: str, name: str) -> tuple[str, str]:
    """How the reader is, and what to do; `name`: what it calls itself."""
    tr = words.tr
    if code == "ready":
        # A product's name is the same in every language; the one that we made up is not.
        return name.replace(SIMULATED_READER, tr("Simulated reader")) or tr("Ready"), ""
    if code == "starting":
        return tr("It is starting"), tr("Wait a moment.")
    if code == "card_unread":
        return tr("It could not read the last card"), tr("Hold the card flat and still, or try another card.")
    if code in PLUG:
        return tr("It is not plugged in"), tr("Push its plug in, wait ten seconds.")
    if code in RESTART:
        return tr("It does not answer"), tr("Pull its plug, wait ten seconds, push it in again.")
    return tr("It is not set up"), tr("Call support: its settings do not fit.")


def _room(words: Words, found: Finding) -> tuple[str, str]:
    tr = words.tr
    free = tr("{count} MB free", count=words.number(found.count))
    is_well = found.condition in ("well", "absent")
    if found.code == "not_told":
        return tr("Not known just now"), ""
    if found.part == "memory":
        return free, "" if is_well else tr("Switch the terminal off and on tonight.")
    if found.code == "read_only":
        return tr("It takes nothing any more"), tr("Switch the terminal off and on; else call support.")
    return free, "" if is_well else tr("Call support soon: tickets need room.")


def _certificate(words: Words, found: Finding, day: str) -> tuple[str, str]:
    tr = words.tr
    renew = tr("Call support: tills need a new one.")
    match found.code:
        case "none_yet":
            return tr("None yet"), ""
        case "missing" | "unreadable":
            return tr("It cannot be read"), renew
    if found.code == "ended":
        return tr("It ended on {day}", day=day), renew
    return tr("Good until {day}", day=day), "" if found.condition == "well" else renew


def _version(words: Words, found: Finding) -> tuple[str, str]:
    if found.condition == "well":
        return found.name, ""
    return found.name, words.tr("Switch the terminal off and on: the update is half done.")
