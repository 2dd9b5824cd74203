"""Ticket layouts: how a till's paper is read, as data (TOML), checked when it is loaded."""

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.errors import LoyaltyError
from loyalty.limits.other_tills import LAYOUT_BYTES_MAX, LAYOUT_TEMPLATES_MAX, LAYOUTS_MAX
from loyalty.limits.rules import RATE_BP_MAX
from terminal.till.escpos.template import TemplateWrong, compiled, fields_of

BUILT_IN: Final = Path(__file__).parent / "layouts"
Templates = Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(max_length=LAYOUT_TEMPLATES_MAX)]
Needed = Annotated[Templates, Meta(min_length=1)]
DATE_FORMATS: Final = MappingProxyType({"dmy": ("%d", "%m", "%Y"), "ymd": ("%Y", "%m", "%d")})
_ASKED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "number": frozenset({"number"}),
        "moment": frozenset({"date", "time"}),
        "total": frozenset({"amount"}),
        "item": frozenset({"amount"}),
        "item_quantity": frozenset({"quantity"}),
        "discount": frozenset({"amount"}),
        "ticket_discount": frozenset({"amount"}),
        "loyalty_tender": frozenset({"amount"}),
        "recognise": frozenset(),
    }
)
"""What each kind of template must name."""


class LayoutWrong(LoyaltyError):
    """A layout that cannot be used."""

    code = "layout_wrong"
    text = "{file}: {why} Look at it with: officine layouts check {file}"


class LayoutBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layout as its file writes it."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$")]
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    currency: Literal["CHF", "EUR"]
    recognise: Needed
    number: Needed
    moment: Needed
    item: Needed
    total: Needed
    code_page: str = "cp437"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", "'", "’", " ", ".", ","] = ""
    date_order: Literal["dmy", "ymd"] = "dmy"
    item_quantity: Templates = []
    quantity_stands: Literal["after", "before"] = "after"
    discount: Templates = []
    ticket_discount: Templates = []
    loyalty_tender: Templates = []
    tax: dict[str, Annotated[int, Meta(ge=0, le=RATE_BP_MAX)]] = {}


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout with its templates ready to match, by kind."""

    body: LayoutBody
    templates: Mapping[str, tuple["re.Pattern[str]", ...]]

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name


def read_layout(path: Path) -> Layout:
    """One file. Raises: LayoutWrong."""
    try:
        data = path.read_bytes()
        if len(data) > LAYOUT_BYTES_MAX:
            raise LayoutWrong(file=str(path), why=f"is larger than {LAYOUT_BYTES_MAX} bytes.")
        body = msgspec.convert(tomllib.loads(data.decode("utf-8")), LayoutBody)
    except OSError as error:
        raise LayoutWrong(file=str(path), why=f"cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise LayoutWrong(file=str(path), why=f"{error}.") from error
    if body.name != path.stem:
        raise LayoutWrong(file=str(path), why=f'its name is "{body.name}": name the file {body.name}.toml.')
    return made(body, str(path))


def made(body: LayoutBody, file: str) -> Layout:
    """A layout that can be used. Raises: LayoutWrong."""
    try:
        codecs.lookup(body.code_page)
    except LookupError:
        raise LayoutWrong(file=file, why=f'code_page "{body.code_page}" is not known.') from None
    if body.thousands == body.decimal:
        raise LayoutWrong(file=file, why="thousands and decimal are the same.")
    templates = {}
    for kind, needed in _ASKED.items():
        templates[kind] = tuple(_template(body, kind, each, needed, file) for each in getattr(body, kind))
    if not any({"code", "label"} & set(fields_of(each)) for each in body.item):
        raise LayoutWrong(file=file, why="item names neither {code} nor {label}.")
    return Layout(body, MappingProxyType(templates))


def load_layouts(own: Path | None) -> dict[str, Layout]:
    """Those that come with the program, and one's own, which win by name.

    Raises: LayoutWrong.
    """
    found = _read_all(BUILT_IN.glob("*.toml"))
    if own is not None:
        if not own.is_dir():
            raise LayoutWrong(file=str(own), why="is no directory.")
        found |= _read_all(own.glob("*.toml"))
    return found


def _read_all(paths: Iterable[Path]) -> dict[str, Layout]:
    files = sorted(paths)
    if len(files) > LAYOUTS_MAX:
        raise LayoutWrong(file=str(files[0].parent), why=f"holds more than {LAYOUTS_MAX} layouts.")
    layouts = [read_layout(path) for path in files]
    return {layout.name: layout for layout in layouts}


def _template(body: LayoutBody, kind: str, text: str, needed: frozenset[str], file: str) -> "re.Pattern[str]":
    try:
        pattern = compiled(text, decimal=body.decimal, thousands=body.thousands)
    except TemplateWrong as error:
        raise LayoutWrong(file=file, why=f'{kind} "{text}" {error}.') from None
    missing = needed - set(fields_of(text))
    if missing:
        raise LayoutWrong(file=file, why=f'{kind} "{text}" lacks {{{min(missing)}}}.')
    return pattern
