"""Tickets as pharmacies' tills print them, by python-escpos: for captures, for tests, for trying a layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from loyalty.money import format_minor

WIDTH: Final = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A line. `amount_minor`: of all pieces, before `discount_minor`; below zero for goods that come back."""

    code: str
    label: str
    amount_minor: int
    quantity: int = 1
    tax: str = ""
    discount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A ticket to print. `paid`: tenders beside cash, by the words that the till prints for them."""

    number: str
    moment: datetime
    lines: Sequence[Sold]
    ticket_discount_minor: int = 0
    paid: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_minor(self) -> int:
        """What is to pay."""
        whole = sum(line.amount_minor - line.discount_minor for line in self.lines)
        return whole - self.ticket_discount_minor


def printed(shape: str, paper: Paper, *, has_logo: bool = False, cut: bool = True) -> bytes:
    """The bytes that a till of this shape sends. `has_logo`: a raster picture above the name."""
    from escpos.printer import Dummy

    device = Dummy(profile="TM-T88V")
    if has_logo:
        from PIL import Image

        device.image(Image.effect_noise((128, 24), 90).convert("1"))
    device.charcode("CP858")
    SHAPES[shape](device, paper)
    if cut:
        device.cut()
    return bytes(device.output)


def _pharmacie_fr(device: Any, paper: Paper) -> None:
    _head(device, "PHARMACIE DE LA SEINE", "12 quai des Célestins, 75004 Paris")
    _row(device, f"Ticket N° {paper.number}")
    _row(device, f"Imprimé le {paper.moment:%d/%m/%Y} à {paper.moment:%H:%M}")
    _rule(device)
    for line in paper.lines:
        _sides(device, f"{line.code} {line.label[:14]}", f"{_euro(line.amount_minor)} {line.tax}".rstrip())
        if line.quantity > 1:
            _row(device, f"   {line.quantity} x {_euro(line.amount_minor // line.quantity)}")
        if line.discount_minor:
            _sides(device, "   Remise fidélité", _euro(-line.discount_minor))
    if paper.ticket_discount_minor:
        _sides(device, "REMISE TICKET", _euro(-paper.ticket_discount_minor))
    _rule(device)
    device.set(bold=True)
    _sides(device, "TOTAL TTC", _euro(paper.total_minor))
    device.set(bold=False)
    _tenders(device, paper, _euro)
    _row(device, "A TVA 2,10 %   B TVA 5,50 %   D TVA 20,00 %")
    device.text("\n\n")


def _pharmacie_ch(device: Any, paper: Paper) -> None:
    _head(device, "PHARMACIE DU LAC", "Rue du Port 3, 1260 Nyon")
    _sides(device, f"Quittance {paper.number}", f"{paper.moment:%d.%m.%Y %H:%M}")
    _rule(device)
    for line in paper.lines:
        if line.quantity > 1:
            _row(device, f"{line.quantity} x {_franc(line.amount_minor // line.quantity)}")
        left = f"{line.code} {line.label[:16]}" if line.code else line.label
        _sides(device, left, f"{_franc(line.amount_minor)} {line.tax}".rstrip())
        if line.discount_minor:
            _sides(device, "Rabais carte", _franc(-line.discount_minor))
    if paper.ticket_discount_minor:
        _sides(device, "Rabais total", _franc(-paper.ticket_discount_minor))
    _rule(device)
    _sides(device, "TOTAL CHF", _franc(paper.total_minor))
    _tenders(device, paper, _franc)
    _row(device, "TVA 1: 8.1%  2: 2.6%  CHE-123.456.789 TVA")
    device.barcode(f"{int(paper.number or 0):012}", "EAN13", function_type="B")


def _apotheke_ch(device: Any, paper: Paper) -> None:
    _head(device, "APOTHEKE AM SEE", "Seestrasse 9, 8002 Zürich")
    _row(device, f"Beleg {paper.number}")
    _row(device, f"{paper.moment:%d.%m.%Y %H:%M:%S} Kasse 2")
    for line in paper.lines:
        _sides(device, f"{line.quantity} {line.label}", f"{_franc(line.amount_minor)} {line.tax}".rstrip())
        if line.discount_minor:
            _sides(device, "Rabatt Kundenkarte", f"{_franc(line.discount_minor)}-")
    _sides(device, "Total CHF", _franc(paper.total_minor))
    _tenders(device, paper, _franc)


SHAPES: Final[Mapping[str, Callable[[Any, Paper], None]]] = MappingProxyType(
    {"pharmacie-fr": _pharmacie_fr, "pharmacie-ch": _pharmacie_ch, "apotheke-ch": _apotheke_ch}
)
"""By the name of the layout that reads them."""


def _head(device: Any, name: str, address: str) -> None:
    device.set(align="center", bold=True, double_height=True, double_width=True)
    device.textln(name)
    device.set(align="center", bold=False, normal_textsize=True)
    device.textln(address)
    device.set(align="left")


def _row(device: Any, text: str) -> None:
    device.textln(text)


def _rule(device: Any) -> None:
    device.textln("-" * WIDTH)


def _sides(device: Any, left: str, right: str) -> None:
    device.textln(f"{left}{' ' * max(1, WIDTH - len(left) - len(right))}{right}")


def _tenders(device: Any, paper: Paper, shown: Callable[[int], str]) -> None:
    for name, minor in paper.paid.items():
        _sides(device, name, shown(minor))


def _euro(minor: int) -> str:
    return format_minor(minor, 2).replace(".", ",")


def _franc(minor: int) -> str:
    sign, minor = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{minor // 100:,}.{minor % 100:02}".replace(",", "'")
