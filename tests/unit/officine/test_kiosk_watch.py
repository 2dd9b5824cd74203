"""`officine kiosk watch`: a reason that is one, and words for how far the look is and how the parts are."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from loyalty.limits.support import SUPPORT_REASON_CHARS_MAX
from officine.commands.kiosk_watch import _facts
from officine.main import cli
from wire.api_support import SupportState, SupportView
from wire.looking_after import Finding


def a_view(state: SupportState, staff_id: str = "", *findings: Finding) -> SupportView:
    return SupportView(
        support_id="look-1",
        terminal_id="nyon-1",
        reason="No paper",
        minutes=10,
        state=state,
        until_ms=0,
        staff_id=staff_id,
        findings=findings,
    )


@pytest.mark.parametrize("reason", ["", "x", "  no  ", "x" * (SUPPORT_REASON_CHARS_MAX + 1)])
def test_a_reason_that_says_nothing_or_too_much_is_refused_with_what_to_do(
    tmp_path: Path, reason: str
) -> None:
    token = tmp_path / "w.token"
    token.write_text("of nobody")
    asked = ["kiosk", "watch", "nyon-1", "--reason", reason, "--token-file", str(token)]
    result = CliRunner().invoke(cli, asked, env={"OFFICINE_CONFIG": None})
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert f"say in 3 to {SUPPORT_REASON_CHARS_MAX} characters what you want to see" in said


@pytest.mark.parametrize(
    ("state", "staff_id", "said"),
    [
        ("asked", "", "asked: the staff have not answered yet"),
        ("granted", "s-7", "allowed: the staff agreed"),
        ("refused", "", "refused: the staff do not want it now"),
        ("over", "s-7", "over"),
        ("over", "", "over: the staff did not answer in time, or the terminal is away"),
    ],
)
def test_how_far_a_look_is_is_said_in_words(state: SupportState, staff_id: str, said: str) -> None:
    assert _facts(a_view(state, staff_id))["look"] == said


def test_the_parts_are_told_as_the_kiosk_tells_them() -> None:
    facts = _facts(
        a_view(
            "granted",
            "s-7",
            Finding(part="printer", condition="broken", code="paper_out"),
            Finding(part="waiting", condition="soon", code="waiting", count=3),
            Finding(part="central", condition="well", code="up"),
            Finding(part="blocked_cards", condition="absent", code="none_yet"),
        )
    )
    assert facts["Printer"] == (
        "does not work: No paper: put in a roll. Printed side up, then close the cover."
    )
    assert facts["Waiting to be sent"] == "look at it soon: 3 tickets. They go out when the line is back."
    assert facts["Central service"] == "Connected"
    assert facts["Blocked cards"] == ("Not there yet. Mend the connection: they come within a minute.")
