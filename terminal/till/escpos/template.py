"""A row of a ticket as a layout writes it: `{code} {label} {amount}`. Pure.

Layouts hold no regular expressions: what a template may match has a bounded cost on any row.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loyalty.limits.other_tills import CAPTURE_LINE_CHARS_MAX

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "number": r"[0-9A-Za-z][0-9A-Za-z/-]{0,31}",
        "date": r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}",
        "time": r"[0-9]{1,2}[:h][0-9]{2}(?::[0-9]{2})?",
        "code": r"[0-9]{7,14}",
        "label": r"\S.*?",
        "quantity": r"[0-9]{1,4}",
        "tax": r"(?:[0-9]{1,2}(?:[.,][0-9]{1,2})?\s?%|[A-Z0-9]{1,2})",
        "any": r".*?",
    }
)
AMOUNTS: Final = ("amount", "unit")
_WILD: Final = ("label", "any")
WILD_MAX: Final = 2
"""Two wild fields cost at most the square of a row's length."""
_PLACE: Final = re.compile(r"\{([a-z]*)\}")
_MONEY: Final = r"(?:(?:CHF|EUR|FR\.?|€)\s?)?"


class TemplateWrong(ValueError):
    """A template that cannot be meant; the text says why."""


def fields_of(template: str) -> list[str]:
    """The fields a template names, in order."""
    return _PLACE.findall(template)


def compiled(template: str, *, decimal: str, thousands: str) -> "re.Pattern[str]":
    """What matches a whole row, blanks around it aside; blanks in the template are one blank or more.

    Raises: TemplateWrong.
    """
    if not 0 < len(template) <= CAPTURE_LINE_CHARS_MAX:
        raise TemplateWrong(f"must have 1 to {CAPTURE_LINE_CHARS_MAX} characters")
    names = fields_of(template)
    known = {**FIELDS} | dict.fromkeys(AMOUNTS, amount_pattern(decimal, thousands))
    for name in names:
        if name not in known:
            raise TemplateWrong(f"names {{{name}}}, which is no field ({', '.join(sorted(known))})")
        if name != "any" and names.count(name) > 1:
            raise TemplateWrong(f"names {{{name}}} twice")
    if sum(name in _WILD for name in names) > WILD_MAX:
        raise TemplateWrong(f"has more than {WILD_MAX} fields of any text")
    if re.search(r"[{}]", _PLACE.sub("", template)):
        raise TemplateWrong("has a brace that belongs to no field")
    return re.compile(_pattern(template, known), re.IGNORECASE)


def amount_pattern(decimal: str, thousands: str) -> str:
    """An amount with its sign before or behind, and its currency where a till prints it."""
    whole = "[0-9]{1,7}"
    if thousands:
        whole = f"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}}){{1,2}}|[0-9]{{1,7}})"
    return rf"{_MONEY}[-+]?\s?{_MONEY}{whole}{re.escape(decimal)}[0-9]{{2}}\s?(?:CHF|EUR|€)?\s?-?"


def minor_of(text: str, *, decimal: str) -> int:
    """Minor units of what an amount's field matched: two decimals, always."""
    digits = "".join(each for each in text if each.isdigit() or each == decimal)
    whole, _, cents = digits.rpartition(decimal)
    whole = "".join(each for each in whole if each.isdigit())
    minor = int(whole) * 100 + int(cents)
    return -minor if "-" in text else minor


def _pattern(template: str, known: Mapping[str, str]) -> str:
    parts: list[str] = []
    at = 0
    for found in _PLACE.finditer(template):
        parts.append(_literal(template[at : found.start()]))
        name = found[1]
        parts.append(f"(?:{known[name]})" if name == "any" else f"(?P<{name}>{known[name]})")
        at = found.end()
    parts.append(_literal(template[at:]))
    # Any text may be none: the blanks beside it are none then, too.
    return "".join(parts).replace(r"\s+(?:.*?)", r"(?:\s.*?)?").replace(r"(?:.*?)\s+", r"(?:.*?\s)?")


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))
