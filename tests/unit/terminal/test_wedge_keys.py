"""Which keys a wedge types: by the till's own layout, with the numbers that Linux and USB give them."""

import os
import string
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from evdev import ecodes

from terminal.session import CardSession
from terminal.settings import TerminalSettings
from terminal.till.wedge.drivers import GadgetWedge, WedgeUnusable
from terminal.till.wedge.keys import KEYBOARDS, USAGES, Stroke, reports_of, strokes_of, used_keys
from terminal.till.wedge.service import typed_number
from terminal.till_settings import TicketPrinter
from wire.api import IdentifyView, ProfileView
from wire.messages import Evidence, Medium
from wire.settings import SettingRefused

FRENCH: Mapping[str, str] = MappingProxyType(
    {"KEY_1": "&1", "KEY_2": "é2", "KEY_0": "à0", "KEY_Q": "aA", "KEY_A": "qQ", "KEY_W": "zZ", "KEY_Z": "wW"}
    | {"KEY_SEMICOLON": "mM", "KEY_6": "-6", "KEY_COMMA": ";.", "KEY_DOT": ":/", "KEY_M": ",?"}
)
"""AZERTY as its keycaps say it: plain and with shift."""
SWISS: Mapping[str, str] = MappingProxyType(
    {"KEY_1": "1+", "KEY_Y": "zZ", "KEY_Z": "yY", "KEY_SLASH": "-_", "KEY_DOT": ".:", "KEY_7": "7/"}
)
US: Mapping[str, str] = MappingProxyType({"KEY_1": "1!", "KEY_Y": "yY", "KEY_MINUS": "-_", "KEY_DOT": ".>"})


@pytest.mark.parametrize(("layout", "caps"), [("fr", FRENCH), ("ch", SWISS), ("us", US)])
def test_a_stroke_gives_the_sign_on_the_keycap(layout: str, caps: Mapping[str, str]) -> None:
    seen = 0
    for name, (plain, shifted) in caps.items():
        code = ecodes.ecodes[name]
        for sign, is_shifted in ((plain, False), (shifted, True)):
            if sign in KEYBOARDS[layout]:
                assert strokes_of(sign, layout) == [Stroke(code, is_shifted)], sign
                seen += 1
    assert seen >= len(caps)


@pytest.mark.parametrize("layout", sorted(KEYBOARDS))
def test_every_layout_types_all_digits_and_letters_each_by_another_stroke(layout: str) -> None:
    signs = string.digits + string.ascii_letters
    strokes = strokes_of(signs, layout)
    assert len(set(strokes)) == len(signs)
    assert {stroke.key for stroke in strokes} <= set(used_keys()) & set(USAGES)


def test_named_keys_are_keys() -> None:
    keys = [stroke.key for stroke in strokes_of("{tab}1{enter}", "ch")]
    assert keys == [ecodes.KEY_TAB, ecodes.KEY_1, ecodes.KEY_ENTER]


def test_reports_of_a_usb_keyboard_press_and_let_go() -> None:
    assert reports_of(strokes_of("aB1{enter}", "us")) == [
        bytes((0, 0, 4, 0, 0, 0, 0, 0)),
        bytes(8),
        bytes((2, 0, 5, 0, 0, 0, 0, 0)),
        bytes(8),
        bytes((0, 0, 30, 0, 0, 0, 0, 0)),
        bytes(8),
        bytes((0, 0, 40, 0, 0, 0, 0, 0)),
        bytes(8),
    ]


def test_a_gadget_is_written_reports_and_an_absent_one_says_so(tmp_path: Path) -> None:
    device = tmp_path / "hidg0"
    os.mkfifo(device)
    with pytest.raises(WedgeUnusable, match="cannot be used"):
        GadgetWedge(str(device), "ch")  # no till holds the other end
    till = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        wedge = GadgetWedge(str(device), "ch")
        wedge.type_text("29{enter}")
        wedge.close()
        assert os.read(till, 1024) == b"".join(reports_of(strokes_of("29{enter}", "ch")))
    finally:
        os.close(till)


def a_card(medium: Medium, value: str, number: str, **changed: Any) -> CardSession:
    profile = ProfileView(member_id="m", display_name="", language="fr")
    view = IdentifyView(card_number=number, strength="name", profile=profile)
    evidence = Evidence(medium=medium, value=value)
    card = {"session_id": "s", "tap_id": "t", "evidence": evidence, "expires_ms": None, "identified": view}
    return CardSession(**(card | changed))


@pytest.mark.parametrize(
    ("medium", "value"),
    [("ntag424", "e=EF96&c=94EE"), ("qr", "LOY1.2900000000017.abcd"), ("nfc_uid", "04A1")],
)
def test_the_number_is_typed_and_never_what_proves_it(medium: Medium, value: str) -> None:
    assert typed_number(a_card(medium, value, "2900000000017")) == "2900000000017"


def test_nothing_is_typed_of_a_card_that_is_not_known_or_whose_member_has_left() -> None:
    known = a_card("nfc_uid", "04A1", "2900000000017")
    assert typed_number(None) == ""
    assert typed_number(a_card("nfc_uid", "04A1", "2900000000017", identified=None)) == ""
    assert typed_number(a_card("nfc_uid", "04A1", "2900000000017", is_shown=False)) == ""
    assert typed_number(a_card("barcode", "x", "80756000010000000001")) == ""
    assert typed_number(known) == "2900000000017"


TYPED = {"wedge": "keyboard", "wedge_when": "tap"}


def settings(**changed: Any) -> TerminalSettings:
    place = Path("/var/lib/officine")
    return TerminalSettings(
        central_url="https://central.example", state_dir=place, socket=place, reader_socket=place, **changed
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"wedge": "usb"}, 'must be "keyboard"'),
        ({"wedge": "keyboard"}, "cannot be asked for at a keyboard"),
        ({"wedge": "keyboard", "wedge_when": "tap", "wedge_text": "é{number}"}, "printable ASCII"),
        (
            {"wedge": "keyboard", "wedge_when": "tap", "wedge_text": "#{number}"},
            "sign that a ch keyboard lacks",
        ),
        ({"wedge_text": "{number}{number}"}, "{number} once"),
        ({"wedge_text": "{secret}{number}"}, "no other than"),
        ({"caisse_ap_tills": {"till-1": "TILL-1"}}, "must be an address"),
        ({"caisse_ap_tills": {"192.0.2.9": "till 1"}}, "letters, digits"),
        ({"caisse_ap_tenders": {"card": "purse"}}, "three characters"),
        ({"caisse_ap_port": 70_000}, "0 to 65535"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingRefused, match=why.replace("{", r"\{")):
        settings(**changed)


@pytest.mark.parametrize(
    ("printers", "why"),
    [
        ({"TILL-1": {"printer": "usb://04b8:0e15"}}, "must be a network printer"),
        ({"TILL-1": {"printer": "tcp://192.0.2.40", "port": 70_000}}, "0 to 65535"),
        ({"TILL-1": {"printer": "tcp://192.0.2.40", "host": "printer"}}, "must be an address"),
        ({"TILL-1": {"printer": "tcp://192.0.2.40", "layout": "My Layout"}}, "a layout's name"),
        (
            {"TILL-1": {"printer": "tcp://192.0.2.40"}, "TILL-2": {"printer": "tcp://192.0.2.41"}},
            "another till's port",
        ),
        ({"till 1": {"printer": "tcp://192.0.2.40"}}, "letters, digits"),
    ],
)
def test_printers_that_cannot_be_meant_are_refused(printers: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingRefused, match=why):
        settings(ticket_printers=msgspec.convert(printers, dict[str, TicketPrinter]))
