"""Progress where no bar can move: plain lines, not too many, none lost."""

import io

import pytest

from officine.output import PROGRESS_EACH_S, ProgressLines, progress


def test_a_line_is_told_now_and_then_and_the_last_one_always() -> None:
    out, now = io.StringIO(), [0.0]
    lines = ProgressLines(out, lambda: now[0])
    for done in range(1, 29_251):
        now[0] = done / 1_000
        lines("Screens", done, 29_250)
    lines.end()
    told = out.getvalue().splitlines()
    assert told[0] == f"Screens: {PROGRESS_EACH_S * 1000:,} of 29,250, {PROGRESS_EACH_S} s"
    assert told[-1] == "Screens: 29,250 of 29,250, 29 s"
    assert len(told) == 29_250 // (PROGRESS_EACH_S * 1_000) + 1


def test_each_kind_of_work_has_its_line_also_where_nobody_knows_how_much_there_is() -> None:
    out = io.StringIO()
    lines = ProgressLines(out, lambda: 0.0)
    lines("rows", 7, None)
    lines("ledgers", 3, 9)
    lines.end()
    lines.end()
    assert out.getvalue() == "rows: 7, 0 s\nledgers: 3 of 9, 0 s\n"


def test_a_pipe_gets_lines_and_a_machine_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as on_progress:
        on_progress("Fonts", 2, 6)
    assert capsys.readouterr().err == "Fonts: 2 of 6, 0 s\n"
    with progress(as_json=True) as on_progress:
        on_progress("Fonts", 2, 6)
    assert capsys.readouterr().err == ""
