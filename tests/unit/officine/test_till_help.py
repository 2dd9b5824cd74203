"""What a newcomer reads of `officine till`: help without settings, references as they were printed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from officine.inputs import InputInvalid, to_body
from officine.main import cli
from officine.till_counter import read_given
from wire.api_counter import GiveTicketBody


def test_the_help_of_keys_is_shown_where_no_settings_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(cli, ["till", "key", "add", "--help"], env={"OFFICINE_CONFIG": None})
    assert shown.exit_code == 0, shown.output
    assert "till_keys_file" in shown.output, "where the key goes"


def test_how_points_pay_is_said_before_an_award_is_looked_up() -> None:
    shown = CliRunner().invoke(cli, ["till", "--help"])
    assert "--redeem" in shown.output


def test_a_tickets_reference_is_taken_as_it_was_printed() -> None:
    given = read_given(("ticket=L-0123@2026-11-22T09:00:00Z", "card=a@b"), None)
    assert given == {"ticket": "L-0123", "card": "a@b"}


def test_a_word_that_is_none_of_a_few_is_told_with_the_few() -> None:
    holder = {"medium": "typed", "value": "1"}
    with pytest.raises(InputInvalid) as caught:
        to_body(GiveTicketBody, act_id="a", clerk="c", sale_id="s", holder=holder, reason="forgot")
    assert str(caught.value).startswith("--reason: ")
    assert "card_forgotten" in str(caught.value)
