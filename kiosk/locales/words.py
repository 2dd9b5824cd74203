"""The kiosk's voice: gettext catalogues, and numbers, money and dates as each language writes them.

The `.po` files are read at start; nothing is compiled into the tree. Message ids are the English sentences.
"""

import io
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from string import Formatter
from typing import Final, get_args

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_currency_precision

from kiosk.widgets.textflow import Span, Spans
from wire.messages import Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

OWN_NAMES: Final[dict[Language, str]] = {
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
    "en": "English",
    "zh": "中文",
}

_LOCALES: Final[dict[Language, str]] = {
    "fr": "fr_CH",
    "de": "de_CH",
    "it": "it_CH",
    "en": "en_GB",
    "zh": "zh_Hans_CN",
}

THIN_NO_BREAK: Final = "\u202f"
NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"


class Words:
    """One language: its sentences, and how it writes figures."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES[language])
        self._catalogue = _read_catalogue(language)

    # Sentences. The parameter names `tr`, `trn`, `rich`, `richn` are what the extraction looks for.

    def tr(self, message: str, **values: str) -> str:
        """The sentence in this language, with its values filled in."""
        translated = self._catalogue.gettext(message)
        return translated.format(**values) if values else translated

    def trn(self, one: str, many: str, number: int, **values: str) -> str:
        """As `tr`, in the form that `number` asks for."""
        return self._catalogue.ngettext(one, many, abs(number)).format(**values)

    def rich(self, message: str, **values: str) -> Spans:
        """As `tr`, with the filled-in values strong: the figure is what the eye looks for."""
        return _spans(self._catalogue.gettext(message), values)

    def richn(self, one: str, many: str, number: int, **values: str) -> Spans:
        """As `trn`, with the filled-in values strong."""
        return _spans(self._catalogue.ngettext(one, many, abs(number)), values)

    def listed(self, parts: Iterable[str]) -> str:
        """Parts of one list, as this language strings them together."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def labelled(self, label: str, said: str) -> str:
        """What something is, and what is said of it."""
        colon = {"zh": "：", "fr": f"{THIN_NO_BREAK}: "}.get(self.language, ": ")
        return f"{label}{colon}{said}"

    def warm(self) -> None:
        """Make babel read this language's tables now: the first frame must not wait for files."""
        self.money(123_456, "CHF")
        self.day_of_year(date(2026, 1, 2), today=date(2026, 1, 1))
        self.day_of_year(date(2025, 1, 2), today=date(2026, 1, 1))

    # Figures.

    def number(self, value: int) -> str:
        """1 248 with a thin no-break space, in every language but English (1,248)."""
        text = f"{abs(value):,}"
        if self.language != "en":
            text = text.replace(",", THIN_NO_BREAK)
        return MINUS + text if value < 0 else text

    def signed(self, value: int) -> str:
        """+37, −12 or 0: a change."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def money(self, amount_minor: int, currency: str) -> str:
        """CHF 12.00, as shops of the country write it; the code never leaves its figure."""
        scale = 10 ** get_currency_precision(currency)
        digits = len(str(scale)) - 1
        whole, part = divmod(abs(amount_minor), scale)
        mark = "," if currency == "EUR" and self.language in ("fr", "de", "it") else "."
        figure = self.number(whole) + (f"{mark}{part:0{digits}d}" if digits else "")
        sign = MINUS if amount_minor < 0 else ""
        return f"{sign}{currency}{NO_BREAK}{figure}"

    def day(self, day: date, *, today: date) -> str:
        """A date in words: today, yesterday, 12 novembre; with its year when that is another."""
        if day == today:
            return self.tr("Today")
        if day == today - timedelta(days=1):
            return self.tr("Yesterday")
        return self.day_of_year(day, today=today)

    def day_of_year(self, day: date, *, today: date) -> str:
        """A date in words; near ones without their year."""
        is_near = day.year == today.year or 0 <= (day - today).days < 180
        if is_near:
            text = format_skeleton("MMMMd", day, locale=self.locale)
        else:
            text = format_date(day, format="long", locale=self.locale)
        return text.replace(" ", NO_BREAK)

    def month(self, day: date) -> str:
        """The month of a day, with its year."""
        return format_skeleton("yMMMM", day, locale=self.locale).replace(" ", NO_BREAK)


@lru_cache(maxsize=len(LANGUAGES))
def words(language: Language) -> Words:
    """The words of a language, read once."""
    return Words(language)


def _read_catalogue(language: Language) -> GNUTranslations:
    text = (files("kiosk.locales") / f"{language}.po").read_bytes()
    catalogue = read_po(io.BytesIO(text), locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _spans(template: str, values: dict[str, str]) -> Spans:
    spans: list[Span] = []
    for literal, field, _, _ in Formatter().parse(template):
        if literal:
            spans.append(Span(literal))
        if field is not None:
            spans.append(Span(values[field], is_strong=True))
    return tuple(spans)
