from pathlib import Path

import pytest

from kiosk.flow import Action, Screen
from kiosk.flow.table import TOUCHES
from tools.checks.flow_doc import PAGE, edges, render

ROOT = Path(__file__).parents[3]


def test_the_page_is_what_the_flow_does() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(), "run `make docs`"


def test_every_screen_stands_in_it_and_is_left_again() -> None:
    found = edges()
    assert {before for before, _ in found} == set(Screen)
    assert {after for _, after in found} == set(Screen)


def test_a_touch_that_leads_elsewhere_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before, page, back = edges(), render(), (Screen.TICKETS, Screen.MEMBER)
    monkeypatch.setitem(TOUCHES[Screen.TICKETS], Action.BACK, TOUCHES[Screen.TICKETS][Action.FINISH])
    assert "touch back" in before[back]
    assert "touch back" not in edges().get(back, ())
    assert render() != page
